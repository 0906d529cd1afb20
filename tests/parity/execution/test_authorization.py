"""docs/behaviours.md, section 4: authorizers and policies."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from dataplane.snapshot import Authorizer, RequestValidator, Resource
from tests.dataplane.authorizers.conftest import clock, node
from tests.dataplane.authorizers.functions import TOKEN, guarded, policy, says, with_function
from tests.dataplane.authorizers.issuers import ARN, POOL, Issuer, claims, token
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, House, in_house
from tests.parity.execution.cases import Case, hold, mock, rows

__all__ = ["clock", "node"]

PREFIX = f"arn:aws:execute-api:us-east-1:000000000000:{API}"
SHOWN = f"arn:aws:execute-api:us-east-1:********0000:{API}"
REFUSED = b'{"Message":"User is not authorized to access this resource"}'
EXPLICITLY = b'{"Message":"User is not authorized to access this resource with an explicit deny"}'
UNAUTHORIZED = b'{"message":"Unauthorized"}'
FAILED = b'{"message":null}'


def written(*statements: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The policy of an API, by effect and resource."""
    found = [{**policy(effect, resource, **more)["Statement"][0], "Principal": "*"} for effect, resource in statements]
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": found})}


def of_policy(path: str = "/dev/GET/a", explicit: bool = False) -> bytes:
    why = " with an explicit deny" if explicit else ""
    says = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {SHOWN}{path}{why}"
    return json.dumps({"Message": says}, separators=(",", ":")).encode()


r24, r47, r48 = rows("DOC", 24), rows("DOC", 47), rows("?/EMU", 48)
DENIED: dict[str, Any] = {"status": 403, "replied": {"x-amzn-ErrorType": "AccessDeniedException"}}
EVERYTHING = f"{PREFIX}/*"

