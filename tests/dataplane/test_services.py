"""AWS in front of AWS's services, each through a deployed stage and a real call. Source: developer guide, "Create an
API Gateway API as an Amazon Kinesis proxy", "as an Amazon S3 proxy", "Build an API Gateway REST API with AWS
integration"; behaviours 67."""

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import pytest

from dataplane.snapshot import Integration, IntegrationResponse, Resource
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.services import ACCOUNT, REGION, Services
from tests.dataplane.aws.verifying import KEY, SECRET, signed_for
from tests.dataplane.execution import API, House, Message, answer, in_house, resource

ROLE = f"arn:aws:iam::{ACCOUNT}:role/gateway"
FORM = {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}
JSON = "application/json"


def service(
    target: str, path: str = "/a", method: str = "POST", http_method: str = "POST", **integration: Any
) -> Resource:
    integration.setdefault("responses", (IntegrationResponse(status_code="200"),))
    uri = f"arn:aws:apigateway:{REGION}:{target}"
    return resource(path, method, Integration(type="AWS", uri=uri, http_method=http_method, **integration))


def deployed(
    node: Node, services: Services, *drawn: Resource, scenario: Callable[[House], Coroutine[Any, Any, None]], **api: Any
) -> None:
    async def run(house: House) -> None:
        node.set(AWS_ENDPOINT_URL=services.url)
        house.deploy(*drawn, **api)
        await scenario(house)

    in_house(run)


