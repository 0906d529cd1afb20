"""POST /internal/test: a request run on a drawn API by a node, for the console alone."""

import asyncio
import http.client
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from dataplane import snapshot
from dataplane.node.endpoint import TESTS_AT_ONCE, Endpoint
from dataplane.snapshot import SCHEMA_VERSION, Authorizer, AuthorizerDraft, DraftRequest, Method
from tests.dataplane.node.console import SECONDS, TOKEN, document, mock
from tests.dataplane.node.running import RunningNode

GET = Method(http_method="GET", integration=mock(200, '{"drawn": true}'))
ASKED = DraftRequest(schema_version=SCHEMA_VERSION, document=document(GET), resource_id="r1", http_method="GET")


@pytest.fixture
def node(tmp_path: Path) -> Any:
    """A node without a console to follow: it serves nothing, and can test all the same."""
    running = RunningNode(tmp_path, "http://127.0.0.1:9")
    yield running
    running.kill()


def post(
    node: RunningNode, body: bytes, token: str = TOKEN, path: str = "/internal/test"
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", node.ports[1], timeout=SECONDS)
    try:
        connection.request("POST", path, body, {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        return response.status, msgspec.json.decode(response.read(), type=dict[str, Any])
    finally:
        connection.close()


def test_a_drawn_method_is_run_and_nothing_else_is_disturbed(node: RunningNode) -> None:
    status, result = post(node, snapshot.encode(ASKED))
    assert status == 200
    assert (result["status"], result["body"]) == (200, '{"drawn": true}')
    assert result["log"].endswith("Method completed with status: 200\n")
    assert result["steps"][0]["name"] == "Method request"
    assert isinstance(result["latency"], int)
    assert result["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert node.status()["requests"] == 0


def test_a_drawn_authorizer_is_asked(node: RunningNode) -> None:
    token = Authorizer(id="a1", type="JWT", identity_source="method.request.header.Auth")
    asked = AuthorizerDraft(
        schema_version=SCHEMA_VERSION,
        document=msgspec.structs.replace(document(), authorizers=(token,)),
        authorizer_id="a1",
    )
    path = "/internal/test-authorizer"
    status, result = post(node, snapshot.encode(asked), path=path)
    assert (status, result["clientStatus"]) == (200, 401)
    assert "Starting authorizer: a1" in result["log"]
    status, said = post(node, snapshot.encode(msgspec.structs.replace(asked, authorizer_id="a2")), path=path)
    assert (status, said["message"]) == (400, "there is no authorizer a2")
    assert post(node, b"{}", path=path)[0] == 400
    assert post(node, snapshot.encode(asked), "another", path)[0] == 401


def test_only_who_has_the_node_token_may(node: RunningNode) -> None:
    assert post(node, snapshot.encode(ASKED), "another")[0] == 401


def test_what_is_no_request_is_refused_with_its_reason(node: RunningNode) -> None:
    newer = snapshot.encode(ASKED).replace(b'"schemaVersion":1', b'"schemaVersion":99')
    for body, reason in ((b"{}", "DraftRequest"), (b"no json", "DraftRequest"), (newer, "newer")):
        status, said = post(node, body)
        assert status == 400
        assert reason in said["message"]


def test_what_does_not_compile_is_refused_with_its_reason(node: RunningNode) -> None:
    broken = Method(http_method="GET", integration=mock(200, "#if("))
    asked = msgspec.structs.replace(ASKED, document=document(broken))
    status, said = post(node, snapshot.encode(asked))
    assert status == 400
    assert "GET /pets" in said["message"]


def test_a_body_over_10_mb_is_refused(node: RunningNode) -> None:
    status, said = post(node, snapshot.encode(msgspec.structs.replace(ASKED, body="x" * 10 * 1024 * 1024)))
    assert (status, said["message"]) == (413, "Request Too Long")


def test_more_tests_than_a_node_may_run_at_once_are_refused() -> None:
    statuses: list[int] = []

    async def scenario() -> None:
        arrived = asyncio.Event()

        async def read() -> bytes:
            await arrived.wait()
            return b"{}"

        exchange: Any = SimpleNamespace(
            path=b"/internal/test",
            http_method="POST",
            headers=[(b"Authorization", f"Bearer {TOKEN}".encode())],
            body=SimpleNamespace(read=read),
            responder=SimpleNamespace(send=lambda status, headers, body: statuses.append(status)),
        )
        node: Any = SimpleNamespace(settings=SimpleNamespace(node_token=TOKEN))
        endpoint = Endpoint(node)
        waiting = [asyncio.create_task(endpoint.serve(exchange)) for _ in range(TESTS_AT_ONCE)]
        await asyncio.sleep(0)
        await endpoint.serve(exchange)
        assert statuses == [503]
        arrived.set()
        await asyncio.gather(*waiting)
        await endpoint.serve(exchange)

    asyncio.run(scenario())
    assert statuses == [503] + [400] * (TESTS_AT_ONCE + 1)
