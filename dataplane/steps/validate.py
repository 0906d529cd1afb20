"""Request validation: required parameters, and the body against its model, before any backend is called.

Models are JSON Schema draft 4 and refer to each other by AWS's URL, in circles if they like. What is wrong is told in
the words of AWS, whose validator is json-schema-validator for Java. Source: developer guide, "Enable request validation
in API Gateway"; behaviours 50-53.
"""

import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from jsonschema_rs import Draft4Validator, ReferencingError, ValidationError, ValidationErrorKind

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.mapping.parameters import RequestParams
from dataplane.snapshot import ApiDocument, Method
from dataplane.steps.scope import first_header, request_params
from dataplane.steps.templates import media_type

_URL: Final = "https://apigateway.amazonaws.com/restapis/{}/models/{}"
_MODEL: Final = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/]+/models/([A-Za-z0-9]+)")
_PARAMETER: Final = re.compile(r"method\.request\.(path|querystring|header)\.(.+)", re.DOTALL)
_MOST_ERRORS: Final = 20  # told of one body


class ModelError(ValueError):
    """A schema that no body can be validated against; the text names the model."""


class Models:
    """The models of one document, each compiled when a method's validator first asks for it."""

    def __init__(self, document: ApiDocument) -> None:
        self._api_id = document.api_id
        self._sources = {model.name: model.schema for model in document.models}
        self._compiled: dict[str, Draft4Validator] = {}

    def validator(self, name: str) -> Draft4Validator:
        """Raises ModelError."""
        if name not in self._compiled:
            self._compiled[name] = self._compile(name)
        return self._compiled[name]

    def _compile(self, name: str) -> Draft4Validator:
        schema = self._schema(name)
        own = _URL.format(self._api_id, name)
        try:
            return Draft4Validator(schema, base_uri=own, retriever=self._retrieve, validate_formats=False)
        except (ValidationError, ReferencingError, ValueError) as error:
            raise ModelError(f"model {name}: {str(error).partition(chr(10))[0]}") from error

    def _schema(self, name: str) -> Any:
        try:
            schema = json.loads(self._sources[name] or "{}")
        except KeyError:
            raise ModelError(f"model {name}: there is no such model") from None
        except ValueError as error:
            raise ModelError(f"model {name}: not JSON: {error}") from error
        if not isinstance(schema, dict):
            raise ModelError(f"model {name}: a schema is a JSON object")
        return {key: value for key, value in schema.items() if key not in ("$schema", "id")}

    def _retrieve(self, uri: str) -> Any:
        """Whichever API a reference names, its models are those of this document: it may have been imported."""
        found = _MODEL.fullmatch(uri)
        if found is None:
            raise ModelError(f"{uri} is not a model of an API")
        return self._schema(found[1])


@dataclass(frozen=True, slots=True)
class Validation:
    """What one method asks of its requests."""

    required: tuple[tuple[str, str], ...]  # ("querystring", "q1"), in the order of their mapping keys
    models: dict[str, Draft4Validator] | None  # by content type; None: bodies are not looked at

    @property
    def reads_body(self) -> bool:
        return self.models is not None

    def __call__(self, exchange: Exchange) -> None:
        """Raises GatewayFault."""
        if self.required:
            params = request_params(exchange)
            missing = [name for place, name in self.required if not _is_given(params, place, name)]
            if missing:
                text = f"Missing required request parameters: [{', '.join(missing)}]"
                raise GatewayFault("BAD_REQUEST_PARAMETERS", text, validation=text)
        if self.models is not None:
            self._check_body(exchange, self.models)

    def _check_body(self, exchange: Exchange, models: dict[str, Draft4Validator]) -> None:
        kind = media_type(first_header(exchange.headers, b"content-type"))
        model = models.get(kind) or models.get("$default")
        if model is None:
            return
        try:
            body = msgspec.json.decode(exchange.request_body or b"{}")
            if model.is_valid(body):
                return
            found = ", ".join(_told(model.iter_errors(body)))
        except (ValueError, RecursionError):  # no JSON, or nested deeper than a validator goes
            found = "Unknown error parsing request body"
        text = f"Request body does not match model schema for content type {kind}: [{found}]"
        raise GatewayFault("BAD_REQUEST_BODY", detail=text, validation=f"[{found}]")


