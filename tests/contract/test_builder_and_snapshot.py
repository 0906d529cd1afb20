"""What the console builds is what the dataplane's contract reads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.apis.models import (
    Authorizer,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    RequestValidator,
    Resource,
    RestApi,
)
from console.core.faults import BadRequest
from console.publishing import builder
from console.stages.models import Stage
from console.stages.services import update_stage
from dataplane import snapshot
from tests.console.stages.drawn import DEPLOYER, deploy, method, mock, pets, resource, rest_api

pytestmark = pytest.mark.django_db

AUTH = "method.request.header.Authorization"
FUNCTION = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:authorize/invocations"
)


def built(api: RestApi) -> snapshot.ApiDocument:
    return builder.api_document(RestApi.objects.drawn().get(pk=api.pk))


def whole() -> RestApi:
    api = rest_api(
        "shop",
        api_key_source="AUTHORIZER",
        binary_media_types=["image/png", "application/zip"],
        minimum_compression_size=1024,
    )
    Model(rest_api=api, name="Pet", content_type="application/json", schema='{"type": "object"}').put()
    RequestValidator(pk="v1", rest_api=api, name="body", validate_request_body=True).put()
    GatewayResponse(
        rest_api=api,
        response_type="UNAUTHORIZED",
        response_parameters={"gatewayresponse.header.X": "'a'"},
        response_templates={"text/plain": "no"},
    ).put()
    pet = resource(api, "{petId}", resource(api, "pets"))
    get = method(
        pet,
        "GET",
        authorization_type="CUSTOM",
        authorizer_id="abc123",
        authorization_scopes=["pets/read"],
        api_key_required=True,
        operation_name="getPet",
        request_parameters={"method.request.path.petId": True},
        request_models={"application/json": "Pet"},
        request_validator_id="v1",
    )
    MethodResponse(
        method=get,
        status_code="200",
        response_parameters={"method.response.header.ETag": False},
        response_models={"application/json": "Pet"},
    ).put()
    integration = Integration(
        method=get,
        type="HTTP",
        http_method="GET",
        uri="http://backend.example/${stageVariables.base}/{id}",
        request_parameters={"integration.request.path.id": "method.request.path.petId"},
        request_templates={"application/json": "$input.body"},
        passthrough_behavior="NEVER",
        content_handling="CONVERT_TO_TEXT",
        timeout_in_millis=1500,
        cache_namespace="shared",
        cache_key_parameters=["method.request.path.petId"],
        insecure_skip_verification=True,
    )
    integration.put()
    IntegrationResponse(integration=integration, status_code="500", selection_pattern=r"5\d\d").put()
    IntegrationResponse(
        integration=integration,
        status_code="200",
        response_parameters={"method.response.header.ETag": "integration.response.header.ETag"},
        response_templates={"application/json": "$input.body"},
        content_handling="CONVERT_TO_BINARY",
    ).put()
    return api


def test_all_that_is_drawn_is_in_the_document() -> None:
    api = whole()
    document = built(api)
    pet = api.resources.get(path="/pets/{petId}")
    assert document == snapshot.ApiDocument(
        schema_version=snapshot.SCHEMA_VERSION,
        api_id=api.pk,
        name="shop",
        api_key_source="AUTHORIZER",
        binary_media_types=("application/zip", "image/png"),
        minimum_compression_size=1024,
        models=(snapshot.Model(name="Pet", content_type="application/json", schema='{"type": "object"}'),),
        request_validators=(snapshot.RequestValidator(id="v1", name="body", validate_request_body=True),),
        gateway_responses=(
            snapshot.GatewayResponse(
                response_type="UNAUTHORIZED",
                response_parameters={"gatewayresponse.header.X": "'a'"},
                response_templates={"text/plain": "no"},
            ),
        ),
        resources=(
            snapshot.Resource(id=api.resources.get(path="/").pk, path="/"),
            snapshot.Resource(id=api.resources.get(path="/pets").pk, path="/pets"),
            snapshot.Resource(id=pet.pk, path="/pets/{petId}", methods=(_get_pet(),)),
        ),
    )


def _get_pet() -> snapshot.Method:
    return snapshot.Method(
        http_method="GET",
        authorization_type="CUSTOM",
        authorizer_id="abc123",
        authorization_scopes=("pets/read",),
        api_key_required=True,
        operation_name="getPet",
        request_parameters={"method.request.path.petId": True},
        request_models={"application/json": "Pet"},
        request_validator_id="v1",
        responses=(
            snapshot.MethodResponse(
                status_code="200",
                response_parameters={"method.response.header.ETag": False},
                response_models={"application/json": "Pet"},
            ),
        ),
        integration=snapshot.Integration(
            type="HTTP",
            http_method="GET",
            uri="http://backend.example/${stageVariables.base}/{id}",
            request_parameters={"integration.request.path.id": "method.request.path.petId"},
            request_templates={"application/json": "$input.body"},
            passthrough_behavior="NEVER",
            content_handling="CONVERT_TO_TEXT",
            timeout_in_millis=1500,
            cache_namespace="shared",
            cache_key_parameters=("method.request.path.petId",),
            insecure_skip_verification=True,
            responses=(
                snapshot.IntegrationResponse(
                    status_code="200",
                    response_parameters={"method.response.header.ETag": "integration.response.header.ETag"},
                    response_templates={"application/json": "$input.body"},
                    content_handling="CONVERT_TO_BINARY",
                ),
                snapshot.IntegrationResponse(status_code="500", selection_pattern=r"5\d\d"),
            ),
        ),
    )


def test_the_dataplane_reads_back_what_was_built() -> None:
    document = built(whole())
    body = snapshot.encode(document)
    assert snapshot.decode_document(body, snapshot.digest(body)) == document


def test_the_same_drawing_gives_the_same_bytes_whatever_the_order_of_its_rows() -> None:
    api = whole()
    first = snapshot.encode(built(api))
    for kind in (IntegrationResponse, MethodResponse):
        for row in kind.objects.order_by("-pk"):  # written again: another physical order, other row ids
            kind.objects.filter(pk=row.pk).delete()
            row.pk = None
            row.put()
    RestApi.objects.filter(pk=api.pk).update(binary_media_types=["application/zip", "image/png"])
    assert snapshot.encode(built(api)) == first


def test_an_api_of_any_size_is_read_in_the_same_number_of_queries() -> None:
    small, large = pets(), rest_api()
    for index in range(20):
        mock(method(resource(large, f"part{index}")))
    counted = []
    for api in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            built(api)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 11


def test_an_api_without_methods_is_refused() -> None:
    with pytest.raises(BadRequest, match="The REST API doesn't contain any methods"):
        built(rest_api())


def test_a_method_without_integration_is_refused_and_named() -> None:
    api = pets()
    method(resource(api, "toys"), "POST")
    with pytest.raises(BadRequest, match="No integration defined for method") as refused:
        built(api)
    assert refused.value.field == "POST /toys"


def test_authorizers_are_frozen_in_an_order_of_their_own() -> None:
    api = pets()
    pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"
    Authorizer(
        pk="b1", rest_api=api, name="pool", type="COGNITO_USER_POOLS", provider_arns=[pool], identity_source=AUTH
    ).put()
    Authorizer(
        pk="c1",
        rest_api=api,
        name="function",
        type="TOKEN",
        auth_type="custom",
        authorizer_uri=FUNCTION,
        authorizer_credentials="arn:aws:iam::123456789012:role/call",
        identity_source=AUTH,
        identity_validation_expression="Bearer .+",
        authorizer_result_ttl_in_seconds=60,
    ).put()
    claim = {"claimName": "tenant", "format": "SINGLE_STRING", "required": True, "expectedValues": ["a"]}
    issuer = {"issuer": "https://a.example", "audiences": ["app"], "additionalClaims": [claim]}
    configuration = {"issuers": [issuer], "defaultAlgorithms": ["ES256"]}
    Authorizer(
        pk="a1", rest_api=api, name="jwt", type="JWT", identity_source=AUTH, jwt_configuration=configuration
    ).put()
    assert built(api).authorizers == (
        snapshot.Authorizer(
            id="a1",
            type="JWT",
            name="jwt",
            identity_source=AUTH,
            jwt_issuers=(
                snapshot.JwtIssuer(
                    issuer="https://a.example",
                    audiences=("app",),
                    additional_claims=(snapshot.JwtClaim(claim_name="tenant", required=True, expected_values=("a",)),),
                ),
            ),
            jwt_algorithms=("ES256",),
        ),
        snapshot.Authorizer(
            id="b1", type="COGNITO_USER_POOLS", name="pool", provider_arns=(pool,), identity_source=AUTH
        ),
        snapshot.Authorizer(
            id="c1",
            type="TOKEN",
            name="function",
            authorizer_uri=FUNCTION,
            authorizer_credentials="arn:aws:iam::123456789012:role/call",
            identity_source=AUTH,
            identity_validation_expression="Bearer .+",
            authorizer_result_ttl_in_seconds=60,
        ),
    )


def test_the_short_form_of_a_policys_resources_is_written_out_when_it_is_kept() -> None:
    statement = '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": %s}'
    written = '{"Statement": [' + statement + "]}"
    api = rest_api(policy=written % '["execute-api:/dev/*"]')
    mock(method(resource(api, "pets")))
    prefix = f"arn:aws:execute-api:us-east-1:000000000000:{api.pk}"
    kept = written % f'["{prefix}/dev/*"]'
    assert (RestApi.objects.get(pk=api.pk).policy, built(api).policy) == (kept, kept)


def test_a_stage_entry_has_every_setting_that_a_node_needs() -> None:
    api = pets()
    RestApi.objects.filter(pk=api.pk).update(disable_execute_api_endpoint=True)
    base = deploy(api, variables={"host": "a.example"}, cache_cluster_enabled=True, tracing_enabled=True)
    canary = deploy(
        api,
        status=201,
        canary_settings={"percentTraffic": 12.5, "stageVariableOverrides": {"host": "b"}, "useStageCache": True},
    )
    stage = update_stage(
        DEPLOYER,
        rest_api_id=api.pk,
        stage_name="dev",
        patch_operations=[
            {"op": "replace", "path": "/accessLogSettings/format", "value": "$context.requestId"},
            {
                "op": "replace",
                "path": "/accessLogSettings/destinationArn",
                "value": "arn:aws:logs:us-east-1:000000000000:log-group:pets",
            },
            {"op": "replace", "path": "/pets/GET/throttling/rateLimit", "value": "5"},
            {"op": "replace", "path": "/*/*/metrics/enabled", "value": "true"},
        ],
    )
    entry = builder.stage_entry(
        Stage.objects.get(pk=stage.pk), {canary.pk: canary.document_id}, account_id="111122223333", region="eu-west-1"
    )
    assert entry == snapshot.StageEntry(
        api_id=api.pk,
        stage_name="dev",
        generation=stage.generation,
        deployment_id=base.pk,
        digest=base.document_id,
        account_id="111122223333",
        region="eu-west-1",
        variables={"host": "a.example"},
        method_settings={
            "~1pets/GET": snapshot.MethodSetting(throttling_rate_limit=5.0),
            "*/*": snapshot.MethodSetting(metrics_enabled=True),
        },
        canary=snapshot.Canary(
            deployment_id=canary.pk,
            digest=canary.document_id,
            percent_traffic=12.5,
            stage_variable_overrides={"host": "b"},
            use_stage_cache=True,
        ),
        cache_enabled=True,
        cache_cluster_size="0.5",
        access_log_format="$context.requestId",
        access_log_destination="arn:aws:logs:us-east-1:000000000000:log-group:pets",
        tracing_enabled=True,
        disable_execute_api_endpoint=True,
    )
    assert snapshot.decode(snapshot.encode(entry), snapshot.StageEntry) == entry


def test_drawn_methods_and_resources_are_the_contracts_fields() -> None:
    """A field that is drawn and never frozen would be silently without effect."""
    ours = {
        Method: (snapshot.Method, {"id", "resource"}),
        Resource: (snapshot.Resource, {"rest_api", "parent", "path_part"}),
        Integration: (snapshot.Integration, {"id", "method"}),
        IntegrationResponse: (snapshot.IntegrationResponse, {"id", "integration"}),
        MethodResponse: (snapshot.MethodResponse, {"id", "method"}),
        Model: (snapshot.Model, {"id", "rest_api", "description"}),
        # of an authorizer's JWT configuration the contract has the parts
        Authorizer: (snapshot.Authorizer, {"rest_api", "auth_type", "jwt_configuration"}),
    }
    for row, (struct, not_served) in ours.items():
        fields = {field.name for field in row._meta.concrete_fields} - not_served
        assert fields <= set(struct.__struct_fields__), row
