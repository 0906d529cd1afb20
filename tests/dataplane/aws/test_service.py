"""Requests to a service: signed for it, to its endpoint."""

from dataplane.aws.service import Service
from dataplane.exchange import Headers
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import signed_for
from tests.dataplane.execution import Backend
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned


def test_what_arrives_is_what_was_signed(node: Node, run: Run) -> None:
    async def test() -> None:
        backend = Backend()
        await backend.start()
        node.set(AWS_ENDPOINT_URL_SQS=f"{backend.url}/stand-in")
        service = Service("sqs", "eu-west-1", target="queue")
        headers: Headers = [(b"Host", service.host), (b"Content-Type", b"text/plain")]
        target = service.base + b"/123/queue?Action=SendMessage&MessageBody=%E2%82%AC"
        answer = await spawned(service.send(b"POST", target, headers, b"body", timeout=5))
        assert answer.status == 200
        [seen] = backend.seen
        assert seen.start == "POST /stand-in/123/queue?Action=SendMessage&MessageBody=%E2%82%AC HTTP/1.1"
        assert signed_for(seen) == "sqs/eu-west-1"
        backend.stop()

    run(test())
