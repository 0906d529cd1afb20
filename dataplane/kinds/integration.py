"""Each type of integration and what compiles it."""

from collections.abc import Callable
from typing import Final

from dataplane.kinds.aws import compile_aws, compile_aws_proxy
from dataplane.kinds.http import compile_http, compile_http_proxy
from dataplane.kinds.kind import Api, Kind, misdirected
from dataplane.kinds.mock import compile_mock
from dataplane.mapping.uri import UriError
from dataplane.snapshot import Integration, IntegrationType

_KINDS: Final[dict[IntegrationType, Callable[[Integration, Api], Kind]]] = {
    "AWS": compile_aws,
    "AWS_PROXY": compile_aws_proxy,
    "HTTP": compile_http,
    "HTTP_PROXY": compile_http_proxy,
    "MOCK": compile_mock,
}


def compile_integration(integration: Integration, api: Api) -> Kind:
    """An endpoint that the stage's variables make illegal is its own method's failure, as on AWS, not the stage's.
    Raises UriError, MappingError, TemplateError, re.error. Reads files: not on the event loop."""
    try:
        return _KINDS[integration.type](integration, api)
    except UriError as error:
        if "${stageVariables." not in integration.uri + integration.credentials:
            raise
        return misdirected(str(error))
