"""Authorizers behind a node's real doors: keys before requests, functions with the node's own credentials."""

import time
import urllib.error
import urllib.request
from typing import Any

from dataplane.snapshot import ApiDocument, Authorizer, Integration, Method
from tests.dataplane.authorizers.functions import FUNCTION, TOKEN, policy
from tests.dataplane.authorizers.issuers import ARN, POOL, Issuer, claims, token
from tests.dataplane.authorizers.served import Served
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.verifying import KEY, SECRET
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import SECONDS, Console, document, mock
from tests.dataplane.node.running import RunningNode

PATH = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions"
PROXIED = FUNCTION.replace("authorize", "pets")
OFFICIAL = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"
AWS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}


def guarded(authorizer: Authorizer, kind: str, integration: Integration) -> ApiDocument:
    method = Method(http_method="GET", integration=integration, authorization_type=kind, authorizer_id="a1")
    found = document(method)
    return ApiDocument(
        schema_version=found.schema_version,
        api_id=found.api_id,
        name=found.name,
        resources=found.resources,
        authorizers=(authorizer,),
    )


def call(node: RunningNode, value: str) -> tuple[int, bytes]:
    url = f"http://127.0.0.1:{node.ports[0]}/restapis/api1/dev/_user_request_/pets"
    request = urllib.request.Request(url, headers={"Auth": value})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def until(condition: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_keys_of_an_issuer_are_there_before_the_first_request(console: Console, start_node: Start) -> None:
    cognito = Authorizer(
        id="a1", type="COGNITO_USER_POOLS", provider_arns=(ARN,), identity_source="method.request.header.Auth"
    )
    issuer = Issuer()
    with Served(issuer) as pool:
        console.deploy(guarded(cognito, "COGNITO_USER_POOLS", mock(200, "$context.authorizer.claims.sub")))
        node = start_node(AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=pool.url, **AWS)
        console.wait_for_generation()
        until(lambda: pool.seen)
        until(lambda: call(node, token(claims(OFFICIAL, token_use="id"))) == (200, b"ada"))
        issuer.broken = True
        assert call(node, token(claims(OFFICIAL, token_use="id", sub="bob"))) == (200, b"bob")
        assert call(node, token(claims(OFFICIAL, token_use="access")))[0] == 401
        assert len(pool.seen) == 1


def test_a_function_lets_callers_through_to_another_which_is_told_of_them(console: Console, start_node: Start) -> None:
    def authorize(event: Any) -> Any:
        if event["authorizationToken"] != "let me in":
            raise PermissionError("Unauthorized")
        return {"principalId": "ada", "policyDocument": policy(), "context": {"plan": 1}}

    lambdas = Lambdas(
        {
            FUNCTION: authorize,
            PROXIED: lambda event: {
                "statusCode": 200,
                "body": str(sorted(event["requestContext"]["authorizer"].items())),
            },
        }
    )
    with Served(lambdas) as aws:
        asked = Authorizer(
            id="a1",
            type="TOKEN",
            authorizer_uri=f"{PATH}/{FUNCTION}/invocations",
            identity_source=TOKEN.identity_source,
            authorizer_result_ttl_in_seconds=300,
        )
        proxy = Integration(type="AWS_PROXY", uri=f"{PATH}/{PROXIED}/invocations", http_method="POST")
        console.deploy(guarded(asked, "CUSTOM", proxy))
        node = start_node(AWS_ENDPOINT_URL_LAMBDA=aws.url, **AWS)
        console.wait_for_generation()
        status, body = call(node, "let me in")
        assert status == 200
        assert b"('plan', '1'), ('principalId', 'ada')" in body
        assert b"integrationLatency" in body
        assert call(node, "let me out") == (401, b'{"message":"Unauthorized"}')
        asked_before = len(lambdas.events)
        entry = console.entries["api1", "dev"]
        console.point("api1", digest=entry.digest, deployment_id=entry.deployment_id, authorizers_cache_generation=1)
        console.wait_for_generation()
        assert call(node, "let me in")[0] == 200
        assert len(lambdas.events) == asked_before + 2  # asked anew, and the method's own
        assert call(node, "let me in")[0] == 200
        assert len(lambdas.events) == asked_before + 3
