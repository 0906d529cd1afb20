"""Row 103: the line that a request leaves in the access log of its stage, as a table."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from dataplane.snapshot import RequestValidator, Resource
from tests.dataplane.execution import API, House, answer, in_house
from tests.parity.execution.cases import http, mock, proxy, response

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:pets"


@dataclass(frozen=True)
class Logged:
    row: int
    source: str
    says: str
    form: str  # `$context.requestId` is added to it
    line: str  # a pattern of all of it
    drawn: tuple[Resource, ...] = (proxy(),)
    ask: str = "GET /dev/a"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    backend: bytes = answer(201, body=b"four")
    api: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row} [{self.source}] {self.says}"


def logged(says: str, form: str, line: str, *drawn: Resource, source: str = "DOC", **members: Any) -> Logged:
    return Logged(103, source, says, form, line, drawn or (proxy(),), **members)


VALIDATED = {"request_validators": (RequestValidator(id="v", validate_request_parameters=True),)}
CASES = (
    logged("the status that the client got", "$context.status", "200", http(responses=(response("200"),))),
    logged("and that of the integration", "$context.integrationStatus $context.integration.status", "201 201"),
    logged("the length of the answer", "$context.responseLength", "4"),
    logged("latencies in milliseconds", "$context.responseLatency $context.integrationLatency", r"\d+ \d+"),
    logged("of the integration too by its newer name", "$context.integration.latency", r"\d+"),
    logged("no integration, none of its values", "$context.integrationStatus $context.integrationLatency", "- -",
           ask="GET /dev/nowhere"),
    logged("an unknown path has no resource", "$context.resourcePath $context.status", "- 403", ask="GET /dev/nowhere"),
    logged("what came of it: the gateway response", "$context.error.responseType", "MISSING_AUTHENTICATION_TOKEN",
           ask="GET /dev/nowhere"),
    logged("its message, bare and quoted", "$context.error.message $context.error.messageString",
           'Missing Authentication Token "Missing Authentication Token"', ask="GET /dev/nowhere"),
    logged("no error, no message", "$context.error.message $context.error.messageString", "- -"),
    logged("what a validator says goes by its message", "$context.error.message",
           r"Missing required request parameters: \[q\]",
           mock(request_validator_id="v", request_parameters={"method.request.querystring.q": True}), api=VALIDATED),
    logged("why the integration failed", "$context.integrationErrorMessage", ".*HTTP.*",
           backend=b"nothing\r\n\r\n"),
    logged("who asked", "$context.identity.sourceIp $context.identity.userAgent", "127.0.0.1 me",
           headers={"User-Agent": "me"}),
    logged("nobody known", "$context.identity.caller $context.identity.user $context.authorizer.principalId", "- - -"),
    logged("what was asked", "$context.httpMethod $context.path $context.resourcePath $context.protocol",
           "GET /dev/a /a HTTP/1.1"),
    logged("when", "$context.requestTime $context.requestTimeEpoch", r"\d\d/\w{3}/\d{4}:[\d:]{8} \+0000 \d{13}"),
    logged("where", "$context.apiId $context.stage $context.accountId", f"{API} dev 000000000000"),
    logged("the trace, where one was begun", "$context.xrayTraceId", "Root=1-.*"),
    logged("none of a mock", "$context.xrayTraceId", "-", mock("x")),
    logged("what does not exist", "$context.waf.status $context.nonsense $context.customDomain.basePathMatched",
           "- - -"),
    logged("not $input, and no template", "$input.body #set($x = 1)", r"\$input.body #set\(\$x = 1\)"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_request_leaves_its_line(case: Logged) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: case.backend
        stage = {"access_log_format": f"$context.requestId|{case.form}", "access_log_destination": GROUP}
        house.deploy(*case.drawn, stage=stage, **case.api)
        method, target = case.ask.split(" ")
        reply = await house.call(method, target, case.headers, case.body)
        ((group, line),) = house.access_log
        request_id, _, rest = line.partition("|")
        assert (group, request_id) == ("pets", reply.header("x-amzn-RequestId"))
        assert re.fullmatch(case.line, rest), rest

    in_house(scenario)


def test_row_103_a_stage_without_a_format_logs_nothing() -> None:
    async def scenario(house: House) -> None:
        house.deploy(proxy())
        await house.call("GET", "/dev/a")
        assert house.access_log == []

    in_house(scenario)
