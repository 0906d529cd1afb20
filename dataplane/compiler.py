"""A document and a stage's entry become what is served: every look-up a request would need is done here, once."""

import re
from dataclasses import replace

from dataplane.integrations import http, mock
from dataplane.mapping.javaregex import compile_regex
from dataplane.mapping.parameters import (
    MappingError,
    compile_request_parameters,
    compile_response_parameters,
)
from dataplane.mapping.uri import UriError, UriTemplate, compile_uri
from dataplane.mapping.vtl import Template, TemplateError
from dataplane.plan import Plan, Stage, TransformRequest, TransformResponse
from dataplane.router import Methods, RouteError, Router
from dataplane.snapshot import ApiDocument, Integration, IntegrationResponse, Method, Resource, StageEntry, unserved
from dataplane.steps.authorize import compile_authorize
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import MappedRequest, Mappings, MockRequest, ProxyRequest, Target
from dataplane.steps.transform_response import MappedResponse, ProxyResponse, Selected

# What ANY stands for (behaviours 6).
VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class CompileError(Exception):
    """A snapshot that can't be served; the text names the resource, the method and what is wrong with it."""


def compile_stage(entry: StageEntry, document: ApiDocument, canary: ApiDocument | None) -> Stage:
    """`canary` is the document of `entry.canary`, where there is one. Raises CompileError."""
    stage = _arm(entry, document, entry.deployment_id, entry.digest, entry.variables)
    arm = entry.canary
    if arm is None or canary is None:
        return stage
    variables = {**entry.variables, **arm.stage_variable_overrides}
    other = _arm(entry, canary, arm.deployment_id, arm.digest, variables)
    return replace(stage, canary=other, canary_percent=arm.percent_traffic)


def _arm(
    entry: StageEntry,
    document: ApiDocument,
    deployment_id: str,
    digest: str,
    variables: dict[str, str],
) -> Stage:
    """What serves one deployment with one set of variables: the stage itself, or its canary."""
    resources = document.resources
    try:
        router = Router((resource.path, _methods(resource, document.api_id, variables)) for resource in resources)
    except RouteError as error:
        raise CompileError(str(error)) from error
    return Stage(
        api_id=entry.api_id,
        stage_name=entry.stage_name,
        deployment_id=deployment_id,
        digest=digest,
        account_id=entry.account_id,
        generation=entry.generation,
        variables=variables,
        cache_generation=entry.cache_generation,
        disable_execute_api_endpoint=entry.disable_execute_api_endpoint,
        router=router,
        has_canary=entry.canary is not None,
    )


def _methods(resource: Resource, api_id: str, variables: dict[str, str]) -> Methods[Plan]:
    plans = {method.http_method: _plan(resource, method, api_id, variables) for method in resource.methods}
    anything = plans.pop("ANY", None)
    if anything is None:
        return plans
    return {**dict.fromkeys(VERBS, anything), **plans}


def _plan(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    if reason := unserved(method.integration):
        raise CompileError(f"{method.http_method} {resource.path}: {reason}")
    try:
        return _KINDS[method.integration.type](resource, method, api_id, variables)
    except (MappingError, UriError, TemplateError, re.error) as error:
        raise CompileError(f"{method.http_method} {resource.path}: {error}") from error


def _http_proxy(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    integration = method.integration
    uri = compile_uri(integration.uri, variables)
    mappings = _mappings(integration, variables)
    transform = ProxyRequest(_target(integration, uri, api_id), mappings)
    return _http_plan(resource, method, uri, transform, ProxyResponse(), reads_body=_reads_body(integration))


def _http(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    integration = method.integration
    uri = compile_uri(integration.uri, variables)
    mappings = _mappings(integration, variables)
    templates = compile_templates(integration.request_templates)
    reads_body = _reads_body(integration) or _any_rendered(templates)
    transform = MappedRequest(
        _target(integration, uri, api_id), mappings, templates, integration.passthrough_behavior, reads_body
    )
    response = _mapped_response(integration, variables, sends_trace_id=True)
    return _http_plan(resource, method, uri, transform, response, reads_body=reads_body)


def _http_plan(
    resource: Resource,
    method: Method,
    uri: UriTemplate,
    transform: TransformRequest,
    response: TransformResponse,
    *,
    reads_body: bool,
) -> Plan:
    integration = method.integration
    call = http.compile_call(
        uri.fixed_origin,
        verify=not integration.insecure_skip_verification,
        timeout_in_millis=integration.timeout_in_millis,
    )
    return Plan(
        resource_id=resource.id,
        resource_path=resource.path,
        http_method=method.http_method,
        authorize=compile_authorize(method),
        reads_body=reads_body,
        transform_request=transform,
        integrate=call,
        transform_response=response,
    )


def _mock(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    integration = method.integration
    templates = compile_templates(integration.request_templates)
    return Plan(
        resource_id=resource.id,
        resource_path=resource.path,
        http_method=method.http_method,
        authorize=compile_authorize(method),
        reads_body=True,  # without a template the body itself is what must name the status
        transform_request=MockRequest(templates, integration.passthrough_behavior, variables),
        integrate=mock.call,
        transform_response=_mapped_response(integration, variables, sends_trace_id=False),
    )


_KINDS = {"HTTP": _http, "HTTP_PROXY": _http_proxy, "MOCK": _mock}


def _target(integration: Integration, uri: UriTemplate, api_id: str) -> Target:
    http_method = "" if integration.http_method == "ANY" else integration.http_method
    return Target(uri, http_method, api_id.encode())


def _mappings(integration: Integration, variables: dict[str, str]) -> Mappings:
    mapping = integration.request_parameters
    return Mappings(compile_request_parameters(mapping), _uses(mapping, "context."), variables)


def _uses(mapping: dict[str, str], source: str) -> bool:
    return any(value.startswith(source) for value in mapping.values())


def _mapped_response(integration: Integration, variables: dict[str, str], *, sends_trace_id: bool) -> MappedResponse:
    responses = tuple(_selected(response) for response in integration.responses)
    return MappedResponse(responses, variables, sends_trace_id)


def _selected(response: IntegrationResponse) -> Selected:
    mapping = response.response_parameters
    templates = compile_templates(response.response_templates)
    return Selected(
        status=int(response.status_code),
        pattern=compile_regex(response.selection_pattern) if response.selection_pattern else None,
        parameters=compile_response_parameters(mapping),
        uses_context=_uses(mapping, "context."),
        templates=templates,
        reads_body=_uses(mapping, "integration.response.body") or _any_rendered(templates),
    )


def _reads_body(integration: Integration) -> bool:
    return _uses(integration.request_parameters, "method.request.body")


def _any_rendered(templates: dict[str, Template]) -> bool:
    return any(template.constant is None for template in templates.values())
