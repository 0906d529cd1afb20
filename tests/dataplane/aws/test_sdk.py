"""Credentials and endpoints from where every AWS SDK takes them. Source: AWS SDKs and Tools Reference Guide."""

import asyncio
import json
import subprocess
import sys

import pytest

from dataplane.aws import sdk
from dataplane.aws.faults import NoCredentials
from dataplane.aws.sdk import Action, Endpoint
from dataplane.aws.signing import Credentials
from dataplane.mapping.uri import Origin, UriError
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import KEY, SECRET
from tests.dataplane.execution import Backend, Message, answer


def json_action(target: str, version: str, host_prefix: str = "") -> Action:
    headers = ((b"X-Amz-Target", target.encode()), (b"Content-Type", f"application/x-amz-json-{version}".encode()))
    return Action(host_prefix, headers=headers)


def test_credentials_of_the_environment_do_not_expire(node: Node) -> None:
    assert sdk.obtain() == (Credentials(KEY, SECRET), False)
    node.set(AWS_SESSION_TOKEN="token")
    assert sdk.obtain() == (Credentials(KEY, SECRET, "token"), False)


def test_credentials_of_a_profile_of_the_shared_files(node: Node) -> None:
    node.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    (node.folder / "credentials").write_text("[gateway]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
    with pytest.raises(NoCredentials, match="this node has no AWS credentials"):
        sdk.obtain()
    node.set(AWS_PROFILE="gateway")
    assert sdk.obtain() == (Credentials("AKID", "s"), False)


def test_a_profile_that_is_not_there_is_named(node: Node) -> None:
    node.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    node.set(AWS_PROFILE="nobody")
    with pytest.raises(NoCredentials, match=r"The config profile \(nobody\) could not be found"):
        sdk.obtain()


def test_credentials_of_a_container_expire(node: Node) -> None:
    """The agent of a container, as on ECS and EKS."""
    given = {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "s",
        "Token": "t",
        "Expiration": "2999-01-01T00:00:00Z",
    }

    def agent(message: Message) -> bytes:
        assert message.start.startswith("GET /role ")
        return answer(body=json.dumps(given).encode())

    async def test() -> None:
        backend = Backend(agent)
        await backend.start()
        node.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        node.set(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{backend.url}/role")
        assert await asyncio.to_thread(sdk.obtain) == (Credentials("ASIA", "s", "t"), True)
        backend.stop()

    asyncio.run(test())


@pytest.mark.parametrize(
    ("service", "region", "host", "signed"),
    [
        ("lambda", "eu-central-1", "lambda.eu-central-1.amazonaws.com", ("lambda", "eu-central-1")),
        ("lambda", "cn-north-1", "lambda.cn-north-1.amazonaws.com.cn", ("lambda", "cn-north-1")),
        ("states", "us-gov-west-1", "states.us-gov-west-1.amazonaws.com", ("states", "us-gov-west-1")),
        ("s3", "us-east-1", "s3.us-east-1.amazonaws.com", ("s3", "us-east-1")),
        ("bucket.s3", "us-east-1", "bucket.s3.us-east-1.amazonaws.com", ("s3", "us-east-1")),
        ("runtime.sagemaker", "us-east-1", "runtime.sagemaker.us-east-1.amazonaws.com", ("sagemaker", "us-east-1")),
        ("abc-ats.iotdata", "us-east-1", "abc-ats.iot.us-east-1.amazonaws.com", ("iotdata", "us-east-1")),
        ("email", "us-east-1", "email.us-east-1.amazonaws.com", ("ses", "us-east-1")),
        ("iam", "eu-west-1", "iam.amazonaws.com", ("iam", "us-east-1")),
        ("sqs", "moon-base-1", "sqs.moon-base-1.amazonaws.com", ("sqs", "moon-base-1")),
    ],
)
def test_endpoints_are_awss_own(service: str, region: str, host: str, signed: tuple[str, str], node: Node) -> None:
    assert sdk.endpoint(service, region) == Endpoint(Origin("https", host, 443), host, "", *signed)


@pytest.mark.parametrize(
    ("service", "name", "action"),
    [
        ("dynamodb", "PutItem", json_action("DynamoDB_20120810.PutItem", "1.0")),
        ("kinesis", "ListStreams", json_action("Kinesis_20131202.ListStreams", "1.1")),
        ("ssm", "GetParameter", json_action("AmazonSSM.GetParameter", "1.1")),
        ("states", "StartExecution", json_action("AWSStepFunctions.StartExecution", "1.0")),
        ("states", "StartSyncExecution", json_action("AWSStepFunctions.StartSyncExecution", "1.0", "sync-")),
        ("events", "PutEvents", json_action("AWSEvents.PutEvents", "1.1")),
        ("sns", "Publish&TopicArn=a", Action(version="2010-03-31")),
        ("sqs", "SendMessage", Action(version="2012-11-05")),
        ("ec2", "DescribeInstances", Action(version="2016-11-15")),
        ("s3", "ListBuckets", Action()),
        ("nonesuch", "DoIt", Action()),
    ],
)
def test_an_action_is_named_as_the_service_reads_it(service: str, name: str, action: Action) -> None:
    assert sdk.action(service, name) == action


def test_an_action_may_have_an_endpoint_of_its_own_at_aws_alone(node: Node) -> None:
    assert sdk.endpoint("states", "us-east-1", "sync-").host == "sync-states.us-east-1.amazonaws.com"
    node.set(AWS_ENDPOINT_URL="http://127.0.0.1:4566")
    assert sdk.endpoint("states", "us-east-1", "sync-").host == "127.0.0.1:4566"


def test_a_stand_in_is_one_for_all_services_or_for_one(node: Node) -> None:
    node.set(AWS_ENDPOINT_URL="http://127.0.0.1:4566/", AWS_ENDPOINT_URL_SFN="https://steps.example/base/")
    sqs, states = sdk.endpoint("sqs", "us-east-1"), sdk.endpoint("states", "us-east-1")
    assert (sqs.origin, sqs.host, sqs.base) == (Origin("http", "127.0.0.1", 4566), "127.0.0.1:4566", "")
    assert (states.origin, states.host, states.base) == (
        Origin("https", "steps.example", 443),
        "steps.example",
        "/base",
    )
    assert (states.signed_service, states.signed_region) == ("states", "us-east-1")


def test_the_subdomain_at_a_stand_in_is_said_by_the_host_header(node: Node) -> None:
    node.set(AWS_ENDPOINT_URL_S3="http://127.0.0.1:4566")
    found = sdk.endpoint("bucket.s3", "us-east-1")
    assert (found.origin, found.host) == (Origin("http", "127.0.0.1", 4566), "bucket.127.0.0.1:4566")


def test_shared_files_name_endpoints_after_the_environment(node: Node) -> None:
    (node.folder / "config").write_text(
        "[default]\nendpoint_url = http://127.0.0.1:1\nservices = local\n"
        "[services local]\nsqs =\n  endpoint_url = http://127.0.0.1:2\n"
    )
    node.forget()
    assert [sdk.endpoint(name, "us-east-1").origin.port for name in ("sns", "sqs")] == [1, 2]
    node.set(AWS_ENDPOINT_URL="http://127.0.0.1:3")
    assert [sdk.endpoint(name, "us-east-1").origin.port for name in ("sns", "sqs")] == [3, 3]
    node.set(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert sdk.endpoint("sqs", "us-east-1").host == "sqs.us-east-1.amazonaws.com"


@pytest.mark.parametrize("url", ["127.0.0.1:4566", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"])
def test_an_endpoint_that_is_no_url_is_refused(url: str, node: Node) -> None:
    node.set(AWS_ENDPOINT_URL=url)
    with pytest.raises(UriError, match="not an endpoint of AWS"):
        sdk.endpoint("sqs", "us-east-1")


def test_a_node_that_calls_no_aws_does_not_load_the_sdk() -> None:
    """It takes 16 MB."""
    code = "import sys, dataplane.node.worker, dataplane.aws.roles; print('botocore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
