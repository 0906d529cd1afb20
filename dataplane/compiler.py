"""A document and a stage's entry become what is served: every look-up a request would need is done here, once."""

import re
from dataclasses import dataclass, replace
from sys import intern

from dataplane.authorizers.compile import Authorizers
from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.integrations import http, mock
from dataplane.mapping.javaregex import compile_regex
from dataplane.mapping.parameters import (
    MappingError,
    compile_request_parameters,
    compile_response_parameters,
)
from dataplane.mapping.uri import UriError, UriTemplate, compile_uri
from dataplane.mapping.vtl import Template, TemplateError
from dataplane.plan import Integrate, IntegrationRequest, Plan, Stage, TransformRequest, TransformResponse
from dataplane.policy.document import PolicyError
from dataplane.router import Methods, RouteError, Router
from dataplane.snapshot import ApiDocument, Integration, IntegrationResponse, Method, Resource, StageEntry, unserved
from dataplane.steps.cache import Caches, Caching
from dataplane.steps.compression import Compression, compile_compression
from dataplane.steps.content import (
    BinaryTypes,
    compile_binary_types,
    compile_convert,
    compile_request_content,
    compile_response_content,
)
from dataplane.steps.gateway_response import GatewayResponseError, compile_gateway_responses
from dataplane.steps.header_rules import FORBIDDEN_TO_MAP
from dataplane.steps.prepared import Prepared
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import MappedRequest, Mappings, MockRequest, PathMappings, ProxyRequest, Target
from dataplane.steps.transform_response import ConvertedProxyResponse, MappedResponse, ProxyResponse, Selected
from dataplane.steps.validate import ModelError, Models, compile_validation

# What ANY stands for (behaviours 6).
VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class CompileError(Exception):
    """A snapshot that can't be served; the text names the resource, the method and what is wrong with it."""


def compile_stage(
    entry: StageEntry, document: ApiDocument, canary: ApiDocument | None, caches: Caches | None = None
) -> Stage:
    """`canary` is the document of `entry.canary`, where there is one; `caches` are the worker's own. Raises
    CompileError."""
    caching = caches.caching(entry) if caches is not None and entry.cache_enabled else None
    stage = _arm(entry, document, entry.deployment_id, entry.digest, entry.variables, caching)
    arm = entry.canary
    if arm is None or canary is None:
        return stage
    variables = {**entry.variables, **arm.stage_variable_overrides}
    caching = None if caching is None else caching.of_canary(arm, variables)
    other = _arm(entry, canary, arm.deployment_id, arm.digest, variables, caching)
    return replace(stage, canary=other, canary_percent=arm.percent_traffic)


@dataclass(frozen=True, slots=True)
class _Api:
    """What the methods of one document share."""

    document: ApiDocument
    variables: dict[str, str]
    models: Models
    binary_types: BinaryTypes | None
    compression: Compression | None
    authorizers: Authorizers
    caching: Caching | None

    @property
    def id(self) -> bytes:
        return self.document.api_id.encode()


def _arm(
    entry: StageEntry,
    document: ApiDocument,
    deployment_id: str,
    digest: str,
    variables: dict[str, str],
    caching: Caching | None,
) -> Stage:
    """What serves one deployment with one set of variables: the stage itself, or its canary."""
    try:
        api = _Api(
            document,
            variables,
            Models(document),
            compile_binary_types(document.binary_media_types),
            compile_compression(document.minimum_compression_size),
            Authorizers(document, entry, variables),
            caching,
        )
        router = Router((resource.path, _methods(resource, api)) for resource in document.resources)
        answer_fault = compile_gateway_responses(document)
    except (RouteError, GatewayResponseError, PolicyError) as error:
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
        answer_fault=answer_fault,
        has_canary=entry.canary is not None,
    )


def _methods(resource: Resource, api: _Api) -> Methods[Plan]:
    plans = {method.http_method: _plan(resource, method, api) for method in resource.methods}
    anything = plans.pop("ANY", None)
    if anything is None:
        return plans
    return {**dict.fromkeys(VERBS, anything), **plans}


def _verbs(resource: Resource, method: Method) -> tuple[str, ...]:
    """Those that the method answers."""
    if method.http_method != "ANY":
        return (method.http_method,)
    others = {other.http_method for other in resource.methods}
    return tuple(verb for verb in VERBS if verb not in others)


def _plan(resource: Resource, method: Method, api: _Api) -> Plan:
    if reason := unserved(method.integration):
        raise CompileError(f"{method.http_method} {resource.path}: {reason}")
    try:
        return _assembled(resource, method, api, _kind(method.integration, api))
    except (MappingError, UriError, TemplateError, ModelError, re.error) as error:
        raise CompileError(f"{method.http_method} {resource.path}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a type of integration makes of its part of a plan."""

    reads_body: bool
    transform_request: TransformRequest
    integrate: Integrate
    transform_response: TransformResponse
    constant: bool = False  # the same bytes for the same media types


def _kind(integration: Integration, api: _Api) -> _Kind:
    """An endpoint that the stage's variables make illegal is its own method's failure, as on AWS, not the stage's."""
    try:
        return _KINDS[integration.type](integration, api)
    except UriError as error:
        if "${stageVariables." not in integration.uri:
            raise
        return _misdirected(str(error))


def _misdirected(reason: str) -> _Kind:
    def refuse(exchange: Exchange) -> IntegrationRequest:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=reason)

    return _Kind(False, refuse, mock.call, ProxyResponse())


