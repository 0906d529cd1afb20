"""What one drawn row may hold, as pure functions that raise BadRequest with AWS's text.

Sources: botocore's `apigateway` model, the developer guide ("important notes", "data mapping reference", "quotas") and
the texts that AWS's users quote. Where AWS's text is not known, the sentence is ours.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from console.core.faults import BadRequest
from dataplane.mapping.javaregex import compile_regex

MAX_TEMPLATE = 300 * 1024  # characters, of one mapping template
MAX_POLICY = 8192
MAX_PATH = 2048
MAX_COMPRESSION_SIZE = 10_485_760
_VERBS = "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"

_PART = re.compile(r"[a-zA-Z0-9._,:-]+|\{[a-zA-Z0-9._,:-]+\+?\}")
_STATUS = re.compile(r"[1-5]\d\d")
_NAME = re.compile(r"[a-zA-Z0-9._$-]+")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.\w+\}")
_URI_PARAMETER = re.compile(r"\{[^{}/?#]+\}")
_ARN = re.compile(r"arn:aws[a-z-]*:apigateway:[^:]*:[^:]+:(?P<target>.+)", re.DOTALL)
_REQUEST_PARAMETER = re.compile(r"method\.request\.(?:path|querystring|header)\.(?P<name>.+)")
_RESPONSE_PARAMETER = re.compile(r"method\.response\.header\.(?P<name>.+)")
_TO_INTEGRATION = re.compile(r"integration\.request\.(?:path|querystring|header)\.(?P<name>.+)")
_ANYWHERE = r"stageVariables\.\w+|context\.[\w.$-]+|'[^']*'"
_REQUEST_SOURCE = re.compile(
    r"method\.request\.(?P<multi>multivalue)?(?P<place>path|querystring|header)\.(?P<name>[a-zA-Z0-9._$-]+)"
    rf"|method\.request\.body(?:\..+)?|{_ANYWHERE}",
    re.DOTALL,
)
_RESPONSE_SOURCE = re.compile(
    r"integration\.response\.(?:multivalue)?header\.[a-zA-Z0-9._$-]+"
    rf"|integration\.response\.body(?:\..+)?|{_ANYWHERE}",
    re.DOTALL,
)


def path_part(part: str) -> None:
    if not part:
        raise BadRequest("Resource's path part must be specified", field="pathPart")
    if not _PART.fullmatch(part):
        raise BadRequest(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end.",
            field="pathPart",
        )


def path(whole: str) -> None:
    if len(whole) > MAX_PATH:
        raise BadRequest(f"Resource's path is longer than {MAX_PATH} characters", field="pathPart")


def is_variable(part: str) -> bool:
    return part.startswith("{")


def is_greedy(part: str) -> bool:
    return part.endswith("+}")


def http_method(verb: str) -> None:
    if verb not in _VERBS.split(","):
        raise BadRequest(f"Invalid HttpMethod specified. Valid options are {_VERBS}", field="httpMethod")


def status_code(status: str) -> None:
    if not _STATUS.fullmatch(status):
        raise BadRequest("Invalid status code specified. It must be from 100 to 599", field="statusCode")


def compression_size(size: int | None) -> None:
    if size is not None and not 0 <= size <= MAX_COMPRESSION_SIZE:
        raise BadRequest(
            f"Invalid minimum compression size, must be between 0 and {MAX_COMPRESSION_SIZE}",
            field="minimumCompressionSize",
        )


def endpoint_types(types: Sequence[str]) -> None:
    if len(types) != 1:
        raise BadRequest("Cannot create an API with multiple Endpoint Types.", field="endpointConfiguration")


def binary_media_types(types: Sequence[str]) -> None:
    if len(set(types)) != len(types) or not all(types):
        raise BadRequest("Invalid binary media types specified: each is named once", field="binaryMediaTypes")


def policy(text: str) -> None:
    if not text:
        return
    if len(text) > MAX_POLICY or not isinstance(json_value(text), dict):
        raise BadRequest(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
            field="policy",
        )


def tags(given: Mapping[str, str]) -> None:
    if len(given) > 50:
        raise BadRequest("At most 50 tags are allowed", field="tags")
    for key, value in given.items():
        if not 1 <= len(key) <= 128 or key.startswith("aws:") or len(value) > 256:
            raise BadRequest(f"Invalid tag specified: {key}", field="tags")


def json_value(text: str) -> Any:
    """The value of a JSON text; None when it is not one (JSON's own null is no use to any caller)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def integration_target(kind: str, verb: str, uri: str) -> None:
    if kind == "MOCK":
        return
    if not verb:
        raise BadRequest("Enumeration value for HttpMethod must be non-empty", field="integrationHttpMethod")
    if kind in ("HTTP", "HTTP_PROXY"):
        _http_endpoint(uri)
    elif kind in ("AWS", "AWS_PROXY"):
        _service_arn(uri)
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


def _service_arn(uri: str) -> None:
    match = _ARN.fullmatch(uri)
    if not match:
        raise BadRequest("Invalid ARN specified in the request", field="uri")
    if not match["target"].startswith(("path/", "action/")):
        raise BadRequest("AWS ARN for integration must contain path or action", field="uri")


def timeout(millis: int) -> None:
    if not 50 <= millis <= 29_000:
        raise BadRequest("Timeout should be between 50 ms and 29000 ms", field="timeoutInMillis")


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


def request_parameters(declared: Mapping[str, bool]) -> None:
    _refuse(_name_errors(_REQUEST_PARAMETER, declared), field="requestParameters")


def response_parameters(declared: Mapping[str, bool]) -> None:
    _refuse(_name_errors(_RESPONSE_PARAMETER, declared), field="responseParameters")


def request_mappings(mappings: Mapping[str, str], *, declared: Mapping[str, bool]) -> None:
    """`integration.request.*` from what the method declares, the body, the context, a stage variable or a literal."""
    errors = _name_errors(_TO_INTEGRATION, mappings)
    for source in mappings.values():
        match = _REQUEST_SOURCE.fullmatch(source)
        if not match:
            errors.append(f"Invalid mapping expression specified: {source}")
        elif match["place"] and f"method.request.{match['place']}.{match['name']}" not in declared:
            errors.append(f"Invalid mapping expression parameter specified: {source}")
    _refuse(errors, field="requestParameters")


def response_mappings(mappings: Mapping[str, str], *, declared: Mapping[str, bool] | None) -> None:
    """`method.response.header.*`, each declared by the method response of the same status; None when there is none."""
    if mappings and declared is None:
        _refuse(["No method response exists for method."], field="responseParameters")
    errors = _name_errors(_RESPONSE_PARAMETER, mappings)
    for target, source in mappings.items():
        if not _RESPONSE_SOURCE.fullmatch(source):
            errors.append(f"Invalid mapping expression specified: {source}")
        elif target not in (declared or ()):
            errors.append(f"Invalid mapping expression parameter specified: {target}")
    _refuse(errors, field="responseParameters")


def cache_key_parameters(keys: Iterable[str], *, declared: Mapping[str, bool]) -> None:
    for key in keys:
        if key not in declared:
            raise BadRequest(f"Invalid cache key parameter specified: {key}", field="cacheKeyParameters")


def _name_errors(pattern: re.Pattern[str], keys: Iterable[str]) -> list[str]:
    errors = []
    for key in keys:
        match = pattern.fullmatch(key)
        if not match:
            errors.append(f"Invalid mapping expression specified: {key}")
        elif not _NAME.fullmatch(match["name"]):
            errors.append("Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$")
    return errors


def _refuse(errors: list[str], *, field: str) -> None:
    if errors:
        raise BadRequest(
            f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{', '.join(errors)}]",
            field=field,
        )


def model_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise BadRequest(f"Model name must be alphanumeric: {name}", field="name")


def schema(text: str) -> None:
    if text and not isinstance(json_value(text), dict):
        raise BadRequest(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]",
            field="schema",
        )
