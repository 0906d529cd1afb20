"""One AWS service in one region: requests to it, signed, within a target's share of its endpoint's connections."""

import asyncio
import time

from dataplane.aws import sdk
from dataplane.aws.credentials import Source, node_credentials
from dataplane.aws.signing import Signer
from dataplane.exchange import Headers
from dataplane.upstream.answer import Answer
from dataplane.upstream.shares import share_of


class Service:
    """`name` as in an integration's URI: `sqs`, or with a subdomain `bucket.s3`."""

    __slots__ = ("_share", "_signer", "_source", "base", "host", "origin")

    def __init__(
        self, name: str, region: str, source: Source | None = None, host_prefix: str = "", *, target: str
    ) -> None:
        """`source` None: the node's own credentials. `target`: what may hang without the rest of the service, so that
        it has a share of its own of the connections. Raises UriError for a configured endpoint that is no URL. Reads
        files: not on the event loop."""
        endpoint = sdk.endpoint(name, region, host_prefix)
        self.origin = endpoint.origin
        self.host = endpoint.host.encode()
        self.base = endpoint.base.encode()
        self._share = share_of(endpoint.origin, (name, region, target))
        self._signer = Signer(endpoint.signed_service, endpoint.signed_region)
        self._source = source or node_credentials()

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        host = f"[{self.origin.host}]" if ":" in self.origin.host else self.origin.host
        return f"{self.origin.scheme}://{host}:{self.origin.port}{self.base.decode()}"

    async def send(
        self,
        method: bytes,
        target: bytes,
        headers: Headers,
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # no task, so no asyncio.timeout: deadlines that the loop's timers watch
    ) -> Answer:
        """`headers`, which has Host, is signed in place. Raises AwsFault, UpstreamFault."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        credentials = self._source.ready() or await self._source.soon(deadline)
        self._signer.sign(credentials, method, target, headers, body, time.time())
        return await self._share.send(method, target, headers, body, timeout=deadline - loop.time())
