"""One behaviour of Amazon API Gateway as a line of a table: what is drawn, what is asked, what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dataplane.snapshot import Access, Integration, IntegrationResponse, MethodSetting, Resource
from tests.dataplane.execution import HOST, House, Message, answer, in_house, resource

DEFAULT = IntegrationResponse(status_code="200")
ABSENT = None  # of a header


@dataclass(frozen=True)
class Case:
    row: int  # in docs/behaviours.md
    source: str  # REC, DOC, EMU, BOTO or ?: what those letters mean is said there
    says: str
    drawn: tuple[Resource, ...]
    ask: str = "GET /dev/a"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = HOST
    backend: bytes = answer(body=b"backend")
    # what the client gets
    status: int = 200
    reply: bytes | None = None
    replied: dict[str, str | None] = field(default_factory=dict)
    # what the backend gets
    sent: str | None = None  # its request line, without the version
    sent_body: bytes | None = None
    sent_headers: dict[str, str | None] = field(default_factory=dict)
    unsent: bool = False  # it gets nothing
    api: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    # who may call, and how much
    access: Access | None = None
    settings: dict[str, MethodSetting] = field(default_factory=dict)
    before: int = 0  # how often the same was asked, and answered otherwise or not, right before

    def __str__(self) -> str:
        return f"{self.row} [{self.source}] {self.says}"


def rows(source: str, row: int) -> Callable[..., Case]:
    """Cases of one row."""

    def case(says: str, *drawn: Resource, **members: Any) -> Case:
        return Case(row, source, says, drawn, **members)

    return case


def hold(case: Case) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: case.backend
        if case.access is not None:
            house.clients.update(case.access)
        house.deploy(*case.drawn, variables=case.variables, stage={"method_settings": case.settings}, **case.api)
        method, target = case.ask.split(" ")
        for _ in range(case.before):
            await house.call(method, target, case.headers, case.body, host=case.host)
        reply = await house.call(method, target, case.headers, case.body, host=case.host)
        assert reply.status == case.status, reply
        assert case.reply is None or reply.body == case.reply
        assert {name: reply.header(name) for name in case.replied} == case.replied
        _check_sent(case, house.backend.seen)

    in_house(scenario)


def _check_sent(case: Case, seen: list[Message]) -> None:
    if case.unsent:
        assert seen == []
    if case.sent is not None:
        assert seen[-1].start == f"{case.sent} HTTP/1.1"
    if case.sent_body is not None:
        assert seen[-1].body == case.sent_body
    if case.sent_headers:
        assert {name: seen[-1].header(name) for name in case.sent_headers} == case.sent_headers


# what is drawn

BACKEND = "http://${stageVariables.backend}"


def mock(template: str = "", path: str = "/a", method: str = "GET", **members: Any) -> Resource:
    """Answers with a template that sees the request."""
    responses = (IntegrationResponse(status_code="200", response_templates={"application/json": template}),)
    integration = Integration(type="MOCK", request_templates={"$default": '{"statusCode": 200}'}, responses=responses)
    return resource(path, method, integration, **members)


def proxy(
    uri: str = "/", path: str = "/a", method: str = "ANY", http_method: str = "ANY", **integration: Any
) -> Resource:
    return resource(
        path, method, Integration(type="HTTP_PROXY", uri=BACKEND + uri, http_method=http_method, **integration)
    )


def http(
    uri: str = "/", path: str = "/a", method: str = "ANY", http_method: str = "POST", **integration: Any
) -> Resource:
    integration.setdefault("responses", (DEFAULT,))
    return resource(path, method, Integration(type="HTTP", uri=BACKEND + uri, http_method=http_method, **integration))


def response(status_code: str = "200", **members: Any) -> IntegrationResponse:
    return IntegrationResponse(status_code=status_code, **members)
