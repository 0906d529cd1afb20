from dataplane.mapping.context import ContextValues, Identity, build_context, clf_time
from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.vtl import compile_template

VALUES = ContextValues(
    account_id="123456789012",
    api_id="abc",
    stage="prod",
    deployment_id="d1",
    resource_id="r1",
    resource_path="/pets/{id}",
    http_method="GET",
    path="/prod/pets/1",
    protocol="HTTP/1.1",
    request_id="req",
    extended_request_id="ext=",
    request_time=1428582896.123,
    domain_name="abc.execute-api.localhost",
    identity=Identity(source_ip="127.0.0.1", user_agent="curl/8"),
)

# the guide's example (api-gateway-mapping-template-reference, "$context variable template example")
GUIDE = """{
    "stage" : "$context.stage",
    "request_id" : "$context.requestId",
    "api_id" : "$context.apiId",
    "resource_path" : "$context.resourcePath",
    "resource_id" : "$context.resourceId",
    "http_method" : "$context.httpMethod",
    "source_ip" : "$context.identity.sourceIp",
    "user-agent" : "$context.identity.userAgent",
    "account_id" : "$context.identity.accountId",
    "api_key" : "$context.identity.apiKey",
    "caller" : "$context.identity.caller",
    "user" : "$context.identity.user",
    "user_arn" : "$context.identity.userArn"
}"""


def test_the_guides_example_prints_what_is_known_and_nothing_for_the_rest() -> None:
    printed = compile_template(GUIDE).render(Scope("", RequestParams(), build_context(VALUES), {}))
    assert (
        printed
        == """{
    "stage" : "prod",
    "request_id" : "req",
    "api_id" : "abc",
    "resource_path" : "/pets/{id}",
    "resource_id" : "r1",
    "http_method" : "GET",
    "source_ip" : "127.0.0.1",
    "user-agent" : "curl/8",
    "account_id" : "",
    "api_key" : "",
    "caller" : "",
    "user" : "",
    "user_arn" : ""
}"""
    )


def test_times_are_common_log_format_and_milliseconds() -> None:
    context = build_context(VALUES)
    assert context["requestTime"] == clf_time(VALUES.request_time) == "09/Apr/2015:12:34:56 +0000"
    assert context["requestTimeEpoch"] == 1428582896123
    assert context["domainPrefix"] == "abc"


def test_a_canary_is_told_only_where_there_is_one() -> None:
    assert "isCanaryRequest" not in build_context(VALUES)
    VALUES.is_canary_request = False
    try:
        assert build_context(VALUES)["isCanaryRequest"] is False
    finally:
        VALUES.is_canary_request = None
