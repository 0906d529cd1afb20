"""A document and a stage's entry become what is served: every look-up a request would need is done here, once."""

import re

from dataplane.integrations import http, mock
from dataplane.mapping.parameters import (
    MappingError,
    RequestMapping,
    compile_request_parameters,
    compile_response_parameters,
)
from dataplane.mapping.uri import UriError, UriTemplate, compile_uri
from dataplane.mapping.vtl import TemplateError
from dataplane.plan import Plan, Stage, TransformRequest, TransformResponse
from dataplane.router import Methods, RouteError, Router
from dataplane.snapshot import ApiDocument, Integration, IntegrationResponse, Method, Resource, StageEntry
from dataplane.steps.authorize import compile_authorize
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import MappedRequest, Mappings, MockRequest, ProxyRequest, Target
from dataplane.steps.transform_response import MappedResponse, ProxyResponse, Selected

# What ANY stands for (behaviours 6).
VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class CompileError(Exception):
    """A snapshot that can't be served; the text names the resource, the method and what is wrong with it."""


def compile_stage(entry: StageEntry, document: ApiDocument, canary: ApiDocument | None = None) -> Stage:
    """`canary` is the document of `entry.canary`. Raises CompileError."""
    arm = entry.canary
    if arm is None or canary is None:
        return _compile(entry, document, entry.deployment_id, entry.digest, entry.variables)
    variables = {**entry.variables, **arm.stage_variable_overrides}
    other = _compile(entry, canary, arm.deployment_id, arm.digest, variables)
    return _compile(entry, document, entry.deployment_id, entry.digest, entry.variables, other, arm.percent_traffic)


def _compile(
    entry: StageEntry,
    document: ApiDocument,
    deployment_id: str,
    digest: str,
    variables: dict[str, str],
    canary: Stage | None = None,
    canary_percent: float = 0.0,
) -> Stage:
    try:
        router = Router(
            (resource.path, _methods(resource, document.api_id, variables)) for resource in document.resources
        )
    except RouteError as error:
        raise CompileError(str(error)) from error
    return Stage(
        api_id=entry.api_id,
        stage_name=entry.stage_name,
        deployment_id=deployment_id,
        digest=digest,
        generation=entry.generation,
        variables=variables,
        cache_generation=entry.cache_generation,
        disable_execute_api_endpoint=entry.disable_execute_api_endpoint,
        router=router,
        canary=canary,
        canary_percent=canary_percent,
    )


def _methods(resource: Resource, api_id: str, variables: dict[str, str]) -> Methods[Plan]:
    plans = {method.http_method: _plan(resource, method, api_id, variables) for method in resource.methods}
    anything = plans.pop("ANY", None)
    if anything is None:
        return plans
    return {**dict.fromkeys(VERBS, anything), **plans}


def _plan(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    try:
        return _KINDS[method.integration.type](resource, method, api_id, variables)
    except KeyError:
        reason = f"integrations of type {method.integration.type} are not served by this version"
        raise CompileError(f"{method.http_method} {resource.path}: {reason}") from None
    except (MappingError, UriError, TemplateError, re.error) as error:
        raise CompileError(f"{method.http_method} {resource.path}: {error}") from error


def _http_proxy(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    integration = method.integration
    uri = compile_uri(integration.uri, variables)
    mappings = _mappings(integration, variables)
    transform = ProxyRequest(_target(integration, uri, api_id), mappings)
    return _http_plan(resource, method, uri, transform, ProxyResponse(), reads_body=_reads_body(mappings.parameters))


def _http(resource: Resource, method: Method, api_id: str, variables: dict[str, str]) -> Plan:
    integration = method.integration
    uri = compile_uri(integration.uri, variables)
    mappings = _mappings(integration, variables)
    templates = compile_templates(integration.request_templates)
    reads_body = _reads_body(mappings.parameters) or any(t.constant is None for t in templates.values())
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
    parameters = compile_request_parameters(integration.request_parameters) if integration.request_parameters else None
    return Mappings(parameters, variables)


def _reads_body(parameters: RequestMapping | None) -> bool:
    return parameters is not None and parameters.uses_body


def _mapped_response(integration: Integration, variables: dict[str, str], *, sends_trace_id: bool) -> MappedResponse:
    responses = tuple(_selected(response) for response in integration.responses)
    return MappedResponse(responses, variables, sends_trace_id)


def _selected(response: IntegrationResponse) -> Selected:
    parameters = compile_response_parameters(response.response_parameters) if response.response_parameters else None
    templates = compile_templates(response.response_templates)
    return Selected(
        status=int(response.status_code),
        pattern=re.compile(response.selection_pattern) if response.selection_pattern else None,
        parameters=parameters,
        templates=templates,
        reads_body=(parameters is not None and parameters.uses_body)
        or any(template.constant is None for template in templates.values()),
    )
