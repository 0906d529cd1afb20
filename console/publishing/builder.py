"""Rows to snapshots, purely: nothing is read but the rows that are handed in (`RestApi.objects.drawn()`).

The same drawing gives the same bytes: lists are in an order of their own, not in that of the database.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from console.access.models import ApiKey, UsagePlan
from console.apis import checks
from console.apis import models as drawn
from console.core.faults import BadRequest
from console.stages.models import Stage
from console.stages.services.method_settings import counting
from dataplane import snapshot


def api_document(rest_api: drawn.RestApi) -> snapshot.ApiDocument:
    """Raises BadRequest (AWS's texts) for an API that cannot be deployed; `field` names the method at fault."""
    resources = sorted(rest_api.resources.all(), key=lambda resource: resource.path)
    if not any(resource.methods.all() for resource in resources):
        raise BadRequest("The REST API doesn't contain any methods")
    return _document(rest_api, tuple(_resource(resource) for resource in resources))


def method_document(rest_api: drawn.RestApi, method: drawn.Method) -> snapshot.ApiDocument:
    """Of one method, whatever else is unfinished. Raises BadRequest, as `api_document`."""
    path = method.resource.path
    alone = snapshot.Resource(id=method.resource_id, path=path, methods=(_method(method, path),))
    return _document(rest_api, (alone,))


def _document(rest_api: drawn.RestApi, resources: tuple[snapshot.Resource, ...]) -> snapshot.ApiDocument:
    return snapshot.ApiDocument(
        schema_version=snapshot.SCHEMA_VERSION,
        api_id=rest_api.pk,
        name=rest_api.name,
        api_key_source=rest_api.api_key_source,
        binary_media_types=tuple(sorted(rest_api.binary_media_types)),
        minimum_compression_size=rest_api.minimum_compression_size,
        policy=rest_api.policy,
        resources=resources,
        models=tuple(_model(model) for model in sorted(rest_api.models.all(), key=lambda model: model.name)),
        request_validators=tuple(_validator(row) for row in sorted(rest_api.request_validators.all(), key=_id)),
        gateway_responses=tuple(_gateway_response(row) for row in sorted(rest_api.gateway_responses.all(), key=_type)),
        authorizers=tuple(_authorizer(row) for row in sorted(rest_api.authorizers.all(), key=_id)),
    )


def _resource(resource: drawn.Resource) -> snapshot.Resource:
    methods = sorted(resource.methods.all(), key=lambda method: method.http_method)
    return snapshot.Resource(
        id=resource.pk, path=resource.path, methods=tuple(_method(method, resource.path) for method in methods)
    )


def _method(method: drawn.Method, path: str) -> snapshot.Method:
    integration = method.method_integration
    if integration is None:
        raise BadRequest("No integration defined for method", field=f"{method.http_method} {path}")
    frozen = _integration(integration)
    if reason := _unfit(frozen):
        raise BadRequest(f"{reason} ({method.http_method} {path})", field=f"{method.http_method} {path}")
    return snapshot.Method(
        http_method=method.http_method,
        integration=frozen,
        authorization_type=method.authorization_type,
        authorizer_id=method.authorizer_id,
        authorization_scopes=tuple(method.authorization_scopes),
        api_key_required=method.api_key_required,
        operation_name=method.operation_name,
        request_parameters=method.request_parameters,
        request_models=method.request_models,
        request_validator_id=method.request_validator_id,
        responses=tuple(_method_response(response) for response in _by_status(method.responses.all())),
    )


def _unfit(integration: snapshot.Integration) -> str:
    """Why no node could serve it. Of AWS's services, what was drawn before nodes served them is looked at again."""
    try:
        checks.integration_target(integration.type, integration.http_method, integration.uri, integration.credentials)
        checks.transfer(
            integration.type, integration.response_transfer_mode, integration.timeout_in_millis, integration.uri
        )
    except BadRequest as refused:
        return refused.message
    return snapshot.unserved(integration)


def _method_response(response: drawn.MethodResponse) -> snapshot.MethodResponse:
    return snapshot.MethodResponse(
        status_code=response.status_code,
        response_parameters=response.response_parameters,
        response_models=response.response_models,
    )


def _integration(integration: drawn.Integration) -> snapshot.Integration:
    return snapshot.Integration(
        type=cast(snapshot.IntegrationType, integration.type),
        uri=integration.uri,
        http_method=integration.http_method,
        connection_type=integration.connection_type,
        connection_id=integration.connection_id,
        credentials=integration.credentials,
        request_parameters=integration.request_parameters,
        request_templates=integration.request_templates,
        passthrough_behavior=cast(snapshot.PassthroughBehavior, integration.passthrough_behavior),
        content_handling=_content_handling(integration.content_handling),
        timeout_in_millis=integration.timeout_in_millis,
        response_transfer_mode=cast(snapshot.ResponseTransferMode, integration.response_transfer_mode),
        cache_namespace=integration.cache_namespace,
        cache_key_parameters=tuple(integration.cache_key_parameters),
        insecure_skip_verification=bool(integration.insecure_skip_verification),
        responses=tuple(_integration_response(response) for response in _by_status(integration.responses.all())),
    )


def _integration_response(response: drawn.IntegrationResponse) -> snapshot.IntegrationResponse:
    return snapshot.IntegrationResponse(
        status_code=response.status_code,
        selection_pattern=response.selection_pattern,
        response_parameters=response.response_parameters,
        response_templates=response.response_templates,
        content_handling=_content_handling(response.content_handling),
    )


def _by_status(responses: Iterable[Any]) -> list[Any]:
    """One response per status, so this order is one: of the patterns that match, the lowest status wins."""
    return sorted(responses, key=lambda response: str(response.status_code))


def _content_handling(value: str) -> snapshot.ContentHandling | None:
    return cast(snapshot.ContentHandling, value) if value else None


def _model(model: drawn.Model) -> snapshot.Model:
    return snapshot.Model(name=model.name, content_type=model.content_type, schema=model.schema)


def _id(row: drawn.RequestValidator | drawn.Authorizer) -> str:
    return row.pk


def _validator(validator: drawn.RequestValidator) -> snapshot.RequestValidator:
    return snapshot.RequestValidator(
        id=validator.pk,
        name=validator.name,
        validate_request_body=validator.validate_request_body,
        validate_request_parameters=validator.validate_request_parameters,
    )


def _type(response: drawn.GatewayResponse) -> str:
    return response.response_type


def _gateway_response(response: drawn.GatewayResponse) -> snapshot.GatewayResponse:
    return snapshot.GatewayResponse(
        response_type=response.response_type,
        status_code=response.status_code,
        response_parameters=response.response_parameters,
        response_templates=response.response_templates,
    )


def authorizer_document(rest_api: drawn.RestApi, authorizer: drawn.Authorizer) -> snapshot.ApiDocument:
    """Of one authorizer, whatever is drawn beside it."""
    return snapshot.ApiDocument(
        schema_version=snapshot.SCHEMA_VERSION,
        api_id=rest_api.pk,
        name=rest_api.name,
        authorizers=(_authorizer(authorizer),),
    )


def _authorizer(row: drawn.Authorizer) -> snapshot.Authorizer:
    jwt = row.jwt_configuration or {}
    return snapshot.Authorizer(
        id=row.pk,
        type=cast(snapshot.AuthorizerType, row.type),
        name=row.name,
        provider_arns=tuple(row.provider_arns),
        authorizer_uri=row.authorizer_uri,
        authorizer_credentials=row.authorizer_credentials,
        identity_source=row.identity_source,
        identity_validation_expression=row.identity_validation_expression,
        authorizer_result_ttl_in_seconds=row.authorizer_result_ttl_in_seconds or 0,
        jwt_issuers=tuple(_jwt_issuer(issuer) for issuer in jwt.get("issuers", ())),
        jwt_algorithms=tuple(jwt.get("defaultAlgorithms", ())),
    )


def _jwt_issuer(issuer: Mapping[str, Any]) -> snapshot.JwtIssuer:
    return snapshot.JwtIssuer(
        issuer=issuer["issuer"],
        audiences=tuple(issuer["audiences"]),
        additional_claims=tuple(
            snapshot.JwtClaim(
                claim_name=claim["claimName"],
                required=claim.get("required", False),
                expected_values=tuple(claim.get("expectedValues", ())),
            )
            for claim in issuer.get("additionalClaims", ())
        ),
    )


def stage_entry(
    stage: Stage, digests: Mapping[str, snapshot.Digest], *, account_id: str, region: str
) -> snapshot.StageEntry:
    """`digests` has the document of each deployment that a canary names."""
    return snapshot.StageEntry(
        api_id=stage.rest_api_id,
        stage_name=stage.stage_name,
        generation=stage.generation,
        deployment_id=stage.deployment_id,
        digest=stage.deployment.document_id,
        account_id=account_id,
        region=region,
        variables=stage.variables,
        method_settings=counting(stage.method_settings),
        canary=_canary(stage.canary_settings, digests) if stage.canary_settings else None,
        cache_enabled=stage.cache_cluster_enabled,
        cache_cluster_size=stage.cache_cluster_size,
        cache_generation=stage.cache_generation,
        authorizers_cache_generation=stage.authorizers_cache_generation,
        access_log_format=(stage.access_log_settings or {}).get("format", ""),
        access_log_destination=(stage.access_log_settings or {}).get("destinationArn", ""),
        tracing_enabled=stage.tracing_enabled,
        disable_execute_api_endpoint=stage.deployment.disable_execute_api_endpoint,
    )


def _canary(settings: Mapping[str, Any], digests: Mapping[str, snapshot.Digest]) -> snapshot.Canary:
    return snapshot.Canary(
        deployment_id=settings["deploymentId"],
        digest=digests[settings["deploymentId"]],
        percent_traffic=settings["percentTraffic"],
        stage_variable_overrides=settings["stageVariableOverrides"],
        use_stage_cache=settings["useStageCache"],
    )


def usage_plan(plan: UsagePlan) -> snapshot.UsagePlan:
    return snapshot.UsagePlan(
        id=plan.pk,
        throttle=_throttle(plan.throttle) if plan.throttle else None,
        quota=_quota(plan.quota) if plan.quota else None,
        stages=tuple(
            snapshot.PlanStage(
                api_id=stage["apiId"],
                stage_name=stage["stage"],
                throttles={method: _throttle(limits) for method, limits in stage.get("throttle", {}).items()},
            )
            for stage in plan.api_stages
        ),
    )


def _throttle(limits: Mapping[str, Any]) -> snapshot.Throttle:
    return snapshot.Throttle(rate_limit=limits.get("rateLimit", 0.0), burst_limit=limits.get("burstLimit", 0))


def _quota(quota: Mapping[str, Any]) -> snapshot.Quota:
    return snapshot.Quota(limit=quota["limit"], period=quota["period"], offset=quota["offset"])


def key_plan(plan_id: str, day: str, used: int, extensions: Mapping[str, int]) -> snapshot.KeyPlan:
    return snapshot.KeyPlan(plan_id=plan_id, day=day, used=used, extensions=dict(extensions))


def api_key(key: ApiKey, plans: Iterable[snapshot.KeyPlan]) -> snapshot.ApiKey:
    """By its digest: nodes never see a value."""
    return snapshot.ApiKey(id=key.pk, digest=key.value_digest, plans=tuple(plans))
