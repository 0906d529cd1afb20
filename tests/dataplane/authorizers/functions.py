"""A deployed stage whose methods ask a function on loopback."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from dataplane.snapshot import Authorizer, Resource
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import Backend, House, in_house
from tests.parity.execution.cases import mock

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:authorize"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
TOKEN = Authorizer(
    id="a1", type="TOKEN", identity_source="method.request.header.Auth", authorizer_result_ttl_in_seconds=300
)
ANY = "arn:aws:execute-api:*"


def policy(effect: str = "Allow", resource: Any = ANY, **more: Any) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def says(effect: str = "Allow", resource: Any = ANY, **members: Any) -> Callable[[Any], Any]:
    return lambda event: {"principalId": "user", "policyDocument": policy(effect, resource), **members}


def guarded(template: str = '"in"', path: str = "/a", **method: Any) -> Resource:
    return mock(template, path, authorization_type="CUSTOM", authorizer_id="a1", **method)


def with_function(
    node: Node,
    scenario: Any,
    authorizer: Authorizer = TOKEN,
    handler: Callable[[Any], Any] | None = None,
    *drawn: Resource,
    **deployed: Any,
) -> None:
    """`scenario(house, lambdas)`"""

    async def whole(house: House) -> None:
        lambdas = Lambdas({FUNCTION: handler or says()})
        backend = Backend(lambdas)
        await backend.start()
        node.set(AWS_ENDPOINT_URL_LAMBDA=backend.url)
        try:
            ready = authorizer if authorizer.authorizer_uri else replace(authorizer, authorizer_uri=URI)
            house.deploy(*(drawn or (guarded(),)), authorizers=(ready,), **deployed)
            await scenario(house, lambdas)
        finally:
            backend.stop()

    in_house(whole)
