"""Which method asks whom, resolved once; what this version cannot decide is closed."""

from typing import Any

import pytest
from msgspec.structs import replace

from dataplane.compiler import compile_stage
from dataplane.plan import Plan
from dataplane.snapshot import SCHEMA_VERSION, ApiDocument, Authorizer, Resource, StageEntry
from tests.dataplane.authorizers.functions import TOKEN, URI
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, House, in_house
from tests.parity.execution.cases import mock

READY = replace(TOKEN, authorizer_uri=URI)


def plans(*drawn: Resource, **api: Any) -> dict[str, Plan]:
    entry = StageEntry(api_id=API, stage_name="dev", generation=1, deployment_id="d", digest="d" * 64)
    document = ApiDocument(schema_version=SCHEMA_VERSION, api_id=API, name="x", resources=drawn, **api)
    router = compile_stage(entry, document, None).router
    found = {}
    for each in drawn:
        match = router.match(each.path)
        assert match is not None
        found[each.path] = match[0]["GET"]
    return found


def test_a_method_that_is_open_has_no_step() -> None:
    assert plans(mock())["/a"].authorize is None


def test_methods_that_ask_the_same_share_it(node: Node) -> None:
    found = plans(
        mock(path="/a", authorization_type="CUSTOM", authorizer_id="a1"),
        mock(path="/b", authorization_type="CUSTOM", authorizer_id="a1"),
        authorizers=(READY,),
    )
    first, second = found["/a"].authorize, found["/b"].authorize
    assert first._ask is second._ask  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("method", "authorizers", "status", "message"),
    [
        ({"authorization_type": "AWS_IAM"}, (), 403, "Missing Authentication Token"),
        ({"authorization_type": "CUSTOM"}, (READY,), 401, "Unauthorized"),
        ({"authorization_type": "CUSTOM", "authorizer_id": "gone"}, (READY,), 401, "Unauthorized"),
        ({"authorization_type": "CUSTOM", "authorizer_id": "a1"}, (), 401, "Unauthorized"),
        ({"authorization_type": "JWT", "authorizer_id": "a1"}, (READY,), 401, "Unauthorized"),
        ({"authorization_type": "SOMETHING", "authorizer_id": "a1"}, (READY,), 401, "Unauthorized"),
    ],
)
def test_what_cannot_be_decided_is_closed(
    node: Node, method: Any, authorizers: tuple[Authorizer, ...], status: int, message: str
) -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock(**method), authorizers=authorizers)
        reply = await house.call("GET", "/dev/a", {"Auth": "x"})
        assert (reply.status, reply.body) == (status, f'{{"message":"{message}"}}'.encode())

    in_house(scenario)
