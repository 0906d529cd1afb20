"""COGNITO_USER_POOLS and JWT authorizers of a deployed stage. Source: developer guide, "Integrate an API with a user
pool"; botocore, `JwtConfiguration`; behaviours 46, 112."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from dataplane.snapshot import Authorizer, GatewayResponse, JwtClaim, JwtIssuer, Resource
from tests.dataplane.authorizers.issuers import ARN, POOL, Issuer, claims, ec_jwk, rsa_jwk, token
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import House, Message, in_house
from tests.parity.execution.cases import mock

COGNITO = Authorizer(
    id="a1", type="COGNITO_USER_POOLS", provider_arns=(ARN,), identity_source="method.request.header.Authorization"
)
OFFICIAL = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"
SEEN = '{"sub": "$context.authorizer.claims.sub", "role": "$context.authorizer.claims[\'custom:role\']"}'


def guarded(template: str = SEEN, kind: str = "COGNITO_USER_POOLS", **method: Any) -> Resource:
    return mock(template, authorization_type=kind, authorizer_id="a1", **method)


def with_cognito(node: Node, scenario: Any, issuer: Issuer | None = None) -> None:
    async def whole(house: House) -> None:
        house.backend.script = pool = issuer or Issuer()
        pool.url = f"{house.backend.url}/{POOL}"
        node.set(AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=house.backend.url)
        await scenario(house, pool)

    in_house(whole)


async def call(house: House, text: str, name: str = "Authorization") -> Message:
    return await house.call("GET", "/dev/a", {name: text} if text else {})


def identity(issuer: str = OFFICIAL, **members: Any) -> dict[str, Any]:
    return claims(issuer, **{"token_use": "id", "custom:role": "admin", **members})


def access(issuer: str = OFFICIAL, **members: Any) -> dict[str, Any]:
    return claims(issuer, **{"token_use": "access", "aud": None, "client_id": "app", "scope": "pets/read x", **members})


def test_an_identity_token_lets_in_and_its_claims_are_told(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(), authorizers=(COGNITO,))
        reply = await call(house, token(identity()))
        assert (reply.status, json.loads(reply.body)) == (200, {"sub": "ada", "role": "admin"})
        again = await call(house, f"Bearer {token(identity(sub='bob'))}", "authorization")
        assert json.loads(again.body)["sub"] == "bob"
        assert [message.start for message in house.backend.seen] == [f"GET /{POOL}/.well-known/jwks.json HTTP/1.1"]

    with_cognito(node, scenario)


def test_a_pool_that_stands_in_for_cognito_may_name_itself(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(), authorizers=(COGNITO,))
        assert (await call(house, token(identity(pool.url)))).status == 200

    with_cognito(node, scenario)


REFUSED: dict[str, Any] = {
    "none": "",
    "no token": "secret",
    "expired": token(identity(exp=1)),
    "not yet": token(identity(nbf=4102444800)),
    "of another pool": token(identity("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other")),
    "an access token": token(access()),
    "without a use": token(identity(token_use=None)),
    "an unknown key": token(identity(), kid="two"),
    "another key's": token(identity(), key="second"),
    "another algorithm": token(identity(), algorithm="RS512"),
    "changed": token(identity())[:-4] + "AAAA",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_good_token_is_401(node: Node, text: str) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(), authorizers=(COGNITO,))
        reply = await call(house, text)
        assert (reply.status, reply.body) == (401, b'{"message":"Unauthorized"}')
        assert reply.header("x-amzn-ErrorType") == "UnauthorizedException"

    with_cognito(node, scenario)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (access(), 200),
        (access(scope="pets/write"), 401),
        (access(scope=None), 401),
        (identity(scope="pets/read"), 401),
    ],
)
def test_a_method_with_scopes_wants_an_access_token_with_one_of_them(node: Node, given: Any, status: int) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(authorization_scopes=("pets/read", "pets/all")), authorizers=(COGNITO,))
        assert (await call(house, token(given))).status == status

    with_cognito(node, scenario)


@pytest.mark.parametrize(
    ("audience", "scopes", "status"),
    [("app", (), 200), ("application", (), 401), ("app|web", ("x",), 200), ("other", ("x",), 401)],
)
def test_the_validation_expression_is_held_against_the_audience(
    node: Node, audience: str, scopes: tuple[str, ...], status: int
) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        authorizer = Authorizer(
            id="a1",
            type="COGNITO_USER_POOLS",
            provider_arns=(ARN,),
            identity_source="method.request.header.Token",
            identity_validation_expression=audience,
        )
        house.deploy(guarded(authorization_scopes=scopes), authorizers=(authorizer,))
        assert (await call(house, token(access() if scopes else identity()), "token")).status == status

    with_cognito(node, scenario)


def test_an_audience_on_which_the_expression_takes_for_ever_does_not_match(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(), authorizers=(replace(COGNITO, identity_validation_expression="(a+)+b"),))
        assert (await call(house, token(identity(aud="a" * 80)))).status == 401

    with_cognito(node, scenario)


def test_the_claims_as_a_whole_are_null(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        whole = "[$context.authorizer.claims][$context.authorizer.claims.sub][$context.authorizer.claims.none]"
        house.deploy(guarded(whole), authorizers=(COGNITO,))
        assert (await call(house, token(identity()))).body == b"[][ada][]"

    with_cognito(node, scenario)


def test_a_pool_that_cannot_be_reached_is_500_until_it_was_reached_once(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        pool.broken = True
        house.deploy(guarded(), authorizers=(COGNITO,))
        reply = await call(house, token(identity()))
        assert (reply.status, reply.body) == (500, b'{"message":null}')
        assert reply.header("x-amzn-ErrorType") == "AuthorizerConfigurationException"

    with_cognito(node, scenario)


def test_keys_outlive_a_deployment_and_the_pool(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        house.deploy(guarded(), authorizers=(COGNITO,))
        assert (await call(house, token(identity()))).status == 200
        pool.broken = True
        house.deploy(guarded('"again"'), authorizers=(COGNITO,))
        assert (await call(house, token(identity()))).body == b'"again"'
        assert len(house.backend.seen) == 1

    with_cognito(node, scenario)


def test_an_integration_is_mapped_claims(node: Node) -> None:
    async def scenario(house: House, pool: Issuer) -> None:
        unauthorized = GatewayResponse(
            response_type="UNAUTHORIZED",
            response_templates={"application/json": "$context.authorizer.status $context.authenticate.error"},
        )
        house.deploy(
            guarded("$context.authorizer.status $context.authenticate.status"),
            authorizers=(COGNITO,),
            gateway_responses=(unauthorized,),
        )
        assert (await call(house, token(identity()))).body == b"200 200"
        assert (await call(house, token(identity(exp=1)))).body == b"401 it has expired"

    with_cognito(node, scenario)


def jwt(issuer: str, **members: Any) -> Authorizer:
    rules = members.pop("additional_claims", ())
    return Authorizer(
        id="a1",
        type="JWT",
        identity_source="method.request.header.Authorization",
        jwt_issuers=(JwtIssuer(issuer=issuer, audiences=("app", "web"), additional_claims=rules),),
        jwt_algorithms=members.pop("jwt_algorithms", ("RS256",)),
        **members,
    )


def with_jwt(scenario: Any, **authorizer: Any) -> None:
    async def whole(house: House) -> None:
        house.backend.script = issuer = Issuer()
        issuer.url = house.backend.url
        house.deploy(
            guarded(kind="JWT", authorization_scopes=authorizer.pop("scopes", ())),
            authorizers=(jwt(issuer.url, **authorizer),),
        )
        await scenario(house, issuer)

    in_house(whole)


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({}, 200),
        ({"aud": ["else", "web"]}, 200),
        ({"aud": "else"}, 401),
        ({"aud": None}, 401),
        ({"exp": None}, 401),
        ({"issuer": "https://else.example"}, 401),
    ],
)
def test_a_jwt_names_its_issuer_and_one_of_the_audiences(members: Any, status: int) -> None:
    async def scenario(house: House, issuer: Issuer) -> None:
        reply = await call(house, token(claims(**{"issuer": issuer.url, **members})))
        assert reply.status == status, reply.body

    with_jwt(scenario)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"])
def test_the_algorithms_of_the_authorizer_are_taken_and_no_others(algorithm: str) -> None:
    async def scenario(house: House, issuer: Issuer) -> None:
        issuer.keys.append(rsa_jwk("two") if algorithm.startswith("RS") else ec_jwk("two", algorithm))
        good = token(claims(issuer.url), kid="two", algorithm=algorithm)
        assert (await call(house, good)).status == 200
        house.deploy(guarded(kind="JWT"), authorizers=(jwt(issuer.url, jwt_algorithms=("none",)),))
        assert (await call(house, good)).status == 401

    with_jwt(scenario, jwt_algorithms=(algorithm,))


@pytest.mark.parametrize(
    ("members", "status"), [({"scope": "a b"}, 200), ({"scp": ["b"]}, 200), ({"scp": "c"}, 401), ({}, 401)]
)
def test_a_jwt_has_one_of_the_methods_scopes(members: Any, status: int) -> None:
    async def scenario(house: House, issuer: Issuer) -> None:
        assert (await call(house, token(claims(issuer.url, **members)))).status == status

    with_jwt(scenario, scopes=("b", "d"))


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"tenant": "a"}, 200),
        ({"tenant": "A"}, 401),
        ({"tenant": ["a"]}, 401),
        ({}, 401),
        ({"tenant": "b", "plan": "gold"}, 200),
        ({"tenant": "b", "plan": "iron"}, 401),
        ({"tenant": "b", "plan": 7}, 401),
    ],
)
def test_claims_that_an_issuer_must_make_are_looked_at(members: Any, status: int) -> None:
    rules = (
        JwtClaim(claim_name="tenant", required=True, expected_values=("a", "b")),
        JwtClaim(claim_name="plan", expected_values=("gold",)),
    )

    async def scenario(house: House, issuer: Issuer) -> None:
        assert (await call(house, token(claims(issuer.url, **members)))).status == status

    with_jwt(scenario, additional_claims=rules)
