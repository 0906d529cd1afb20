"""What a page says as a call is what the tools would send: aws CLI's own parser and boto3's serializer read it back."""

import json
import shlex

import pytest

from console.core.calls import Block, Call, Raw, cli, curl, escaped, hcl, label, python, recipes

ENDPOINT = "http://127.0.0.1:8000/api"
PUT = Call(
    "PutIntegration",
    {
        "restApiId": "abc",
        "resourceId": "def",
        "httpMethod": "GET",
        "type": "HTTP",
        "integrationHttpMethod": "POST",
        "uri": "http://it's/${stageVariables.host}",
        "requestTemplates": {"application/json": '{"a": "b"}'},
    },
)


def test_the_cli_gets_every_member_as_its_option_quoted_for_a_shell():
    words = shlex.split(cli(PUT, ENDPOINT).replace("\\\n", ""))
    assert words[:3] == ["aws", "apigateway", "put-integration"]
    options = dict(zip(words[3::2], words[4::2], strict=True))
    assert options["--uri"] == "http://it's/${stageVariables.host}"
    assert options["--integration-http-method"] == "POST"
    assert json.loads(options["--request-templates"]) == {"application/json": '{"a": "b"}'}
    assert options["--endpoint-url"] == ENDPOINT


def test_flags_are_said_as_flags():
    said = cli(Call("PutMethod", {"apiKeyRequired": True}), ENDPOINT)
    assert "--api-key-required" in said
    assert "--no-api-key-required" in cli(Call("PutMethod", {"apiKeyRequired": False}), ENDPOINT)


def test_http_is_awss_address_and_body():
    words = shlex.split(curl(PUT, ENDPOINT).replace("\\\n", ""))
    assert words[:4] == ["curl", "-X", "PUT", f"{ENDPOINT}/restapis/abc/resources/def/methods/GET/integration"]
    body = json.loads(words[words.index("-d") + 1])
    assert body["httpMethod"] == "POST"  # as it travels, not as boto3 calls it
    assert "--aws-sigv4" in words


def test_python_is_a_call_that_python_reads():
    compile(python(PUT), "call", "exec")
    assert "client.put_integration(" in python(PUT)


@pytest.mark.parametrize("operation", ["CreateRestApi", "CreateDeployment", "FlushStageCache"])
def test_terraform_is_there_when_the_call_has_it(operation):
    params = {"CreateRestApi": {"name": "x"}, "CreateDeployment": {"restApiId": "x"}}.get(
        operation, {"restApiId": "x", "stageName": "dev"}
    )
    assert [one.name for one in recipes([Call(operation, params)], ENDPOINT)] == ["aws CLI", "HTTP", "Python"]
    with_terraform = recipes([Call(operation, params, 'resource "x" "y" {}')], ENDPOINT)
    assert with_terraform[-1].name == "Terraform"


def test_a_document_comes_from_its_file():
    call = Call("ImportRestApi", {}, blob=("body", "petstore.yaml"))
    assert "--body fileb://petstore.yaml" in cli(call, ENDPOINT)
    assert "--data-binary @petstore.yaml" in curl(call, ENDPOINT)
    assert "?mode=import" in curl(call, ENDPOINT)


def test_hcl_aligns_quotes_and_escapes():
    block = hcl(
        "aws_api_gateway_integration", "get", {"uri": "http://${stageVariables.host}", "rest_api_id": Raw("a.id")}
    )
    assert block.splitlines() == [
        'resource "aws_api_gateway_integration" "get" {',
        '  uri         = "http://$${stageVariables.host}"',
        "  rest_api_id = a.id",
        "}",
    ]
    assert escaped("100%{x}") == "100%%{x}"


def test_hcl_has_blocks_after_attributes():
    block = hcl("aws_api_gateway_method_settings", "all", {"settings": Block(a=1, long=False), "method_path": "*/*"})
    assert block.splitlines()[1:-1] == [
        '  method_path = "*/*"',
        "",
        "  settings {",
        "    a    = 1",
        "    long = false",
        "  }",
    ]


def test_hcl_has_several_blocks_of_one_name_one_after_the_other():
    block = hcl(
        "aws_api_gateway_usage_plan", "gold", {"name": "gold", "api_stages": [Block(stage="a"), Block(stage="b")]}
    )
    assert block.count("  api_stages {") == 2
    assert block.index('stage = "a"') < block.index('stage = "b"')


def test_a_label_is_a_name_that_terraform_takes():
    assert label("GET /pets/{petId}") == "get_pets_petid"
    assert label("3 shops") == "_3_shops"