def compile_validation(document: ApiDocument, method: Method, models: Models) -> Validation | None:
    """None where nothing is asked. Raises ModelError."""
    validator = next((each for each in document.request_validators if each.id == method.request_validator_id), None)
    if validator is None:
        return None
    required = _required(method.request_parameters) if validator.validate_request_parameters else ()
    by_type = None
    if validator.validate_request_body and method.request_models:
        by_type = {kind.strip().lower(): models.validator(name) for kind, name in method.request_models.items()}
    return Validation(required, by_type) if required or by_type else None


def _required(parameters: dict[str, bool]) -> tuple[tuple[str, str], ...]:
    matches = (_PARAMETER.fullmatch(key) for key, needed in sorted(parameters.items()) if needed)
    return tuple((found[1], found[2]) for found in matches if found)


def _is_given(params: RequestParams, place: str, name: str) -> bool:
    """Included and not blank."""
    if place == "path":
        return bool(params.path.get(name))
    values = params.querystring if place == "querystring" else params.header
    return any(value.strip() for value in values.get(name, ()))


# the words of json-schema-validator


def _told(errors: Iterable[ValidationError]) -> list[str]:
    texts: list[str] = []
    missing: dict[tuple[str | int, ...], list[str]] = {}
    for error in itertools.islice(errors, _MOST_ERRORS):
        if isinstance(error.kind, ValidationErrorKind.Required):
            missing.setdefault(tuple(error.instance_path), []).append(str(error.kind.property).strip('"'))
        else:
            texts.append(_text(error))
    return [f"object has missing required properties ({_listed(names)})" for names in missing.values()] + texts


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(names), separators=(",", ":"))


def _text(error: ValidationError) -> str:
    kind, value = error.kind, error.instance
    if isinstance(kind, ValidationErrorKind.Type):
        allowed = f"(allowed: {_listed(kind.types)})"
        return f"instance type ({_type_name(value)}) does not match any allowed primitive type {allowed}"
    if isinstance(kind, ValidationErrorKind.Enum):
        possible = ",".join(_json(option) for option in kind.options)
        return f"instance value ({_json(value)}) not found in enum (possible values: [{possible}])"
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        return f"object instance has properties which are not allowed by the schema: {_listed(kind.unexpected)}"
    return _text_of_limit(kind, value) or str(error.message)


def _text_of_limit(kind: ValidationErrorKind, value: Any) -> str:
    if isinstance(kind, ValidationErrorKind.Maximum):
        return f"numeric instance is greater than the required maximum (maximum: {kind.limit}, found: {value})"
    if isinstance(kind, ValidationErrorKind.Minimum):
        return f"numeric instance is lower than the required minimum (minimum: {kind.limit}, found: {value})"
    if isinstance(kind, ValidationErrorKind.MinLength):
        return f'string "{value}" is too short (length: {len(value)}, required minimum: {kind.limit})'
    if isinstance(kind, ValidationErrorKind.MaxLength):
        return f'string "{value}" is too long (length: {len(value)}, maximum allowed: {kind.limit})'
    if isinstance(kind, ValidationErrorKind.Pattern):
        return f'ECMA 262 regex "{kind.pattern}" does not match input string "{value}"'
    if isinstance(kind, ValidationErrorKind.MinItems):
        return f"array is too short: must have at least {kind.limit} elements but instance has {len(value)} elements"
    if isinstance(kind, ValidationErrorKind.MaxItems):
        return f"array is too long: must have at most {kind.limit} elements but instance has {len(value)} elements"
    return ""


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names: tuple[tuple[type, str], ...] = (
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (dict, "object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)
