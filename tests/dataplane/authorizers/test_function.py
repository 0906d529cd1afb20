"""TOKEN and REQUEST authorizers of a deployed stage. Source: developer guide, "Use API Gateway Lambda authorizers";
behaviours 38-44."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from dataplane.snapshot import Authorizer, GatewayResponse
from dataplane.steps.access_log import compile_format
from tests.dataplane.authorizers.conftest import Clock
from tests.dataplane.authorizers.functions import FUNCTION, TOKEN, URI, guarded, policy, says, with_function
from tests.dataplane.aws.lambdas import Refuse
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, House, Message, in_house

MY_API = f"arn:aws:execute-api:us-east-1:000000000000:{API}"


async def call(house: House, token: str = "secret", target: str = "/dev/a") -> Message:
    return await house.call("GET", target, {"Auth": token})


def blueprint(event: Any) -> Any:
    """The guide's example of a token-based function."""
    match event["authorizationToken"]:
        case "allow":
            return {"principalId": "user", "policyDocument": policy("Allow", event["methodArn"])}
        case "deny":
            return {"principalId": "user", "policyDocument": policy("Deny", event["methodArn"])}
        case "unauthorized":
            raise PermissionError("Unauthorized")
        case _:
            raise ValueError("Error: Invalid token")


@pytest.mark.parametrize(
    ("token", "status", "body", "kind"),
    [
        ("allow", 200, b'"in"', None),
        (
            "deny",
            403,
            b'{"Message":"User is not authorized to access this resource with an explicit deny"}',
            "AccessDeniedException",
        ),
        ("unauthorized", 401, b'{"message":"Unauthorized"}', "UnauthorizedException"),
        ("else", 500, b'{"message":null}', "AuthorizerConfigurationException"),
    ],
)
def test_the_guides_example(node: Node, token: str, status: int, body: bytes, kind: str | None) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        reply = await call(house, token)
        assert (reply.status, reply.body, reply.header("x-amzn-ErrorType")) == (status, body, kind)

    with_function(node, scenario, TOKEN, blueprint)


def test_a_policy_that_says_nothing_of_the_request_is_403(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        reply = await call(house)
        assert (reply.status, reply.body) == (403, b'{"Message":"User is not authorized to access this resource"}')

    with_function(node, scenario, TOKEN, says("Allow", f"{MY_API}/prod/*"))


@pytest.mark.parametrize("headers", [{}, {"Auth": ""}, {"Other": "x"}])
def test_without_a_token_nobody_is_asked(node: Node, headers: dict[str, str]) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        reply = await house.call("GET", "/dev/a", headers)
        assert (reply.status, lambdas.events) == (401, [])

    with_function(node, scenario, replace(TOKEN, authorizer_result_ttl_in_seconds=0))


@pytest.mark.parametrize(("token", "status"), [("Bearer abc", 200), ("bearer abc", 401), ("x Bearer abc", 401)])
def test_a_token_that_does_not_match_the_whole_expression_is_401_without_a_call(
    node: Node, token: str, status: int
) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house, token)).status == status
        assert len(lambdas.events) == (status == 200)

    with_function(node, scenario, replace(TOKEN, identity_validation_expression="Bearer [a-z]+"))


def test_a_token_on_which_the_expression_takes_for_ever_does_not_match(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house, "a" * 80)).status == 401
        assert lambdas.events == []

    with_function(node, scenario, replace(TOKEN, identity_validation_expression="(a+)+b"))


