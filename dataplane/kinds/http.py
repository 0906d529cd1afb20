"""HTTP and HTTP_PROXY, compiled."""

from dataplane.integrations.http import HttpCall
from dataplane.kinds.kind import Api, Kind, any_rendered, compile_mappings, compile_responses, maps_body, own_method
from dataplane.mapping.uri import UriTemplate, compile_uri
from dataplane.snapshot import Integration
from dataplane.steps.content import compile_request_content, compile_response_content
from dataplane.steps.header_rules import FORBIDDEN_TO_MAP
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import MappedRequest, ProxyRequest, Target
from dataplane.steps.transform_response import ConvertedProxyResponse, ProxyResponse

# One for all methods: nothing of a method is in them.
_AS_LINES = ProxyResponse(as_lines=True)
_PASSING = ProxyResponse()


def compile_http_proxy(integration: Integration, api: Api) -> Kind:
    uri = compile_uri(integration.uri, api.variables)
    transform = ProxyRequest(_target(integration, uri, api), compile_mappings(integration, api.variables))
    streams = integration.response_transfer_mode == "STREAM"
    content = None if streams else compile_response_content(api.binary_types, None)
    response = (
        (_AS_LINES if streams or api.compression is None else _PASSING)
        if content is None
        else ConvertedProxyResponse(_PASSING, content)
    )
    return Kind(maps_body(integration), transform, _call(integration, uri), response, streams=streams)


def compile_http(integration: Integration, api: Api) -> Kind:
    uri = compile_uri(integration.uri, api.variables)
    templates = compile_templates(integration.request_templates)
    reads_body = maps_body(integration) or any_rendered(templates)
    transform = MappedRequest(
        target=_target(integration, uri, api),
        mappings=compile_mappings(integration, api.variables),
        templates=templates,
        passthrough=integration.passthrough_behavior,
        reads_body=reads_body,
        content=compile_request_content(api.binary_types, integration.content_handling),
    )
    response = compile_responses(integration, api, sends_trace_id=True)
    return Kind(reads_body, transform, _call(integration, uri), response)


def _call(integration: Integration, uri: UriTemplate) -> HttpCall:
    return HttpCall(
        uri.fixed_origin,
        verify=not integration.insecure_skip_verification,
        timeout_in_millis=integration.timeout_in_millis,
    )


def _target(integration: Integration, uri: UriTemplate, api: Api) -> Target:
    return Target(uri, own_method(integration), api.id, FORBIDDEN_TO_MAP[integration.type])
