"""Run one request through an API as it is drawn, beside what is served: a test, and the log of it.

Neither authorizer nor API key is asked, nor the API's policy. Source: developer guide, "Use the API Gateway console to
test a method"; botocore, TestInvokeMethod; behaviours 105.
"""

import asyncio
from time import monotonic

from msgspec.structs import replace

from dataplane.compiler import CompileError, compile_stage
from dataplane.exchange import ClientGone, Exchange, Headers
from dataplane.execution_log import ExecutionLog
from dataplane.gateway import Gateway
from dataplane.http1.body import Whole
from dataplane.http1.fields import Fields
from dataplane.pipeline import Pipeline
from dataplane.plan import Plan, Stage
from dataplane.snapshot import AuthorizerDraft, DraftRequest, DraftResult, Resource, StageEntry
from dataplane.steps.logged import logged

STAGE_NAME = "test-invoke-stage"
_SOURCE_IP = "test-invoke-source-ip"
_AUTHORITY = "testPrefix.testDomainName"


async def run(request: DraftRequest) -> DraftResult:
    """Raises CompileError, and ClientGone where nobody waits for it any more."""
    resource = _resource(request)
    stage = await asyncio.to_thread(_stage, request, resource)
    way = Way()
    exchange = exchange_of("GET" if request.http_method == "ANY" else request.http_method, request, way)
    rest = _Drafted(stage, resource.path).serve(exchange)
    if rest is not None:
        await rest
    if not way.status:
        raise ClientGone
    return _result(exchange, way)


def _stage(request: DraftRequest, resource: Resource) -> Stage:
    """Only the method that is tested is compiled: whatever else is unfinished is not looked at."""
    entry = StageEntry(
        api_id=request.document.api_id,
        stage_name=STAGE_NAME,
        generation=0,
        deployment_id="",
        digest="",
        account_id=request.account_id,
        region=request.region,
        variables=request.stage_variables,
    )
    return compile_stage(entry, replace(request.document, resources=(resource,), policy="", authorizers=()), None)


def _resource(request: DraftRequest) -> Resource:
    """With the one method that is tested, open to everybody."""
    for resource in request.document.resources:
        if resource.id == request.resource_id:
            drawn = {method.http_method: method for method in resource.methods}
            method = drawn.get(request.http_method) or drawn.get("ANY")
            if method is not None:
                return replace(resource, methods=(replace(method, authorization_type="NONE", api_key_required=False),))
    raise CompileError(f"there is no method {request.http_method} of resource {request.resource_id}")


class _Drafted(Pipeline):
    """A pipeline with one method, found without looking at the request's path."""

    def __init__(self, stage: Stage, resource_path: str) -> None:
        super().__init__(Gateway(), self)
        self._stage = stage
        self._resource_path = resource_path

    def record(self, exchange: Exchange) -> None:
        """A test is nobody's traffic."""

    def route(self, exchange: Exchange) -> Plan:
        exchange.stage = stage = self._stage
        exchange.trace = ExecutionLog(exchange.request_id)
        found, match = stage.router.match(self._resource_path), stage.router.match(exchange.stage_path)
        assert found is not None
        exchange.path_parameters = match[1] if match else {}
        exchange.plan = plan = logged(found[0][exchange.http_method])
        return plan


def exchange_of(http_method: str, asked: DraftRequest | AuthorizerDraft, way: "Way") -> Exchange:
    path, _, query = asked.path_with_query_string.partition("?")
    path = f"/{path.lstrip('/')}"
    exchange = Exchange(
        http_method=http_method,
        path=path.encode(),
        query=query.encode(),
        fields=Fields(_headers(asked)),
        authority=_AUTHORITY,
        protocol="HTTP/1.1",
        scheme="https",
        source_ip=_SOURCE_IP,
        server_port=443,
        body=Whole(asked.body.encode("utf-8", "replace")),
        responder=way,
        started=monotonic(),
    )
    exchange.stage_path = path
    return exchange


def _headers(asked: DraftRequest | AuthorizerDraft) -> Headers:
    several = {name: [value] for name, value in asked.headers.items()} | asked.multi_value_headers
    return [(_latin(name), _latin(value)) for name, values in several.items() for value in values]


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _result(exchange: Exchange, way: "Way") -> DraftResult:
    assert exchange.trace is not None
    if not exchange.trace.failed:
        exchange.trace.line("Successfully completed execution")
    exchange.trace.line(f"Method completed with status: {way.status}")
    several: dict[str, list[str]] = {}
    for name, value in way.headers:
        several.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return DraftResult(
        status=way.status,
        headers={name: values[-1] for name, values in several.items()},
        multi_value_headers=several,
        body=way.body.decode("utf-8", "replace"),
        latency=round((monotonic() - exchange.started) * 1000),
        log=exchange.trace.text(),
        steps=tuple(exchange.trace.steps),
    )


class Way:
    """A Responder that keeps the answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.body = b""

    def send(self, status: int, headers: Headers, body: bytes, lines: bytes = b"") -> None:
        self.status, self.headers, self.body = status, _read(lines) + headers, body

    def start(self, status: int, headers: Headers, length: int | None, lines: bytes = b"") -> None:
        self.status, self.headers = status, _read(lines) + headers

    def write(self, piece: bytes) -> "asyncio.Future[None] | None":
        self.body += piece
        return None

    def finish(self) -> None:
        pass

    def abort(self) -> None:
        self.status = 0


def _read(lines: bytes) -> Headers:
    pairs = (line.partition(b": ") for line in lines.split(b"\r\n")[:-1])
    return [(name, value) for name, _, value in pairs]
