"""Identity sources. Source: botocore, `CreateAuthorizer`'s identitySource; behaviours 38, 39."""

import json
from typing import Any

import pytest

from dataplane.snapshot import Authorizer
from tests.dataplane.authorizers.functions import with_function
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import House


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("method.request.header.X-One", 200),
        ("method.request.header.x-one", 200),
        ("method.request.header.X-Two", 401),
        ("method.request.header.X-Empty", 401),
        ("method.request.multivalueheader.X-One", 200),
        ("method.request.querystring.q", 200),
        ("method.request.querystring.Q", 401),
        ("method.request.querystring.empty", 401),
        ("method.request.multivaluequerystring.q", 200),
        ("method.request.multivaluequerystring.none", 401),
        ("stageVariables.color", 200),
        ("stageVariables.none", 401),
        ("context.httpMethod", 200),
        ("context.identity.sourceIp", 200),
        ("context.requestTimeEpoch", 200),
        ("context.identity.none", 401),
        ("something.else", 401),
        ("method.request.header.X-One, method.request.querystring.q ,stageVariables.color", 200),
        ("method.request.header.X-One,method.request.querystring.none", 401),
    ],
)
def test_a_request_has_what_a_source_names_or_is_401_without_a_call(node: Node, source: str, status: int) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        reply = await house.call("GET", "/dev/a?q=1&q=2&empty=", {"X-One": "1", "X-Empty": ""})
        assert reply.status == status
        assert len(lambdas.events) == (status == 200)

    request = Authorizer(id="a1", type="REQUEST", identity_source=source, authorizer_result_ttl_in_seconds=300)
    with_function(node, scenario, request, variables={"color": "blue"})


@pytest.mark.parametrize(
    ("source", "targets", "calls"),
    [
        ("method.request.querystring.q", ["?q=1&q=2", "?q=2", "?q=2&x=1"], 1),
        ("method.request.multivaluequerystring.q", ["?q=1&q=2", "?q=2", "?q=1&q=2&x=1"], 2),
        ("context.requestTimeEpoch,context.requestId", ["", ""], 2),
    ],
)
def test_what_has_the_same_values_is_asked_once(node: Node, source: str, targets: list[str], calls: int) -> None:
    async def scenario(house: House, lambdas: Any) -> None:
        for target in targets:
            assert (await house.call("GET", f"/dev/a{target}")).status == 200
        assert len(lambdas.events) == calls, json.dumps(lambdas.events)

    request = Authorizer(id="a1", type="REQUEST", identity_source=source, authorizer_result_ttl_in_seconds=300)
    with_function(node, scenario, request)
