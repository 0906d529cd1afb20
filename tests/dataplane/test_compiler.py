"""What compiling a stage leaves behind, and when it rests. What stages do is told by the tables of tests/parity."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from dataplane.compiler import compile_stage
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.snapshot import (
    Authorizer,
    Canary,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodSetting,
    Model,
    RequestValidator,
    Resource,
    StageEntry,
)
from dataplane.steps.cache import Caches
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, document
from tests.dataplane.functions import URI

MACROS = """#macro(twice $x)$x$x#end#define($d)#twice("a$x")#end
#foreach($i in [1..3])#twice("$i")#if($i == 2)#break#end#end$d "$input.params('a')" $util.escapeJavaScript("$x")"""
TEMPLATES = {"application/json": MACROS, "text/plain": "plain"}
RESPONSE = IntegrationResponse(
    status_code="200",
    selection_pattern="2\\d\\d",
    response_parameters={"method.response.header.X": "integration.response.body.a[?(@.b == 1)]"},
    response_templates=TEMPLATES,
)
HTTP = Integration(
    type="HTTP",
    uri="http://${stageVariables.backend}/{id}",
    http_method="POST",
    request_parameters={"integration.request.header.A": "method.request.body.a"},
    request_templates=TEMPLATES,
    responses=(RESPONSE,),
    cache_key_parameters=("method.request.querystring.a",),
)
FUNCTION = Integration(type="AWS", uri=URI, http_method="POST", request_templates=TEMPLATES, responses=(RESPONSE,))
TREE = '{"properties": {"next": {"$ref": "https://apigateway.amazonaws.com/restapis/x/models/Tree"}}}'
POOL = "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_a"
FULL: dict[str, Any] = {
    "minimum_compression_size": 10,
    "binary_media_types": ("image/png",),
    "models": (Model(name="Tree", schema=TREE),),
    "request_validators": (RequestValidator(id="v", validate_request_body=True, validate_request_parameters=True),),
    "gateway_responses": (GatewayResponse(response_type="DEFAULT_4XX", response_templates={"a/b": "$context.a"}),),
    "authorizers": (
        Authorizer(id="token", type="TOKEN", authorizer_uri=URI, identity_source="method.request.header.A"),
        Authorizer(
            id="pool",
            type="COGNITO_USER_POOLS",
            provider_arns=("arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_a",),
        ),
    ),
    "policy": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
}
METHODS = (
    Method(http_method="GET", integration=HTTP, authorization_type="AWS_IAM"),
    Method(
        http_method="POST",
        integration=HTTP,
        api_key_required=True,
        request_validator_id="v",
        request_models={"application/json": "Tree"},
        request_parameters={"method.request.querystring.a": True},
    ),
    Method(http_method="PUT", integration=FUNCTION, authorization_type="CUSTOM", authorizer_id="token"),
    Method(
        http_method="ANY",
        integration=Integration(type="AWS_PROXY", uri=URI, http_method="POST"),
        authorization_type="COGNITO_USER_POOLS",
        authorizer_id="pool",
    ),
)
DRAWN = (Resource(id="r1", path="/a/{id}", methods=METHODS), Resource(id="r2", path="/{proxy+}", methods=METHODS[:1]))
ENTRY = StageEntry(
    api_id=API,
    stage_name="dev",
    generation=1,
    deployment_id="d",
    digest="d" * 64,
    variables={"backend": "127.0.0.1:1"},
    method_settings={"*/*": MethodSetting(caching_enabled=True, cache_data_encrypted=True)},
    cache_enabled=True,
    canary=Canary(deployment_id="c", digest="c" * 64, percent_traffic=10.0),
    access_log_format="$context.requestId",
    access_log_destination="arn:aws:logs:us-east-1:1:log-group:a",
)


class Lines:
    def add(self, group: str, line: str) -> None: ...


@pytest.fixture
def own(node: Node) -> tuple[Caches, Lines, Clients]:
    """What stages are compiled with, in a node that has credentials."""
    return Caches(1_000_000), Lines(), Clients(Meter(lambda: 0.0, serving=True))


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Everything older than the test put away from the collector, which does nothing of itself."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_a_stage_leaves_nothing_for_the_collector_whatever_is_in_it(
    own: tuple[Caches, Lines, Clients], uncollected: None
) -> None:
    """A worker keeps its stages away from the collector (node/upkeep.py): a circle would stay for ever."""
    drawn = document(*DRAWN, **FULL)
    compile_stage(ENTRY, drawn, drawn, *own)  # what is imported and kept for all, once
    gc.collect()
    assert compile_stage(ENTRY, drawn, drawn, *own).canary is not None
    assert gc.collect() == 0


def test_compiling_rests_before_each_method(own: tuple[Caches, Lines, Clients]) -> None:
    rests: list[None] = []
    drawn = document(*DRAWN, **FULL)
    compile_stage(ENTRY, drawn, drawn, *own, lambda: rests.append(None))
    assert len(rests) == 2 * 5  # the stage's methods, and its canary's
