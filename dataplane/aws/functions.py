"""Lambda functions, invoked through the Lambda API.

Source: botocore, lambda `Invoke`: the function's own error is an answer (`X-Amz-Function-Error`), the API's is a fault.
"""

import contextlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec

from dataplane.aws.credentials import Source
from dataplane.aws.faults import AccessDenied, ApiError, NoSuchFunction, Throttled
from dataplane.aws.service import Service
from dataplane.exchange import Headers
from dataplane.mapping.service_uri import ServiceUriError, parse_service_uri
from dataplane.plan import Answer

_JSON: Final = (b"Content-Type", b"application/json")
_DENIED: Final = frozenset(("AccessDeniedException", "AccessDenied", "UnrecognizedClientException"))


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a function returned, or the error it ended in."""

    status: int  # 200; 202 of an asynchronous invocation, 204 of a dry run
    function_error: str  # "Unhandled", "Handled"; empty: it returned
    payload: bytes
    headers: Headers  # of the API's answer


class LambdaFunction:
    """Made when a snapshot is compiled, once per integration or authorizer."""

    __slots__ = ("_service", "_target")

    def __init__(self, function: str, region: str, source: Source | None = None) -> None:
        """`function`: its ARN, which may end in a version or an alias. Raises UriError. Not on the event loop."""
        self._service = Service("lambda", region, source, target=function)
        self._target = self._service.base + f"/2015-03-31/functions/{quote(function, '')}/invocations".encode()

    async def invoke(
        self,
        payload: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # no task, so no asyncio.timeout: deadlines that the loop's timers watch
        headers: Headers | None = None,
    ) -> Invocation:
        """`timeout`: seconds until the last byte. Raises NoCredentials, AccessDenied, NoSuchFunction, Throttled,
        ApiError; UpstreamTimeout, UpstreamUnreachable, UpstreamBroken."""
        sent: Headers = [(b"Host", self._service.host), _JSON, *(headers or ())]
        answer = await self._service.send(b"POST", self._target, sent, payload, timeout=timeout)
        body = await returned(answer)
        return Invocation(answer.status, function_error(answer.headers), body, answer.headers)


def function_of(uri: str, source: Source | None = None) -> LambdaFunction:
    """By the URI of an integration or an authorizer. Raises ServiceUriError, UriError. Not on the event loop."""
    parts = parse_service_uri(uri)
    if not parts.function:
        raise ServiceUriError(f"not the invocation of a Lambda function: {uri!r}")
    return LambdaFunction(parts.function, parts.region, source)


async def returned(answer: Answer) -> bytes:
    """The payload of an answer of the API, whole. Raises ApiError where it refused; UpstreamFault."""
    body = await answer.body.read()
    if not 200 <= answer.status < 300:
        raise _refusal(answer, body)
    return body


def function_error(headers: Headers) -> str:
    return _header(headers, b"x-amz-function-error")


def _refusal(answer: Answer, body: bytes) -> ApiError:
    code = _header(answer.headers, b"x-amzn-errortype").partition(":")[0] or "ServiceException"
    message = _message(body)
    kind = ApiError
    if answer.status == 403 or code in _DENIED:
        kind = AccessDenied
    elif code == "ResourceNotFoundException":
        kind = NoSuchFunction
    elif answer.status == 429:
        kind = Throttled
    return kind(answer.status, code, message)


def _message(body: bytes) -> str:
    document: Any = None
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        document = msgspec.json.decode(body)
    if not isinstance(document, dict):
        return body[:200].decode("utf-8", "replace")
    return str(document.get("Message") or document.get("message") or "")


def _header(headers: Headers, name: bytes) -> str:
    for key, value in headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""
