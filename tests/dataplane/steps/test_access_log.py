"""Source: developer guide, "Set up CloudWatch API logging in API Gateway": its example formats, word for word."""

import csv
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from dataplane.exchange import Exchange
from dataplane.http1.body import NO_BODY
from dataplane.http1.fields import Fields
from dataplane.plan import Stage
from dataplane.router import Router
from dataplane.snapshot import StageEntry
from dataplane.steps.access_log import compile_format, log_group

CLF = (
    "$context.identity.sourceIp $context.identity.caller  $context.identity.user [$context.requestTime] "
    '"$context.httpMethod $context.resourcePath $context.protocol" '
    "$context.status $context.responseLength $context.requestId"
)
JSON = (
    '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "caller":"$context.identity.caller", '
    '"user":"$context.identity.user", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod", '
    '"resourcePath":"$context.resourcePath", "status":"$context.status", "protocol":"$context.protocol", '
    '"responseLength":"$context.responseLength" }'
)
XML = (
    '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> '
    "<user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> "
    "<httpMethod>$context.httpMethod</httpMethod> <resourcePath>$context.resourcePath</resourcePath> "
    "<status>$context.status</status> <protocol>$context.protocol</protocol> "
    "<responseLength>$context.responseLength</responseLength> </request>"
)
CSV = (
    "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,"
    "$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,"
    "$context.requestId"
)
STAGE = Stage(
    api_id="abc1234567",
    stage_name="dev",
    deployment_id="dep1",
    digest="d",
    account_id="000000000000",
    generation=1,
    variables={},
    cache_generation=0,
    disable_execute_api_endpoint=False,
    router=Router(()),
    answer_fault=None,
    has_canary=False,
)


def ended(**found: Any) -> Exchange:
    exchange = Exchange(
        http_method="GET",
        path=b"/dev/pets",
        query=b"",
        fields=Fields(found.pop("headers", [(b"User-Agent", b"curl/8")])),
        authority="abc1234567.execute-api.localhost",
        protocol="HTTP/1.1",
        scheme="http",
        source_ip="192.0.2.1",
        server_port=8080,
        body=NO_BODY,
        responder=None,  # type: ignore[arg-type]
        started=0.0,
    )
    exchange.stage, exchange.stage_path = STAGE, "/pets"
    exchange.request_id, exchange.request_time = "id-1", 1_428_582_896.5
    exchange.response_status, exchange.response_length = 200, 17
    for name, value in found.items():
        setattr(exchange, name, value)
    return exchange


def line(source: str, **found: Any) -> str:
    return compile_format(source)(ended(**found))


def test_the_guides_common_log_format() -> None:
    assert line(CLF) == '192.0.2.1 -  - [09/Apr/2015:12:34:56 +0000] "GET - HTTP/1.1" 200 17 id-1'


def test_the_guides_json() -> None:
    assert json.loads(line(JSON)) == {
        "requestId": "id-1",
        "ip": "192.0.2.1",
        "caller": "-",
        "user": "-",
        "requestTime": "09/Apr/2015:12:34:56 +0000",
        "httpMethod": "GET",
        "resourcePath": "-",
        "status": "200",
        "protocol": "HTTP/1.1",
        "responseLength": "17",
    }


def test_the_guides_xml() -> None:
    tree = ElementTree.fromstring(line(XML))  # of our own making
    assert (tree.get("id"), tree.findtext("ip"), tree.findtext("status")) == ("id-1", "192.0.2.1", "200")


def test_the_guides_csv() -> None:
    (row,) = csv.reader([line(CSV)])
    assert row == ["192.0.2.1", "-", "-", "09/Apr/2015:12:34:56 +0000", "GET", "-", "HTTP/1.1", "200", "17", "id-1"]


HOSTILE = 'x","status":"999"}\n{"a":"<b>&\\ \x1b[31m\u2028'


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ('{"agent":"$context.identity.userAgent"}', lambda text: json.loads(text)["agent"]),
        ("<agent>$context.identity.userAgent</agent>", lambda text: ElementTree.fromstring(text).text),
        ('"$context.identity.userAgent"', lambda text: text[1:-1].replace('\\"', '"').replace("\\\\", "\\")),
    ],
)
def test_what_a_client_says_stays_within_its_place(source: str, read: Any) -> None:
    written = line(source, headers=[(b"user-agent", HOSTILE.encode("latin-1", "ignore"))])
    assert "\n" not in written and "\x1b" not in written
    assert read(written).replace("\\u001b", "\x1b").replace("\\u000a", "\n").startswith('x","status":"999"}')


