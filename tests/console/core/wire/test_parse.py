import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from console.core.faults import SerializationFault, ValidationFault
from console.core.wire import model
from console.core.wire.parse import Parser, Sent

NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"


def parse(operation: str, *, body: bytes = b"", query: str = "", headers: dict | None = None, **labels: str) -> dict:
    return Parser(model.operation(operation))(Sent(labels, QueryDict(query), headers or {}, body))


def test_the_body_s_members_become_keyword_arguments_in_snake_case():
    body = b'{"name": "pets", "minimumCompressionSize": 1024, "disableExecuteApiEndpoint": true, "tags": {"a": "b"}}'
    assert parse("CreateRestApi", body=body) == {
        "name": "pets",
        "minimum_compression_size": 1024,
        "disable_execute_api_endpoint": True,
        "tags": {"a": "b"},
    }


def test_labels_of_the_path_are_arguments_too():
    found = parse("CreateResource", body=b'{"pathPart": "pets"}', restapi_id="abc", parent_id="root")
    assert found == {"rest_api_id": "abc", "parent_id": "root", "path_part": "pets"}


def test_a_member_of_another_name_on_the_wire_is_read_by_that_name():
    """The integration's own method travels as httpMethod; the method's stands in the path."""
    labels = {"restapi_id": "a", "resource_id": "b", "http_method": "GET"}
    found = parse("PutIntegration", body=b'{"type": "HTTP", "httpMethod": "POST", "uri": "http://x"}', **labels)
    assert (found["http_method"], found["integration_http_method"]) == ("GET", "POST")


def test_query_members_are_converted_to_their_types():
    assert parse("GetRestApis", query="limit=3&position=abc") == {"limit": 3, "position": "abc"}
    assert parse("GetApiKey", query="includeValue=true", api_Key="k") == {"api_key": "k", "include_value": True}
    assert parse("GetResource", query="embed=methods&embed=x", restapi_id="a", resource_id="b")["embed"] == [
        "methods",
        "x",
    ]


def test_an_import_gets_the_raw_body_and_the_rest_of_the_query_as_parameters():
    query = "mode=import&failonwarnings=true&basepath=split&endpointConfigurationTypes=REGIONAL&X-Amz-Date=now"
    assert parse("ImportRestApi", body=b"\xff raw", query=query) == {
        "body": b"\xff raw",
        "fail_on_warnings": True,
        "parameters": {"basepath": "split", "endpointConfigurationTypes": "REGIONAL"},
    }


def test_put_rest_api_reads_its_mode():
    found = parse("PutRestApi", body=b"{}", query="mode=overwrite&basepath=ignore", restapi_id="abc")
    assert found == {"rest_api_id": "abc", "mode": "overwrite", "parameters": {"basepath": "ignore"}, "body": b"{}"}


def test_a_header_member_is_read():
    labels = {"restapi_id": "a", "stage_name": "dev", "export_type": "oas30"}
    assert parse("GetExport", headers={"Accept": "application/yaml"}, **labels)["accepts"] == "application/yaml"


def test_absent_and_null_members_are_not_passed():
    assert parse("CreateRestApi", body=b'{"name": "a", "description": null}') == {"name": "a"}


def test_unknown_members_are_ignored():
    assert parse("CreateRestApi", body=b'{"name": "a", "nonsense": {"b": 1}}') == {"name": "a"}


def test_nested_structures_keep_awss_member_names_and_lose_what_aws_does_not_know():
    body = b'{"stageName": "dev", "deploymentId": "d", "canarySettings": {"percentTraffic": 10, "nonsense": 1}}'
    assert parse("CreateStage", body=body, restapi_id="a")["canary_settings"] == {"percentTraffic": 10.0}