# The API's policy alone.
CASES: list[Case] = [
    r24("nothing allows it", mock(), reply=of_policy(), api=written(), **DENIED),
    r24("it is denied", mock(), reply=of_policy(explicit=True), api=written(("Deny", EVERYTHING)), **DENIED),
    r47("an explicit allow is needed, and enough", mock('"in"'), reply=b'"in"', api=written(("Allow", EVERYTHING))),
    r47("an allow of something else is none", mock(), api=written(("Allow", f"{PREFIX}/prod/*")), **DENIED),
    r47("a deny wins", mock(), api=written(("Allow", EVERYTHING), ("Deny", f"{PREFIX}/*/GET/a")), **DENIED),
    r47(
        "an address within a range",
        mock(),
        api=written(("Allow", EVERYTHING), Condition={"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "192.0.2.0/24"]}}),
    ),
    r47(
        "an address outside",
        mock(),
        api=written(("Allow", EVERYTHING), Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
        **DENIED,
    ),
    r47(
        "a VPC, from which nobody comes",
        mock(),
        api=written(("Allow", EVERYTHING), Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
        **DENIED,
    ),
    r48("the short form of a resource", mock(), api=written(("Allow", "execute-api:/dev/GET/a"))),
    r48("and of another", mock(), api=written(("Allow", "execute-api:/dev/POST/*")), **DENIED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_resource_policies(case: Case) -> None:
    hold(case)


@dataclass(frozen=True)
class Asked:
    """A function behind GET /a and /b of stage dev: what it answers, who calls, what must come of it."""

    row: int
    source: str
    says: str
    handler: Callable[[Any], Any] = field(default_factory=lambda: says())
    authorizer: Authorizer = TOKEN
    calls: tuple[tuple[str, dict[str, str]], ...] = (("/dev/a", {"Auth": "x"}),)
    status: int = 200  # of the last call
    reply: bytes | None = None
    events: int = 1  # how often the function was asked
    template: str = '"in"'
    api: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row} [{self.source}] {self.says}"


def fails(message: str) -> Callable[[Any], Any]:
    def handler(event: Any) -> Any:
        raise ValueError(message)

    return handler


A, B = ("/dev/a", {"Auth": "x"}), ("/dev/b", {"Auth": "x"})
UNCACHED = replace(TOKEN, authorizer_result_ttl_in_seconds=0)
TWO = Authorizer(
    id="a1",
    type="REQUEST",
    identity_source="method.request.header.Auth,method.request.querystring.q",
    authorizer_result_ttl_in_seconds=300,
)
NARROW = says("Allow", f"{PREFIX}/dev/GET/a")
D = {"status": 403, "reply": EXPLICITLY}
ALLOW, DENY = ("Allow", EVERYTHING), ("Deny", EVERYTHING)
ELSE = ("Allow", f"{PREFIX}/prod/*")

REQUESTS: list[Asked] = [
    Asked(24, "DOC", "a function that allows something else", NARROW, calls=(B,), status=403, reply=REFUSED),
    Asked(24, "DOC", "a function that denies", says("Deny"), **D),
    Asked(27, "EMU", "a malformed answer", lambda event: "x", status=500, reply=FAILED),
    Asked(38, "DOC", "no token", calls=(("/dev/a", {}),), status=401, reply=UNAUTHORIZED, events=0),
    Asked(
        38,
        "DOC",
        "a token that does not match",
        authorizer=replace(TOKEN, identity_validation_expression="[a-w]+"),
        status=401,
        events=0,
    ),
    Asked(39, "DOC", "one of two sources is missing", authorizer=TWO, status=401, events=0),
    Asked(39, "DOC", "one of two is empty", authorizer=TWO, calls=(("/dev/a?q=", A[1]),), status=401, events=0),
    Asked(39, "DOC", "both are there", authorizer=TWO, calls=(("/dev/a?q=1", A[1]),)),
    Asked(39, "DOC", "without caching none is needed", authorizer=replace(TWO, authorizer_result_ttl_in_seconds=0)),
    Asked(40, "DOC", "one token, one call", calls=(A, B, A)),
    Asked(40, "DOC", "other tokens, other calls", calls=(A, ("/dev/a", {"Auth": "y"})), events=2),
    Asked(
        40,
        "DOC",
        "all sources together are the key",
        authorizer=TWO,
        calls=(("/dev/a?q=1", A[1]), ("/dev/b?q=1", A[1]), ("/dev/a?q=2", A[1])),
        events=2,
    ),
    Asked(40, "DOC", "a narrow policy that is kept denies the second path", NARROW, calls=(A, B), status=403),
    Asked(41, "DOC", "0 is off", authorizer=UNCACHED, calls=(A, A), events=2),
    Asked(42, "DOC", "exactly Unauthorized", fails("Unauthorized"), status=401, reply=UNAUTHORIZED),
    Asked(42, "DOC", "any other error", fails("unauthorized!"), status=500, reply=FAILED),
    Asked(42, "DOC", "no principal", lambda event: {"policyDocument": policy()}, status=500, reply=FAILED),
    Asked(42, "DOC", "no policy", lambda event: {"principalId": "x"}, status=500, reply=FAILED),
    Asked(43, "DOC", "`*` and `?`", says("Allow", "arn:aws:execute-api:*:*:*/dev/G?T/*")),
    Asked(43, "DOC", "nothing matches", says("Allow", f"{PREFIX}/dev/POST/*"), status=403, reply=REFUSED),
    Asked(
        43,
        "DOC",
        "an explicit deny wins",
        lambda event: {
            "principalId": "x",
            "policyDocument": {"Statement": policy()["Statement"] + policy("Deny")["Statement"]},
        },
        **D,
    ),
    Asked(
        44,
        "DOC/?",
        "context values are texts",
        says(context={"n": 1, "b": True}),
        template='$context.authorizer.n $context.authorizer.b#if($context.authorizer.n == "1")!#end',
        reply=b"1 true!",
    ),
    Asked(44, "DOC/?", "but for objects and arrays", says(context={"o": []}), status=500, reply=FAILED),
    # table A, as the guide has it: the function's word, the API's policy
    Asked(47, "DOC", "allow, allow", api=written(ALLOW)),
    Asked(47, "DOC", "allow, neither", api=written(ELSE)),
    Asked(47, "DOC", "allow, deny", api=written(DENY), status=403, reply=of_policy(explicit=True), events=0),
    Asked(47, "DOC", "neither, allow", NARROW, calls=(B,), api=written(ALLOW)),
    Asked(47, "DOC", "neither, neither", NARROW, calls=(B,), api=written(ELSE), status=403, reply=REFUSED),
    Asked(47, "DOC", "neither, deny", NARROW, calls=(B,), api=written(DENY), status=403, events=0),
    Asked(47, "DOC", "deny, allow", says("Deny"), api=written(ALLOW), **D),
    Asked(47, "DOC", "deny, neither", says("Deny"), api=written(ELSE), **D),
    Asked(47, "DOC", "deny, deny", says("Deny"), api=written(DENY), status=403, events=0),
]


@pytest.mark.parametrize("case", REQUESTS, ids=str)
def test_functions(case: Asked, node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for target, headers in case.calls:
            reply = await house.call("GET", target, headers)
        assert reply.status == case.status, reply
        assert case.reply is None or reply.body == case.reply
        assert len(lambdas.events) == case.events

    drawn = [guarded(case.template, path) for path in ("/a", "/b")]
    with_function(node, scenario, case.authorizer, case.handler, *drawn, **case.api)


def test_row_45_what_a_function_is_told(node: Node) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        await house.call("GET", "/dev/a?q=1", A[1])
        (event,) = lambdas.events
        assert list(event) == [
            *("type", "methodArn", "resource", "path", "httpMethod", "headers", "multiValueHeaders"),
            *("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables"),
            "requestContext",
        ]

    with_function(node, scenario, TWO)


COGNITO = Authorizer(
    id="a1", type="COGNITO_USER_POOLS", provider_arns=(ARN,), identity_source="method.request.header.Auth"
)
GOOD = {"token_use": "id"}


@pytest.mark.parametrize(
    ("members", "scopes", "api", "status"),
    [
        (GOOD, (), {}, 200),
        ({"token_use": "access", "scope": "s"}, (), {}, 401),
        ({"token_use": "access", "scope": "s t"}, ("s",), {}, 200),
        ({"token_use": "access", "scope": "t"}, ("s",), {}, 401),
        (GOOD, ("s",), {}, 401),
        (GOOD, (), written(ALLOW), 200),
        (GOOD, (), written(ELSE), 403),
        (GOOD, (), written(ALLOW, DENY), 403),
        ({}, (), written(DENY), 401),  # who calls is asked first
    ],
)
def test_row_46_and_47_tokens_of_a_user_pool(node: Node, members: Any, scopes: Any, api: Any, status: int) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = Issuer()
        node.set(AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=house.backend.url)
        drawn: Resource = mock(
            "$context.authorizer.claims.sub|$context.authorizer.claims|",
            authorization_type="COGNITO_USER_POOLS",
            authorizer_id="a1",
            authorization_scopes=scopes,
        )
        house.deploy(drawn, authorizers=(COGNITO,), **api)
        issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"
        reply = await house.call("GET", "/dev/a", {"Auth": token(claims(issuer, **members))})
        assert reply.status == status, reply
        assert status != 200 or reply.body == b"ada||"

    in_house(scenario)


VALIDATED: dict[str, Any] = {"request_validators": (RequestValidator(id="v", validate_request_parameters=True),)}


@pytest.mark.parametrize(
    ("policies", "handler", "status"),
    [
        (written(DENY), fails("x"), 403),
        ({}, fails("Unauthorized"), 401),
        ({}, says(), 400),
    ],
)
def test_row_49_policy_then_authorizer_then_validation(node: Node, policies: Any, handler: Any, status: int) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        assert (await house.call("GET", "/dev/a", A[1])).status == status

    drawn = guarded(request_validator_id="v", request_parameters={"method.request.querystring.q": True})
    with_function(node, scenario, TOKEN, handler, drawn, **VALIDATED, **policies)