@pytest.mark.parametrize(
    ("name", "found", "printed"),
    [
        ("status", {"response_status": 0}, "-"),
        ("integrationStatus", {}, "-"),
        ("integrationStatus", {"integration_status": 502}, "502"),
        ("integration.status", {"integration_status": 502}, "502"),
        ("integrationLatency", {}, "-"),
        ("integrationLatency", {"integration_latency": 0.0123}, "12"),
        ("integration.latency", {"integration_latency": 0.0123}, "12"),
        ("integrationErrorMessage", {"integration_error": "no route"}, "no route"),
        ("integration.error", {}, "-"),
        ("error.message", {"error_message": "Forbidden"}, "Forbidden"),
        ("error.messageString", {"error_message": 'a "b"'}, '"a \\"b\\""'),
        ("error.messageString", {}, "-"),
        ("error.responseType", {"error_type": "ACCESS_DENIED"}, "ACCESS_DENIED"),
        ("error.validationErrorString", {"error_validation": "[instance type]"}, "[instance type]"),
        ("extendedRequestId", {}, "aWQtMQ=="),
        ("requestTimeEpoch", {}, "1428582896500"),
        ("authorizer.principalId", {"authorizer": {"principalId": "ada"}}, "ada"),
        ("authorizer.claims", {"authorizer": {"claims": {"sub": "1"}}}, "-"),
        ("authorizer.claims.sub", {"authorizer": {"claims": {"sub": "1"}}}, "1"),
        ("authorizer.integrationLatency", {"authorizing": {"authorizer": {"integrationLatency": 7}}}, "7"),
        ("authenticate.status", {"authorizing": {"authenticate": {"status": 401}}}, "401"),
        ("isCanaryRequest", {}, "-"),
        ("xrayTraceId", {"trace_id": "Root=1"}, "Root=1"),
        ("stage", {}, "dev"),
        ("path", {}, "/dev/pets"),
        ("domainPrefix", {}, "abc1234567"),
        ("apiId", {}, "abc1234567"),
        ("waf.status", {}, "-"),
        ("customDomain.basePathMatched", {}, "-"),
        ("identity", {}, "-"),
        ("nonsense.of.all.kinds", {}, "-"),
    ],
)
def test_a_variable_prints_what_it_is_or_a_dash(name: str, found: dict[str, Any], printed: str) -> None:
    assert line(f"$context.{name} $context.requestId", **found) == f"{printed} id-1"


def test_the_latency_is_from_the_head_to_the_end() -> None:
    assert int(line("$context.responseLatency")) > 0


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("100%s $input.body $context $context. $context.requestId.", "100%s $input.body $context $context. -."),
        ("a\nb $context.requestId\n", "a b id-1"),
        ("$context.requestId,$context.status", "id-1,200"),
        ("$context.requestId-$context.status", "id-1-200"),
    ],
)
def test_what_is_no_variable_of_the_context_is_text_and_all_is_one_line(source: str, printed: str) -> None:
    assert line(source) == printed.replace("$context. -.", "$context. id-1.")


def entry(destination: str) -> StageEntry:
    return StageEntry(
        api_id="api1",
        stage_name="dev",
        generation=1,
        deployment_id="d",
        digest="d",
        access_log_format="$context.requestId",
        access_log_destination=destination,
    )


@pytest.mark.parametrize(
    ("destination", "group"),
    [
        ("arn:aws:logs:us-east-1:000000000000:log-group:/aws/pets", "/aws/pets"),
        ("arn:aws:logs:us-east-1:000000000000:log-group:pets:*", "pets"),
        ("arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x", "amazon-apigateway-x"),
        ("", "API-Gateway-Access-Logs_api1/dev"),
    ],
)
def test_the_destination_names_the_group(destination: str, group: str) -> None:
    assert log_group(entry(destination)) == group
