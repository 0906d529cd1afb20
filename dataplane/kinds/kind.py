"""What the types of integrations have in common when a method is compiled."""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Protocol

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.integrations import mock
from dataplane.mapping.javaregex import compile_regex
from dataplane.mapping.parameters import RequestMapping, compile_request_parameters, compile_response_parameters
from dataplane.mapping.vtl import Template
from dataplane.plan import Integrate, IntegrationRequest, TransformRequest, TransformResponse
from dataplane.snapshot import Integration, IntegrationResponse
from dataplane.steps.compression import Compression
from dataplane.steps.content import BinaryTypes, compile_response_content
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import Mappings, PathMappings
from dataplane.steps.transform_response import MappedResponse, ProxyResponse, Selected


class Api(Protocol):
    """What the methods of one document share."""

    @property
    def id(self) -> bytes: ...
    @property
    def variables(self) -> dict[str, str]: ...
    @property
    def binary_types(self) -> BinaryTypes | None: ...
    @property
    def compression(self) -> Compression | None: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type of integration makes of its part of a plan."""

    reads_body: bool
    transform_request: TransformRequest
    integrate: Integrate
    transform_response: TransformResponse
    constant: bool = False  # the same bytes for the same media types
    converts: bool = True  # bodies, as its content handling says
    streams: bool = False  # the answer passes as it comes: neither cached nor compressed


def misdirected(reason: str) -> Kind:
    """Each request fails: there is nothing that it could be sent to."""

    def refuse(exchange: Exchange) -> IntegrationRequest:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=reason)

    return Kind(False, refuse, mock.call, ProxyResponse())


def own_method(integration: Integration) -> str:
    """Empty: the client's."""
    return "" if integration.http_method == "ANY" else intern(integration.http_method)


def compile_mappings(integration: Integration, variables: dict[str, str]) -> Mappings | PathMappings:
    mapping = integration.request_parameters
    parameters = _compile_mapping(tuple(mapping.items()))
    if isinstance(parameters, RequestMapping):
        return Mappings(parameters, _uses(mapping, "context."), variables)
    return PathMappings(parameters, variables)


@lru_cache(maxsize=1024)  # methods of many APIs map alike: compiled once, and held once
def _compile_mapping(mapping: tuple[tuple[str, str], ...]) -> RequestMapping | tuple[tuple[str, str], ...]:
    """Of path values alone, their names at the backend and here. Raises MappingError."""
    parameters = compile_request_parameters(dict(mapping))
    to, source = "integration.request.path.", "method.request.path."
    if parameters is None or all(key.startswith(to) and value.startswith(source) for key, value in mapping):
        return tuple((intern(key.removeprefix(to)), intern(value.removeprefix(source))) for key, value in mapping)
    return parameters


def maps_body(integration: Integration) -> bool:
    return _uses(integration.request_parameters, "method.request.body")


def any_rendered(templates: dict[str, Template]) -> bool:
    return any(template.constant is None for template in templates.values())


def compile_responses(integration: Integration, api: Api, *, sends_trace_id: bool) -> MappedResponse:
    responses = tuple(_selected(response, api) for response in integration.responses)
    return MappedResponse(responses, api.variables, sends_trace_id)


def _selected(response: IntegrationResponse, api: Api) -> Selected:
    mapping = response.response_parameters
    templates = compile_templates(response.response_templates)
    return Selected(
        status=int(response.status_code),
        pattern=compile_regex(response.selection_pattern) if response.selection_pattern else None,
        parameters=compile_response_parameters(mapping),
        literal=all(source.startswith("'") for source in mapping.values()),
        uses_context=_uses(mapping, "context."),
        templates=templates,
        reads_body=_uses(mapping, "integration.response.body") or any_rendered(templates),
        content=compile_response_content(api.binary_types, response.content_handling),
    )


def _uses(mapping: dict[str, str], source: str) -> bool:
    return any(value.startswith(source) for value in mapping.values())
