"""AWS and AWS_PROXY, compiled: the service, its endpoint, the action and who signs are found here, once."""

import re
from dataclasses import dataclass

from dataplane.aws import sdk
from dataplane.aws.credentials import Source
from dataplane.aws.roles import role
from dataplane.aws.service import Service
from dataplane.integrations.aws import FunctionCall, ServiceCall, StreamCall
from dataplane.kinds.kind import Api, Kind, compile_mappings, compile_responses, misdirected, own_method
from dataplane.mapping.service_uri import ServiceUri, ServiceUriError, parse_service_uri
from dataplane.mapping.uri import UriError, UriTemplate, compile_uri, with_stage_variables
from dataplane.snapshot import Integration
from dataplane.steps.content import compile_request_content, compile_response_content
from dataplane.steps.function_response import FunctionResponse
from dataplane.steps.header_rules import FORBIDDEN_TO_MAP
from dataplane.steps.lambda_reply import FunctionReply
from dataplane.steps.service_request import FunctionRequest, ServiceRequest, ServiceTarget
from dataplane.steps.streamed_reply import StreamedReply
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import Header

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+").fullmatch


@dataclass(frozen=True, slots=True)
class _Named:
    """What an integration's URI names."""

    service: Service
    uri: UriTemplate
    invokes_function: bool
    streams_function: bool
    action_headers: tuple[Header, ...]


def compile_aws(integration: Integration, api: Api) -> Kind:
    named = _named(integration, api)
    transform = ServiceRequest(
        target=ServiceTarget(named.uri, own_method(integration), api.id, named.service.host),
        mappings=compile_mappings(integration, api.variables),
        templates=compile_templates(integration.request_templates),
        passthrough=integration.passthrough_behavior,
        reads_body=True,  # to sign it
        content=compile_request_content(api.binary_types, integration.content_handling),
        action_headers=named.action_headers,
    )
    response = compile_responses(integration, api, sends_trace_id=True)
    if not named.invokes_function:
        return Kind(True, transform, ServiceCall(named.service, integration.timeout_in_millis), response)
    selected = FunctionResponse(response.responses, api.variables, sends_trace_id=True)
    return Kind(True, transform, FunctionCall(named.service, integration.timeout_in_millis), selected)


def compile_aws_proxy(integration: Integration, api: Api) -> Kind:
    named = _named(integration, api)
    streams = integration.response_transfer_mode == "STREAM"
    if not (named.streams_function if streams else named.invokes_function):
        how = " with response streaming" if streams else ""
        raise ServiceUriError(f"AWS_PROXY is for the invocation of Lambda functions{how}, not for {integration.uri}")
    if reason := _unfit(integration):
        return misdirected(reason)
    service, millis = named.service, integration.timeout_in_millis
    transform = FunctionRequest(service.origin, service.host, named.uri.target({}), api.id, api.binary_types)
    if streams:
        return Kind(True, transform, StreamCall(service, millis), StreamedReply(), converts=False, streams=True)
    reply = FunctionReply(compile_response_content(api.binary_types, None))
    return Kind(True, transform, FunctionCall(service, millis), reply, converts=False)


def _unfit(integration: Integration) -> str:
    """Why each request to a function fails; empty: none does (behaviours 26, 59)."""
    if integration.http_method != "POST":
        return f"a Lambda function is invoked with POST, not with {integration.http_method}"
    for name in integration.request_parameters:
        if name.removeprefix("integration.request.header.").lower() in FORBIDDEN_TO_MAP["AWS_PROXY"]:
            return f"{name} may not be mapped"
    return ""


def _named(integration: Integration, api: Api) -> _Named:
    """Raises UriError."""
    arn = parse_service_uri(with_stage_variables(integration.uri, api.variables))
    action = sdk.action(arn.service, arn.rest) if arn.kind == "action" else sdk.NO_ACTION
    source = _source(with_stage_variables(integration.credentials, api.variables), arn.region)
    service = Service(arn.service, arn.region, source, action.host_prefix, target=_target(arn, api))
    path = f"/{arn.rest}" if arn.kind == "path" else f"/?Action={arn.rest}"
    if action.version and "integration.request.querystring.Version" not in integration.request_parameters:
        path += f"&Version={action.version}"
    uri = compile_uri(service.url + path, {})
    return _Named(service, uri, bool(arn.function), bool(arn.streamed_function), action.headers)


def _target(arn: ServiceUri, api: Api) -> str:
    """A function is one, whoever invokes it. Elsewhere what may hang is often named by a template alone, as a state
    machine that is waited for: then it is this URI in this API."""
    return arn.function or arn.streamed_function or f"{api.id.decode()} {arn.rest}"


def _source(credentials: str, region: str) -> Source | None:
    """None: the node's own."""
    if credentials and not _ROLE(credentials):
        raise UriError(f"not the ARN of a role: {credentials!r}")
    return role(credentials, region) if credentials else None