def test_sqs_takes_a_message_by_path_and_form(node: Node, services: Services) -> None:
    sqs = services.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    drawn = service(
        f"sqs:path/{ACCOUNT}/orders",
        credentials=ROLE,
        request_parameters=FORM,
        request_templates={JSON: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
        responses=(IntegrationResponse(status_code="202", response_templates={JSON: '{"queued": true}'}),),
    )

    async def scenario(house: House) -> None:
        reply = await house.call("POST", "/dev/a", body='{"pet": "Rex & €"}'.encode())
        assert (reply.status, reply.body) == (202, b'{"queued": true}')

    deployed(node, services, drawn, scenario=scenario)
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == '{"pet": "Rex & €"}'


def test_a_refusal_of_a_service_is_an_answer_like_any_other(node: Node, services: Services) -> None:
    chosen = IntegrationResponse(status_code="404", selection_pattern="4..", response_templates={JSON: '{"no": 1}'})
    drawn = service(
        f"sqs:path/{ACCOUNT}/nowhere",
        request_parameters=FORM,
        request_templates={JSON: "Action=SendMessage&MessageBody=x"},
        responses=(IntegrationResponse(status_code="200"), chosen),
    )

    async def scenario(house: House) -> None:
        reply = await house.call("POST", "/dev/a")
        assert (reply.status, reply.body) == (404, b'{"no": 1}')

    deployed(node, services, drawn, scenario=scenario)


def test_sns_publishes_by_action_and_query(node: Node, services: Services) -> None:
    sns, sqs = services.client("sns"), services.client("sqs")
    topic = sns.create_topic(Name="news")["TopicArn"]
    url = sqs.create_queue(QueueName="readers")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    drawn = service(
        "sns:action/Publish",
        request_parameters={
            **FORM,
            "integration.request.querystring.TopicArn": f"'{topic}'",
            "integration.request.querystring.Message": "method.request.querystring.text",
        },
    )

    async def scenario(house: House) -> None:
        reply = await house.call("POST", f"/dev/a?text={quote('good & new')}")
        assert reply.status == 200
        assert b"<MessageId>" in reply.body

    deployed(node, services, drawn, scenario=scenario)
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "good & new"


def test_dynamodb_puts_and_gets_an_item_by_action(node: Node, services: Services) -> None:
    services.client("dynamodb").create_table(
        TableName="pets",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = '{"id": {"S": "$input.params("id")"}, "name": {"S": $input.json("$.name")}}'
    put = service(
        "dynamodb:action/PutItem",
        "/pets/{id}",
        "PUT",
        credentials=ROLE,
        request_templates={JSON: f'{{"TableName": "pets", "Item": {item}}}'},
    )
    found = '#set($pet = $input.path("$.Item")){"id": "$pet.id.S", "name": "$pet.name.S"}'
    get = service(
        "dynamodb:action/GetItem",
        "/pets/{id}/name",
        "GET",
        request_templates={JSON: '{"TableName": "pets", "Key": {"id": {"S": "$input.params("id")"}}}'},
        responses=(IntegrationResponse(status_code="200", response_templates={JSON: found}),),
    )

    async def scenario(house: House) -> None:
        made = await house.call("PUT", "/dev/pets/7", body=b'{"name": "Rex"}')
        assert made.status == 200, made
        reply = await house.call("GET", "/dev/pets/7/name")
        assert (reply.status, json.loads(reply.body)) == (200, {"id": "7", "name": "Rex"})

    deployed(node, services, put, get, scenario=scenario)


def test_step_functions_start_an_execution(node: Node, services: Services) -> None:
    states = services.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    machine = states.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    template = f'{{"input": "$util.escapeJavaScript($input.json(\'$\'))", "stateMachineArn": "{machine}"}}'
    drawn = service("states:action/StartExecution", request_templates={JSON: template})

    async def scenario(house: House) -> None:
        reply = await house.call("POST", "/dev/a", body=b'{"n": 1}')
        assert reply.status == 200, reply
        execution = json.loads(reply.body)["executionArn"]
        assert json.loads(states.describe_execution(executionArn=execution)["input"]) == {"n": 1}

    deployed(node, services, drawn, scenario=scenario)


def test_s3_keeps_an_object_under_a_mapped_key_and_gives_its_bytes_back(node: Node, services: Services) -> None:
    s3 = services.client("s3")
    s3.create_bucket(Bucket="pictures")
    image = b"\x89PNG\r\n\x00\xff"
    mapping = {
        "integration.request.path.bucket": "method.request.path.bucket",
        "integration.request.path.key": "method.request.path.key",
    }
    kind = {"integration.request.header.Content-Type": "method.request.header.Content-Type"}
    put = service(
        "s3:path/{bucket}/{key}", "/{bucket}/{key}", "PUT", "PUT", credentials=ROLE, request_parameters=mapping | kind
    )
    returned = IntegrationResponse(
        status_code="200",
        response_parameters={"method.response.header.Content-Type": "integration.response.header.Content-Type"},
    )
    missing = IntegrationResponse(status_code="404", selection_pattern="404")
    get = service(
        "s3:path/{b}/{k}",
        "/{bucket}/{key}/bytes",
        "GET",
        "GET",
        request_parameters={name.replace("bucket", "b", 1).replace("key", "k", 1): to for name, to in mapping.items()},
        responses=(returned, missing),
    )

    async def scenario(house: House) -> None:
        made = await house.call("PUT", "/dev/pictures/a%20cat.png", {"Content-Type": "image/png"}, image)
        assert made.status == 200, made
        reply = await house.call("GET", "/dev/pictures/a%20cat.png/bytes", {"Accept": "image/png"})
        assert (reply.status, reply.body, reply.header("Content-Type")) == (200, image, "image/png")
        assert (await house.call("GET", "/dev/pictures/none/bytes")).status == 404

    deployed(node, services, put, get, scenario=scenario, binary_media_types=("image/png",))
    assert s3.get_object(Bucket="pictures", Key="a cat.png")["Body"].read() == image


def test_eventbridge_takes_events(node: Node, services: Services) -> None:
    entry = '{"Source": "pets", "DetailType": "made", "Detail": "$util.escapeJavaScript($input.body)"}'
    drawn = service("events:action/PutEvents", request_templates={JSON: f'{{"Entries": [{entry}]}}'})

    async def scenario(house: House) -> None:
        reply = await house.call("POST", "/dev/a", body=b'{"n": 1}')
        assert reply.status == 200, reply
        assert json.loads(reply.body)["FailedEntryCount"] == 0

    deployed(node, services, drawn, scenario=scenario)


def test_a_get_of_the_api_may_be_a_post_to_kinesis(node: Node, services: Services) -> None:
    services.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    drawn = service("kinesis:action/ListStreams", "/streams", "GET", request_templates={JSON: "{}"})

    async def scenario(house: House) -> None:
        reply = await house.call("GET", "/dev/streams")
        assert json.loads(reply.body)["StreamNames"] == ["clicks"]

    deployed(node, services, drawn, scenario=scenario)


# what is sent, and as whom


def sent(node: Node, drawn: Resource, ask: str = "POST /dev/a") -> list[Message]:
    """All that reached AWS, for a stage whose every service is the house's backend."""
    seen: list[Message] = []

    async def scenario(house: House) -> None:
        def script(message: Message) -> bytes:
            return answer(body=ASSUMED if b"Action=AssumeRole" in message.body else b"{}")

        house.backend.script = script
        node.set(AWS_ENDPOINT_URL=house.backend.url)
        house.deploy(drawn)
        method, target = ask.split(" ")
        assert (await house.call(method, target, body=b'{"a": 1}')).status == 200
        seen.extend(house.backend.seen)

    in_house(scenario)
    return seen


ASSUMED = (
    b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>"
    b"<SecretAccessKey>role secret</SecretAccessKey><SessionToken>role token</SessionToken>"
    b"<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


def test_a_role_is_assumed_by_the_node_and_signs_the_call(node: Node) -> None:
    assume, call = sent(node, service("sqs:path/1/q", credentials=ROLE))
    assert signed_for(assume) == f"sts/{REGION}"
    assert signed_for(call, {KEY: SECRET}) == ""
    assert signed_for(call, {"ASIAROLE": "role secret"}) == f"sqs/{REGION}"
    assert call.header("X-Amz-Security-Token") == "role token"


@pytest.mark.parametrize(
    ("target", "start", "signed"),
    [
        ("sqs:path/1/q", "POST /1/q", "sqs"),
        ("bucket.s3:path/key", "POST /key", "s3"),
        ("sns:action/Publish", "POST /?Action=Publish&Version=2010-03-31", "sns"),
        ("dynamodb:action/PutItem", "POST /?Action=PutItem", "dynamodb"),
        ("nonesuch:action/DoIt", "POST /?Action=DoIt", "nonesuch"),
        ("states:action/StartSyncExecution", "POST /?Action=StartSyncExecution", "states"),
    ],
)
def test_the_target_is_the_path_or_the_action(node: Node, target: str, start: str, signed: str) -> None:
    [call] = sent(node, service(target))
    assert (call.start, signed_for(call)) == (f"{start} HTTP/1.1", f"{signed}/{REGION}")


def test_a_json_service_is_told_the_action_by_headers_that_a_mapping_beats(node: Node) -> None:
    [call] = sent(node, service("dynamodb:action/PutItem"))
    assert call.header("X-Amz-Target") == "DynamoDB_20120810.PutItem"
    assert call.all("Content-Type") == ["application/x-amz-json-1.0"]
    [other] = sent(
        node,
        service(
            "dynamodb:action/PutItem", request_parameters={"integration.request.header.content-type": "'text/plain'"}
        ),
    )
    assert other.all("Content-Type") == ["text/plain"]


def test_a_version_that_is_mapped_is_the_one_that_is_sent(node: Node) -> None:
    version = {"integration.request.querystring.Version": "'2099-01-01'"}
    [call] = sent(node, service("sns:action/Publish", request_parameters=version))
    assert call.start == "POST /?Action=Publish&Version=2099-01-01 HTTP/1.1"


def test_a_subdomain_is_the_hosts_and_only_what_is_mapped_is_sent(node: Node) -> None:
    [call] = sent(node, service("bucket.s3:path/key"))
    assert (call.header("Host") or "").startswith("bucket.127.0.0.1:")
    assert {name.lower() for name, _ in call.headers} == {
        *("host", "accept", "user-agent", "content-type", "x-amzn-trace-id", "content-length"),
        *("x-amz-date", "x-amz-content-sha256", "authorization"),
    }
    assert call.header("User-Agent") == f"AmazonAPIGateway_{API}"


def test_the_method_any_is_the_clients(node: Node) -> None:
    [call] = sent(node, service("s3:path/key", method="ANY", http_method="ANY"), "PUT /dev/a")
    assert call.start == "PUT /key HTTP/1.1"
