"""A stage in front of Lambda functions that run in this process, behind the Lambda API that the tests speak."""

from collections.abc import Callable, Coroutine
from typing import Any

from dataplane.snapshot import Integration, IntegrationResponse, Resource
from tests.dataplane.aws.lambdas import Handler, Lambdas
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import House, in_house, resource

ARN = "arn:aws:lambda:us-east-1:123456789012:function:pets"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations"

Scenario = Callable[[House, Lambdas], Coroutine[Any, Any, None]]


def lambda_proxy(
    path: str = "/a",
    method: str = "ANY",
    uri: str = URI,
    authorization: dict[str, Any] | None = None,
    **integration: Any,
) -> Resource:
    integration.setdefault("http_method", "POST")
    return resource(path, method, Integration(type="AWS_PROXY", uri=uri, **integration), **(authorization or {}))


def custom(path: str = "/a", method: str = "ANY", uri: str = URI, **integration: Any) -> Resource:
    integration.setdefault("http_method", "POST")
    integration.setdefault("responses", (IntegrationResponse(status_code="200"),))
    return resource(path, method, Integration(type="AWS", uri=uri, **integration))


def with_function(node: Node, handler: Handler, scenario: Scenario, name: str = ARN) -> None:
    async def run(house: House) -> None:
        lambdas = Lambdas({name: handler})
        house.backend.script = lambdas
        node.set(AWS_ENDPOINT_URL_LAMBDA=house.backend.url)
        await scenario(house, lambdas)

    in_house(run)
