"""A node's workers hold no more of bodies than they may, and say so."""

import contextlib
import socket

from dataplane.snapshot import Integration, IntegrationResponse, Method
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import SECONDS, Console, document
from tests.dataplane.node.exposition import read

MEGABYTE = 1024 * 1024
# The template asks for the body, so that all of it has to come first.
READING = Integration(
    type="MOCK",
    request_templates={"application/json": '{"statusCode": 200, "body": "$input.body"}'},
    responses=(IntegrationResponse(status_code="200"),),
)
HEAD = (
    "POST /restapis/api1/dev/_user_request_/pets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Content-Length: {9 * MEGABYTE}\r\n\r\n"
)


def test_who_sends_slowly_makes_room_for_who_comes(console: Console, start_node: Start) -> None:
    console.deploy(document(Method(http_method="POST", integration=READING)))
    node = start_node(STAGEDOOR_HELD_MB="32")
    console.wait_for_generation()
    with contextlib.ExitStack() as clients:
        slow = []
        for _ in range(4):
            slow.append(clients.enter_context(socket.create_connection(("127.0.0.1", node.ports[0]), timeout=SECONDS)))
            slow[-1].sendall(HEAD.encode() + b"x" * (8 * MEGABYTE + 100_000))
        said = slow[0].recv(10_000)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert said.endswith(b'{"message":"Service Unavailable"}')
        known = len(console.reports)
        console.wait_for_report(lambda report: report.requests == 1, known)
        metrics = read(node.ask("/metrics")[1].decode())
        assert metrics["stagedoor_bodies_given_up_total"].samples["stagedoor_bodies_given_up_total", ()] == 1
        held = metrics["stagedoor_held_bytes"].samples["stagedoor_held_bytes", ()]
        assert 24 * MEGABYTE <= held <= 32 * MEGABYTE
