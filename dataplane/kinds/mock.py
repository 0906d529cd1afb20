"""MOCK, compiled."""

from dataplane.integrations import mock
from dataplane.kinds.kind import Api, Kind, any_rendered, compile_responses
from dataplane.snapshot import Integration
from dataplane.steps.templates import compile_templates
from dataplane.steps.transform_request import MockRequest


def compile_mock(integration: Integration, api: Api) -> Kind:
    templates = compile_templates(integration.request_templates)
    response = compile_responses(integration, api, sends_trace_id=False)
    return Kind(
        reads_body=True,  # without a template the body itself is what must name the status
        transform_request=MockRequest(templates, integration.passthrough_behavior, api.variables),
        integrate=mock.call,
        transform_response=response,
        constant=response.constant and not any_rendered(templates),
    )
