"""URIs of AWS integrations: `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}`.

Source: botocore, PutIntegration `uri`; developer guide, "x-amazon-apigateway-integration object".
"""

import re
from dataclasses import dataclass

from dataplane.mapping.uri import UriError

_URI = re.compile(
    r"arn:aws[a-z-]*:apigateway:(?P<region>[a-z0-9-]+):(?P<service>[A-Za-z0-9._-]+):(?P<kind>path|action)/(?P<rest>.*)",
    re.DOTALL,
)
_FUNCTION = re.compile(r"2015-03-31/functions/(?P<function>[^/?#]+)/invocations/?", re.DOTALL)
_STREAMED = re.compile(r"2021-11-15/functions/(?P<function>[^/?#]+)/response-streaming-invocations/?", re.DOTALL)


class ServiceUriError(UriError):
    """Text that is not the URI of an AWS service."""


@dataclass(frozen=True, slots=True)
class ServiceUri:
    region: str
    service: str  # "sqs", "bucket.s3"
    kind: str  # "path" or "action"
    rest: str  # what follows "path/" or "action/"

    @property
    def function(self) -> str:
        """The Lambda function that is invoked (an ARN or a name, with or without a qualifier); empty: none is."""
        return self._function(_FUNCTION)

    @property
    def streamed_function(self) -> str:
        """The one that is invoked with response streaming; empty: none is."""
        return self._function(_STREAMED)

    def _function(self, pattern: re.Pattern[str]) -> str:
        found = pattern.fullmatch(self.rest) if self.service == "lambda" and self.kind == "path" else None
        return found["function"] if found else ""


def parse_service_uri(uri: str) -> ServiceUri:
    """Stage variables are filled in before. Raises ServiceUriError."""
    found = _URI.fullmatch(uri.strip())
    if found is None:
        raise ServiceUriError(f"not the ARN of an AWS service: {uri!r}")
    return ServiceUri(**found.groupdict())
