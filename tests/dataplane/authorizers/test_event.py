"""What functions are told. Source: developer guide, "Input to an Amazon API Gateway Lambda authorizer"; 45."""

from typing import Any

from dataplane.snapshot import Authorizer
from tests.dataplane.authorizers.functions import TOKEN, guarded, with_function
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, HOST, House

ARN = f"arn:aws:execute-api:us-east-1:000000000000:{API}/dev/GET"


def test_a_token_and_the_arn_of_the_method(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        await house.call("GET", "/dev/pets/7/", {"Auth": "Bearer abc"})
        assert lambdas.events == [{"type": "TOKEN", "authorizationToken": "Bearer abc", "methodArn": f"{ARN}/pets/7"}]

    with_function(node, scenario, TOKEN, None, guarded(path="/pets/{id}"))


def test_the_root_has_an_arn_that_ends_in_a_slash(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        await house.call("GET", "/dev/", {"Auth": "x"})
        assert lambdas.events[0]["methodArn"] == f"{ARN}/"

    with_function(node, scenario, TOKEN, None, guarded(path="/"))


def test_a_request_with_all_that_it_has(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        headers = {"X-A": "1", "x-a": "2", "User-Agent": "curl", "Connection": "close"}
        await house.call("GET", "/dev/pets/a%20b?q=1&q=2", headers)
        (event,) = lambdas.events
        context = event.pop("requestContext")
        trace_id = event["headers"]["X-Amzn-Trace-Id"]
        forwarded = {
            "X-Amzn-Trace-Id": trace_id,
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Port": str(house.port),
            "X-Forwarded-Proto": "http",
        }
        sent = {"Host": HOST, "X-A": "1", "x-a": "2", "User-Agent": "curl", **forwarded}
        assert event == {
            "type": "REQUEST",
            "methodArn": f"{ARN}/pets/a%20b",
            "resource": "/pets/{id}",
            "path": "/pets/a%20b",
            "httpMethod": "GET",
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": {"q": "2"},
            "multiValueQueryStringParameters": {"q": ["1", "2"]},
            "pathParameters": {"id": "a%20b"},
            "stageVariables": {"backend": f"127.0.0.1:{house.backend.port}", "color": "blue"},
        }
        assert context["identity"]["sourceIp"] == "127.0.0.1"
        assert context["identity"]["userAgent"] == "curl"
        assert context["identity"]["caller"] is None
        expected = {
            "path": "/dev/pets/a%20b",
            "accountId": "000000000000",
            "resourceId": "res123",
            "stage": "dev",
            "resourcePath": "/pets/{id}",
            "httpMethod": "GET",
            "apiId": API,
        }
        assert {name: context[name] for name in expected} == expected
        assert "authorizer" not in context

    request = Authorizer(id="a1", type="REQUEST")
    with_function(node, scenario, request, None, guarded(path="/pets/{id}"), variables={"color": "blue"})


def test_what_a_request_has_not_is_an_empty_map(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        await house.call("GET", "/dev/a")
        (event,) = lambdas.events
        names = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters")
        assert [event[name] for name in names] == [{}, {}, {}]

    with_function(node, scenario, Authorizer(id="a1", type="REQUEST"))