def _assembled(resource: Resource, method: Method, api: _Api, kind: _Kind) -> Plan:
    validate = compile_validation(api.document, method, api.models)
    convert = compile_convert(api.binary_types, method.integration.content_handling)
    compression = api.compression
    cache = (
        None
        if api.caching is None
        else api.caching.compile(resource, method, _verbs(resource, method), api.authorizers.lets_invalidate)
    )
    return Plan(
        resource_id=resource.id,
        resource_path=resource.path,
        http_method=method.http_method,
        authorize=api.authorizers.authorize(method),
        receive=compression.receive if compression else None,
        reads_body=kind.reads_body or convert is not None or (validate is not None and validate.reads_body),
        validate=validate,
        convert=convert,
        cache=cache,
        transform_request=kind.transform_request,
        integrate=kind.integrate,
        transform_response=kind.transform_response,
        compress=compression.compress if compression else None,
        prepared=Prepared() if kind.constant and not (validate or convert or compression or cache) else None,
    )


def _http_proxy(integration: Integration, api: _Api) -> _Kind:
    uri = compile_uri(integration.uri, api.variables)
    transform = ProxyRequest(_target(integration, uri, api), _mappings(integration, api.variables))
    content = compile_response_content(api.binary_types, None)
    response = (
        ProxyResponse(as_lines=api.compression is None)
        if content is None
        else ConvertedProxyResponse(ProxyResponse(), content)
    )
    return _Kind(_reads_body(integration), transform, _http_call(integration, uri), response)


def _http(integration: Integration, api: _Api) -> _Kind:
    uri = compile_uri(integration.uri, api.variables)
    templates = compile_templates(integration.request_templates)
    reads_body = _reads_body(integration) or _any_rendered(templates)
    transform = MappedRequest(
        target=_target(integration, uri, api),
        mappings=_mappings(integration, api.variables),
        templates=templates,
        passthrough=integration.passthrough_behavior,
        reads_body=reads_body,
        content=compile_request_content(api.binary_types, integration.content_handling),
    )
    return _Kind(
        reads_body,
        transform,
        _http_call(integration, uri),
        _mapped_response(integration, api, sends_trace_id=True),
    )


def _http_call(integration: Integration, uri: UriTemplate) -> Integrate:
    return http.HttpCall(
        uri.fixed_origin,
        verify=not integration.insecure_skip_verification,
        timeout_in_millis=integration.timeout_in_millis,
    )


def _mock(integration: Integration, api: _Api) -> _Kind:
    templates = compile_templates(integration.request_templates)
    response = _mapped_response(integration, api, sends_trace_id=False)
    return _Kind(
        reads_body=True,  # without a template the body itself is what must name the status
        transform_request=MockRequest(templates, integration.passthrough_behavior, api.variables),
        integrate=mock.call,
        transform_response=response,
        constant=response.constant and not _any_rendered(templates),
    )


_KINDS = {"HTTP": _http, "HTTP_PROXY": _http_proxy, "MOCK": _mock}


def _target(integration: Integration, uri: UriTemplate, api: _Api) -> Target:
    http_method = "" if integration.http_method == "ANY" else integration.http_method
    return Target(uri, http_method, api.id, FORBIDDEN_TO_MAP[integration.type])


def _mappings(integration: Integration, variables: dict[str, str]) -> Mappings | PathMappings:
    mapping = integration.request_parameters
    parameters = compile_request_parameters(mapping)
    to, source = "integration.request.path.", "method.request.path."
    if parameters is None or all(key.startswith(to) and mapping[key].startswith(source) for key in mapping):
        return PathMappings(
            tuple((intern(key[len(to) :]), intern(mapping[key][len(source) :])) for key in mapping), variables
        )
    return Mappings(parameters, _uses(mapping, "context."), variables)


def _uses(mapping: dict[str, str], source: str) -> bool:
    return any(value.startswith(source) for value in mapping.values())


def _mapped_response(integration: Integration, api: _Api, *, sends_trace_id: bool) -> MappedResponse:
    responses = tuple(_selected(response, api) for response in integration.responses)
    return MappedResponse(responses, api.variables, sends_trace_id)


def _selected(response: IntegrationResponse, api: _Api) -> Selected:
    mapping = response.response_parameters
    templates = compile_templates(response.response_templates)
    return Selected(
        status=int(response.status_code),
        pattern=compile_regex(response.selection_pattern) if response.selection_pattern else None,
        parameters=compile_response_parameters(mapping),
        literal=all(source.startswith("'") for source in mapping.values()),
        uses_context=_uses(mapping, "context."),
        templates=templates,
        reads_body=_uses(mapping, "integration.response.body") or _any_rendered(templates),
        content=compile_response_content(api.binary_types, response.content_handling),
    )


def _reads_body(integration: Integration) -> bool:
    return _uses(integration.request_parameters, "method.request.body")


def _any_rendered(templates: dict[str, Template]) -> bool:
    return any(template.constant is None for template in templates.values())