def test_a_request_without_caching_needs_no_identity(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for _ in range(2):
            assert (await house.call("GET", "/dev/a")).status == 200
        assert len(lambdas.events) == 2

    with_function(node, scenario, Authorizer(id="a1", type="REQUEST", identity_source="method.request.header.Auth"))


def test_an_answer_is_kept_by_token_for_its_time(node: Node, clock: Clock) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for token in ("a", "a", "b", "a"):
            assert (await call(house, token)).status == 200
        assert [event["authorizationToken"] for event in lambdas.events] == ["a", "b"]
        clock.now += 299
        await call(house, "a")
        assert len(lambdas.events) == 2
        clock.now += 1
        await call(house, "a")
        assert len(lambdas.events) == 3

    with_function(node, scenario)


def test_what_is_kept_is_the_policy_so_a_narrow_one_denies_the_next_path(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house, "allow", "/dev/a")).status == 200
        assert (await call(house, "allow", "/dev/b")).status == 403
        assert len(lambdas.events) == 1

    with_function(node, scenario, TOKEN, blueprint, guarded(), guarded(path="/b"))


def test_a_flush_and_another_definition_ask_anew_and_a_deployment_does_not(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        ready = replace(TOKEN, authorizer_uri=URI)
        await call(house)
        house.deploy(guarded('"new"'), authorizers=(ready,))
        assert (await call(house)).body == b'"new"'
        assert len(lambdas.events) == 1
        house.deploy(guarded(), authorizers=(ready,), authorizers_cache_generation=1)
        await call(house)
        assert len(lambdas.events) == 2
        house.deploy(guarded(), authorizers=(replace(ready, name="x"),), authorizers_cache_generation=1)
        await call(house)
        assert len(lambdas.events) == 3

    with_function(node, scenario)


def test_many_with_one_token_make_one_call(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        replies = await asyncio.gather(*[call(house) for _ in range(10)])
        assert {reply.status for reply in replies} == {200}
        assert len(lambdas.events) == 1

    with_function(node, scenario)


def test_errors_are_not_kept(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for _ in range(2):
            assert (await call(house, "unauthorized")).status == 401
            assert (await call(house, "else")).status == 500
        assert len(lambdas.events) == 4

    with_function(node, scenario, TOKEN, blueprint)


MALFORMED: dict[str, Any] = {
    "text": "allow",
    "nothing": None,
    "without a principal": {"policyDocument": policy()},
    "without a policy": {"principalId": "user"},
    "an object in context": {"principalId": "user", "policyDocument": policy(), "context": {"a": {}}},
    "no policy": {"principalId": "user", "policyDocument": {"Statement": [{}]}},
    "a member that AWS does not know": {"principalId": "user", "policyDocument": policy(), "isAuthorized": True},
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_500(node: Node, answer: Any) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        reply = await call(house)
        assert (reply.status, reply.body) == (500, b'{"message":null}')
        assert reply.header("x-amzn-ErrorType") == "AuthorizerConfigurationException"

    with_function(node, scenario, TOKEN, lambda event: answer)


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refuse(403, "AccessDeniedException"), "AuthorizerConfigurationException"),
        (Refuse(404, "ResourceNotFoundException"), "AuthorizerConfigurationException"),
        (Refuse(429, "TooManyRequestsException"), "AuthorizerFailureException"),
    ],
)
def test_a_function_that_cannot_be_called_is_500(node: Node, refusal: Refuse, kind: str) -> None:
    def refuse(event: Any) -> Any:
        raise refusal

    async def scenario(house: House, lambdas: Any) -> None:
        reply = await call(house)
        assert (reply.status, reply.header("x-amzn-ErrorType")) == (500, kind)

    with_function(node, scenario, TOKEN, refuse)


def test_a_lambda_api_that_is_not_there_is_500(node: Node) -> None:
    async def scenario(house: House) -> None:
        node.set(AWS_ENDPOINT_URL_LAMBDA="http://127.0.0.1:1")
        house.deploy(guarded(), authorizers=(replace(TOKEN, authorizer_uri=URI),))
        reply = await call(house)
        assert (reply.status, reply.header("x-amzn-ErrorType")) == (500, "AuthorizerFailureException")

    in_house(scenario)


def test_a_function_is_named_by_stage_variables(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house)).status == 200
        house.deploy(
            guarded(),
            guarded(path="/open", authorization_scopes=()),
            authorizers=(named,),
            variables={"function": "other"},
        )
        assert (await call(house)).status == 500  # there is no such function

    named = replace(TOKEN, authorizer_uri=URI.replace("authorize/", "${stageVariables.function}/"))
    with_function(node, scenario, named, variables={"function": "authorize"})


