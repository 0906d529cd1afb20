"""Asking an authorizer as it is drawn. Source: botocore, TestInvokeAuthorizer; developer guide, "Configure a Lambda
authorizer using the API Gateway console"; log lines that users of AWS have published."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvloop
from msgspec.structs import replace

from dataplane.compiler import CompileError
from dataplane.draft_authorizer import run
from dataplane.snapshot import SCHEMA_VERSION, ApiDocument, Authorizer, AuthorizerDraft, AuthorizerDraftResult
from tests.dataplane.authorizers.functions import FUNCTION, TOKEN, URI, says
from tests.dataplane.authorizers.issuers import ARN, POOL, Issuer, claims, token
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.node import Node, node
from tests.dataplane.execution import API, Backend
from tests.dataplane.sides import SECONDS

__all__ = ["node"]

MY = f"arn:aws:execute-api:us-east-1:000000000000:{API}/ESTestInvoke-stage/GET/"


def drawn(authorizer: Authorizer = TOKEN, **asked: Any) -> AuthorizerDraft:
    ready = authorizer if authorizer.type not in ("TOKEN", "REQUEST") else replace(authorizer, authorizer_uri=URI)
    document = ApiDocument(schema_version=SCHEMA_VERSION, api_id=API, name="drawn", authorizers=(ready,), policy="{")
    asked.setdefault("headers", {"Auth": "allow-this-token"})
    return AuthorizerDraft(schema_version=SCHEMA_VERSION, document=document, authorizer_id="a1", **asked)


def ran(node: Node, script: Any, draft: AuthorizerDraft, times: int = 1) -> AuthorizerDraftResult:
    async def whole() -> AuthorizerDraftResult:
        backend = Backend(script)
        await backend.start()
        node.set(AWS_ENDPOINT_URL=backend.url)
        try:
            async with asyncio.timeout(SECONDS):
                return [await run(draft) for _ in range(times)][-1]
        finally:
            backend.stop()

    return uvloop.run(whole())


def lines(result: AuthorizerDraftResult) -> list[str]:
    first, *rest = result.log.rstrip("\n").split("\n")
    assert re.fullmatch(r"Execution log for request [0-9a-f-]{36}", first)
    return [line.partition(" : ")[2] for line in rest]


def function(handler: Callable[[Any], Any]) -> Lambdas:
    return Lambdas({FUNCTION: handler})


def test_a_function_that_allows_is_told_with_its_policy_and_its_log(node: Node) -> None:
    handler = says("Allow", MY, context={"n": 1}, usageIdentifierKey="key")
    lambdas = function(handler)
    result = ran(node, lambdas, drawn())
    assert (result.client_status, result.principal_id) == (0, "user")
    assert json.loads(result.policy) == handler({})["policyDocument"]
    assert (result.authorization, result.usage_identifier_key, result.claims) == ({"n": ["1"]}, "key", {})
    assert lambdas.events == [{"type": "TOKEN", "authorizationToken": "allow-this-token", "methodArn": MY}]
    started, *told = lines(result)
    assert re.fullmatch(r"Starting authorizer: a1 for request: [0-9a-f-]{36}", started)
    assert told == [
        "Incoming identity: **********-token",
        f"Endpoint request body after transformations: {json.dumps(lambdas.events[0], separators=(',', ':'))}",
        f"Authorizer result body before parsing: {json.dumps(handler({}))}",
        "Using valid authorizer policy for principal: ****",
        "Successfully completed authorizer execution",
    ]


def fail(event: Any) -> Any:
    raise ValueError("Unauthorized" if event["authorizationToken"] == "no" else "broken")


@pytest.mark.parametrize(
    ("handler", "given", "status", "policy", "says_last"),
    [
        (says("Deny"), "x", 403, True, "User is not authorized to access this resource with an explicit deny"),
        (says("Allow", "arn:other"), "x", 403, True, "User is not authorized to access this resource"),
        (fail, "no", 401, False, "Unauthorized"),
        (fail, "yes", 500, False, "AuthorizerConfigurationException"),
        (says(), "", 401, False, "Unauthorized"),
    ],
)
def test_what_the_client_would_have_got_is_its_status(
    node: Node, handler: Any, given: str, status: int, policy: bool, says_last: str
) -> None:
    result = ran(node, function(handler), drawn(headers={"Auth": given}))
    assert (result.client_status, bool(result.policy)) == (status, policy)
    assert lines(result)[-1] == says_last


def test_what_is_malformed_is_told_in_the_words_of_aws(node: Node) -> None:
    result = ran(node, function(lambda event: {"principalId": "x"}), drawn())
    assert result.client_status == 500
    assert "Execution failed due to configuration error: Invalid JSON in response: Object missing" in result.log
    assert "Execution failed due to configuration error: Authorizer error" in lines(result)


def test_nothing_is_kept_of_a_test(node: Node) -> None:
    lambdas = function(says())
    ran(node, lambdas, drawn(), times=2)
    assert len(lambdas.events) == 2


def test_a_request_has_what_it_was_given(node: Node) -> None:
    lambdas = function(says())
    request = Authorizer(
        id="a1", type="REQUEST", identity_source="method.request.header.A,method.request.querystring.q,context.x.y"
    )
    draft = drawn(
        request,
        headers={"A": "1"},
        multi_value_headers={"B": ["2", "3"]},
        path_with_query_string="/pets?q=1",
        stage_variables={"color": "blue"},
        additional_context={"x.y": "z", "identity.sourceIp": "192.0.2.7"},
    )
    result = ran(node, lambdas, draft)
    (event,) = lambdas.events
    assert result.client_status == 0
    assert (event["path"], event["queryStringParameters"]) == ("/pets", {"q": "1"})
    assert (event["multiValueHeaders"]["A"], event["multiValueHeaders"]["B"]) == (["1"], ["2", "3"])
    assert event["stageVariables"] == {"color": "blue"}
    assert event["requestContext"]["identity"]["sourceIp"] == "192.0.2.7"
    assert event["methodArn"] == f"{MY}pets"
    assert lines(result)[1] == "Incoming identity: *****"


COGNITO = Authorizer(
    id="a1", type="COGNITO_USER_POOLS", provider_arns=(ARN,), identity_source="method.request.header.Auth"
)
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"


@pytest.fixture
def pool() -> Iterator[Issuer]:
    yield Issuer()


def test_an_identity_token_is_told_with_its_claims(node: Node, pool: Issuer) -> None:
    text = token(claims(ISSUER, token_use="id"))
    result = ran(node, pool, drawn(COGNITO, headers={"Auth": text}))
    assert (result.client_status, result.claims["sub"], result.authorization) == (0, "ada", {})
    assert lines(result)[-1] == "Successfully completed authorizer execution"
    assert text not in result.log


def test_a_bad_token_says_why(node: Node, pool: Issuer) -> None:
    result = ran(node, pool, drawn(COGNITO, headers={"Auth": token(claims(ISSUER, token_use="access"))}))
    assert (result.client_status, result.claims) == (401, {})
    assert re.fullmatch(r"Unauthorized request: \S+ \(it is no id token\)", lines(result)[-2])


def test_an_issuer_that_is_away_says_so(node: Node, pool: Issuer) -> None:
    pool.broken = True
    result = ran(node, pool, drawn(COGNITO, headers={"Auth": token(claims(ISSUER, token_use="id"))}))
    assert result.client_status == 500
    assert "Execution failed due to configuration error: there are no keys of http" in result.log


def test_an_authorizer_that_is_not_drawn_cannot_be_asked(node: Node) -> None:
    with pytest.raises(CompileError, match="there is no authorizer a2"):
        ran(node, function(says()), replace(drawn(), authorizer_id="a2"))