def test_nulls_inside_lists_and_maps_are_left_out():
    body = b'{"name": "a", "binaryMediaTypes": ["x/y", null], "tags": {"a": null, "b": "c"}}'
    found = parse("CreateRestApi", body=body)
    assert (found["binary_media_types"], found["tags"]) == (["x/y"], {"b": "c"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"name": 1}', f"{NUMBER} can not be converted to an String"),
        (b'{"name": true}', "class java.lang.Boolean can not be converted to an String"),
        (b'{"name": {}}', "Start of structure or map found where not expected."),
        (b'{"name": []}', "Start of list found where not expected"),
        (b'{"minimumCompressionSize": "1"}', "class java.lang.String can not be converted to an Integer"),
        (b'{"minimumCompressionSize": true}', "class java.lang.Boolean can not be converted to an Integer"),
        (b'{"minimumCompressionSize": 2147483648}', f"{NUMBER} can not be converted to an Integer"),
        (b'{"minimumCompressionSize": 1e999}', f"{NUMBER} can not be converted to an Integer"),
        (b'{"minimumCompressionSize": 1' + b"0" * 400 + b"}", f"{NUMBER} can not be converted to an Integer"),
        (b'{"disableExecuteApiEndpoint": "true"}', "class java.lang.String can not be converted to a Boolean"),
        (b'{"disableExecuteApiEndpoint": 1}', f"{NUMBER} can not be converted to a Boolean"),
        (b'{"binaryMediaTypes": {}}', "Start of structure or map found where not expected."),
        (b'{"binaryMediaTypes": "a"}', "Unexpected field type"),
        (b'{"tags": []}', "Start of list found where not expected"),
        (b'{"endpointConfiguration": "REGIONAL"}', "Unexpected field type"),
        (b"[]", "Start of list found where not expected"),
        (b'"text"', "Unexpected field type"),
        (b"{", "The request body is not valid JSON."),
        (b'{"name": NaN}', "The request body is not valid JSON."),
        (b"\xff\xfe", "The request body is not valid JSON."),
    ],
)  # fmt: skip
def test_a_wrong_json_type_is_said_in_java_s_words(body: bytes, message: str):
    with pytest.raises(SerializationFault) as refused:
        parse("CreateRestApi", body=body)
    assert refused.value.message == message


@pytest.mark.parametrize("query", ["limit=many", "limit="])
def test_a_number_in_the_query_is_a_number(query: str):
    with pytest.raises(SerializationFault, match=r"class java.lang.String can not be converted to an Integer"):
        parse("GetRestApis", query=query)


def test_a_required_member_that_is_missing_is_named():
    with pytest.raises(ValidationFault) as refused:
        parse("CreateRestApi", body=b"")
    assert refused.value.message == (
        "1 validation error detected: Value null at 'createRestApiInput.name' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_all_violations_are_told_at_once():
    labels = {"restapi_id": "a", "resource_id": "b", "http_method": "GET", "status_code": "abc"}
    with pytest.raises(ValidationFault) as refused:
        parse("PutIntegrationResponse", body=b'{"contentHandling": "MAGIC"}', **labels)
    assert refused.value.message == (
        "2 validation errors detected: Value 'abc' at 'putIntegrationResponseInput.statusCode' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d; "
        "Value 'MAGIC' at 'putIntegrationResponseInput.contentHandling' failed to satisfy constraint: "
        "Member must satisfy enum value set: [CONVERT_TO_BINARY, CONVERT_TO_TEXT]"
    )


@pytest.mark.parametrize("text", [b"a\\u0000b", b"a\\ud800b"])
@pytest.mark.parametrize("tags", [b'{"k": "%s"}', b'{"%s": "v"}'])
def test_text_that_no_database_holds_is_refused(tags: bytes, text: bytes):
    with pytest.raises(ValidationFault, match=r"Member must be Unicode text without the character U\+0000"):
        parse("CreateRestApi", body=b'{"name": "a", "tags": %s}' % (tags % text))


def test_a_label_is_text_too():
    with pytest.raises(ValidationFault, match=r"at 'getRestApiInput\.restApiId'"):
        parse("GetRestApi", restapi_id="a\0")


def test_patch_operations_stay_as_sent_for_the_verb_to_read():
    body = b'{"patchOperations": [{"op": "fix", "path": "/name", "value": "b", "from": "/c"}]}'
    found = parse("UpdateRestApi", body=body, restapi_id="a")
    assert found["patch_operations"] == [{"op": "fix", "path": "/name", "value": "b", "from": "/c"}]


@pytest.mark.parametrize("name", model.operation_names())
def test_every_operation_of_the_model_can_be_prepared(name: str):
    operation = model.operation(name)
    assert len(Parser(operation).parameters) == len(operation.input_shape.members)


@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_parser(body: bytes):
    try:
        found = parse("CreateRestApi", body=b'{"name":"a","tags":' + body + b"}")
    except (SerializationFault, ValidationFault):
        return
    assert found["name"] == "a"