def test_a_uri_that_is_none_fails_its_own_methods_alone(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house)).status == 500
        assert lambdas.events == []

    with_function(node, scenario, replace(TOKEN, authorizer_uri="arn:nothing"))


TOLD = '{"p": "$context.authorizer.principalId", "n": "$context.authorizer.n", "b": "$context.authorizer.b"}'


def test_templates_see_the_principal_and_its_context_as_texts(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for _ in range(2):  # asked, and kept
            assert json.loads((await call(house)).body) == {"p": "user", "n": "123", "b": "true"}

    with_function(node, scenario, TOKEN, says(context={"n": 123, "b": True}), guarded(TOLD))


def test_what_a_template_writes_is_not_kept(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for _ in range(2):
            assert (await call(house)).body == b"1"

    template = '$context.authorizer.n#set($context.authorizer.n = "2")'
    with_function(node, scenario, TOKEN, says(context={"n": 1}), guarded(template))


def test_lambdas_events_and_usage_plans_find_it_on_the_exchange(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        await call(house)
        await call(house)
        asked, kept = house.recorder.done
        assert asked.authorizer is not None and kept.authorizer is not None
        assert asked.authorizer.pop("integrationLatency") >= 0
        assert asked.authorizer == {"principalId": "user", "n": "1"}
        assert kept.authorizer == {"principalId": "user", "n": "1", "integrationLatency": 0}
        assert (asked.usage_identifier_key, kept.usage_identifier_key) == ("key-1", "key-1")
        assert asked.authorizing is not None
        assert asked.authorizing["authorizer"]["integrationStatus"] == 200

    with_function(node, scenario, TOKEN, says(context={"n": 1}, usageIdentifierKey="key-1"))


def test_a_gateway_response_tells_of_the_authorizer(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house)).body == b"user 403 200"

    denied = GatewayResponse(
        response_type="ACCESS_DENIED",
        status_code="403",
        response_templates={
            "application/json": "$context.authorizer.principalId 403 $context.authorizer.integrationStatus"
        },
    )
    with_function(node, scenario, TOKEN, says("Deny"), gateway_responses=(denied,))


def test_an_access_log_tells_of_the_authorizer(node: Node) -> None:
    line = compile_format(
        "$context.authorizer.principalId $context.authorizer.n $context.authorizer.status $context.authorize.status "
        "$context.authorizer.integrationStatus $context.authorizer.error $context.status"
    )

    async def scenario(house: House, lambdas: Any) -> None:
        await call(house)
        await call(house, "")
        assert [line(exchange) for exchange in house.recorder.done] == [
            "user 1 200 200 200 - 200",
            "- - 401 401 - an identity source is missing or empty 401",
        ]

    with_function(node, scenario, TOKEN, says(context={"n": 1}))


def test_a_client_that_goes_takes_no_answer_from_the_others(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(f"GET /dev/a HTTP/1.1\r\nHost: {API}.execute-api.localhost\r\nAuth: secret\r\n\r\n".encode())
        await writer.drain()
        others = asyncio.gather(*[call(house) for _ in range(3)])
        writer.transport.abort()
        assert {reply.status for reply in await others} == {200}

    with_function(node, scenario)


def test_an_arn_that_is_too_long_is_414(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await call(house, target=f"/dev/{'x' * 1600}")).status == 414
        assert (await call(house, target=f"/dev/{'x' * 1500}")).status == 200

    with_function(node, scenario, TOKEN, None, guarded(path="/{id}"))


def test_the_function_is_the_one_that_the_uri_names(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        lambdas.handlers = {f"{FUNCTION}:live": says()}
        assert (await call(house)).status == 200

    with_function(node, scenario, replace(TOKEN, authorizer_uri=URI.replace("authorize/", "authorize:live/")))
