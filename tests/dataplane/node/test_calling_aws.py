"""A node of several processes calls AWS with credentials from its environment. Source: AWS SDKs Reference Guide."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataplane.snapshot import ApiDocument, Integration, Method
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.verifying import KEY, SECRET
from tests.dataplane.functions import ARN, URI
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import Console, answering, document
from tests.dataplane.node.lambda_api import LambdaApi


@pytest.fixture
def functions() -> Iterator[LambdaApi]:
    def pets(event: Any) -> Any:
        return {"body": f"{event['httpMethod']} {event['path']} of {event['requestContext']['stage']}"}

    api = LambdaApi(Lambdas({ARN: pets}))
    yield api
    api.stop()


def invoking(**integration: Any) -> ApiDocument:
    drawn = Integration(type="AWS_PROXY", uri=URI, http_method="POST", **integration)
    return document(Method(http_method="GET", integration=drawn))


def environment(functions: LambdaApi, home: Path, **more: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_LAMBDA": functions.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(home),  # of ~/.aws
        **more,
    }


def test_every_worker_invokes_a_function_that_was_deployed(
    console: Console, start_node: Start, functions: LambdaApi, tmp_path: Path
) -> None:
    console.deploy(invoking())
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    node = start_node(workers=2, **environment(functions, tmp_path, **keys))
    console.wait_for_generation()
    assert {node.invoke() for _ in range(10)} == {(200, b"GET /pets of dev")}


def test_credentials_may_be_in_the_files_of_the_nodes_user(
    console: Console, start_node: Start, functions: LambdaApi, tmp_path: Path
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        f"[gateway]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    console.deploy(invoking())
    node = start_node(**environment(functions, tmp_path, AWS_PROFILE="gateway"))
    console.wait_for_generation()
    assert node.invoke() == (200, b"GET /pets of dev")


def test_a_node_without_credentials_serves_the_rest(
    console: Console, start_node: Start, functions: LambdaApi, tmp_path: Path
) -> None:
    console.deploy(invoking())
    console.deploy(answering("two", api_id="api2"))
    node = start_node(**environment(functions, tmp_path))
    console.wait_for_generation()
    assert node.invoke() == (500, b'{"message":"Internal server error"}')
    node.wait_for_line("this node has no AWS credentials")
    assert node.invoke(api_id="api2") == (200, b"two")


def test_an_endpoint_that_is_no_url_refuses_the_stage_and_no_other(
    console: Console, start_node: Start, functions: LambdaApi, tmp_path: Path
) -> None:
    console.deploy(invoking())
    console.deploy(answering("two", api_id="api2"))
    node = start_node(**environment(functions, tmp_path, AWS_ENDPOINT_URL_LAMBDA="nowhere"))
    node.wait_for_line("not an endpoint of AWS: 'nowhere'")
    node.wait_until_ready()
    assert node.invoke(api_id="api2") == (200, b"two")
