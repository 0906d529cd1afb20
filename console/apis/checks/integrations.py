"""Integrations and their responses."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from console.core.faults import BadRequest
from dataplane.mapping.javaregex import compile_regex
from dataplane.mapping.service_uri import ServiceUriError, parse_service_uri

TRANSFER_MODES = ("BUFFERED", "STREAM")
MAX_TEMPLATE = 300 * 1024  # characters, of one mapping template
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.\w+\}")
_URI_PARAMETER = re.compile(r"\{[^{}/?#]+\}")
_ARN = re.compile(r"arn:aws[a-z-]*:apigateway:(?P<region>[^:]*):[^:]+:(?P<target>.+)", re.DOTALL)
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_CREDENTIALS = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}:role/\S+|\*:user/\*)")


def integration_target(kind: str, verb: str, uri: str, credentials: str) -> None:
    if kind == "MOCK":
        return
    if not verb:
        raise BadRequest("Enumeration value for HttpMethod must be non-empty", field="integrationHttpMethod")
    if kind in ("HTTP", "HTTP_PROXY"):
        _http_endpoint(uri)
    elif kind in ("AWS", "AWS_PROXY"):
        _service_arn(kind, uri)
        _credentials(credentials)
    else:
        raise BadRequest(f"Invalid integration type specified: {kind}", field="type")


def _http_endpoint(uri: str) -> None:
    # A digit stands in for what is only known when a request comes: legal in a host, a port, a path and a query.
    filled = _URI_PARAMETER.sub("1", _STAGE_VARIABLE.sub("1", uri))
    try:
        parts = urlsplit(filled)
        ok = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        ok = False
    if not ok or any(character.isspace() for character in uri):
        raise BadRequest("Invalid HTTP endpoint specified for URI", field="uri")


def _service_arn(kind: str, uri: str) -> None:
    match = _ARN.fullmatch(uri)
    if not match or not (_STAGE_VARIABLE.search(match["region"]) or _REGION.fullmatch(match["region"])):
        raise BadRequest("Invalid ARN specified in the request", field="uri")
    if not match["target"].startswith(("path/", "action/")):
        raise BadRequest("AWS ARN for integration must contain path or action", field="uri")
    try:
        parts = parse_service_uri(_STAGE_VARIABLE.sub("1", uri))
    except ServiceUriError:
        raise BadRequest("Invalid ARN specified in the request", field="uri") from None
    if kind == "AWS_PROXY" and not (parts.function or parts.streamed_function):
        raise BadRequest(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            field="uri",
        )


def _credentials(arn: str) -> None:
    """A role, or (which no deployment takes) the caller."""
    if arn and not _CREDENTIALS.fullmatch(_STAGE_VARIABLE.sub("0" * 12, arn)):
        raise BadRequest("Invalid ARN specified in the request", field="credentials")


def transfer(kind: str, mode: str, millis: int, uri: str) -> None:
    """How an answer comes back, and how long that may take. Source: developer guide, "Stream the integration response
    for your proxy integrations"."""
    if mode not in TRANSFER_MODES:
        raise BadRequest("Invalid response transfer mode specified", field="responseTransferMode")
    if mode == "STREAM" and kind not in ("HTTP_PROXY", "AWS_PROXY"):
        raise BadRequest("responseTransferMode STREAM is for proxy integrations only", field="responseTransferMode")
    if kind == "AWS_PROXY" and uri.rstrip("/").endswith("/response-streaming-invocations") != (mode == "STREAM"):
        raise BadRequest(
            "A URI of response-streaming-invocations, and no other, goes with responseTransferMode STREAM",
            field="responseTransferMode",
        )
    most = 900_000 if mode == "STREAM" else 29_000
    if not 50 <= millis <= most:
        raise BadRequest(f"Timeout should be between 50 ms and {most} ms", field="timeoutInMillis")


def connection(kind: str, connection_id: str) -> None:
    if kind == "VPC_LINK" and not connection_id:
        raise BadRequest("A connectionId is required when connectionType is VPC_LINK", field="connectionId")


def templates(given: Mapping[str, str]) -> None:
    for content_type, template in given.items():
        if template is not None and len(template) > MAX_TEMPLATE:
            raise BadRequest(
                f"The mapping template for {content_type} is larger than 300 KB", field=f"templates/{content_type}"
            )


def selection_pattern(pattern: str) -> None:
    try:
        compile_regex(pattern)
    except (re.error, RecursionError, OverflowError):
        raise BadRequest("Invalid selection pattern specified in request", field="selectionPattern") from None
