"""What differs between two documents of one API, in words. Both are plain values (`snapshot.to_builtins`)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed"]
Document = Mapping[str, Any]

# Members that say how the API as a whole behaves.
_API_MEMBERS = ("name", "apiKeySource", "binaryMediaTypes", "minimumCompressionSize", "policy")
# What absence means, since documents leave out what is as it always is.
_DEFAULTS: dict[str, Any] = {
    "apiKeySource": "HEADER",
    "authorizationType": "NONE",
    "apiKeyRequired": False,
    "validateRequestBody": False,
    "validateRequestParameters": False,
    "integration timeoutInMillis": 29_000,
    "integration passthroughBehavior": "WHEN_NO_MATCH",
    "integration connectionType": "INTERNET",
    "integration insecureSkipVerification": False,
}


@dataclass(frozen=True, slots=True)
class Detail:
    """One value; empty is none."""

    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    kind: Kind
    subject: str  # "GET /pets", "model Pet", "API"
    details: tuple[Detail, ...] = ()


def differences(before: Document, after: Document) -> list[Difference]:
    """From `before` to `after`: methods first, as callers meet them, then what they name, then the API's settings."""
    found = list(_compare(_methods(before), _methods(after)))
    found += _compare(_models(before), _models(after))
    found += _compare(_validators(before), _validators(after))
    found += _compare(_gateway_responses(before), _gateway_responses(after))
    found += _compare(_authorizers(before), _authorizers(after))
    details = _details(_settings(before), _settings(after))
    return [*found, Difference("changed", "API", details)] if details else found


def _methods(document: Document) -> dict[str, dict[str, str]]:
    """Sorted by path, so that one resource's methods stand together."""
    found = {}
    for resource in sorted(document.get("resources", ()), key=lambda resource: str(resource["path"])):
        for method in resource.get("methods", ()):
            found[f"{method['httpMethod']} {resource['path']}"] = dict(_flat(method))
    return found


def _models(document: Document) -> dict[str, dict[str, str]]:
    return {f"model {model['name']}": dict(_flat(model)) for model in document.get("models", ())}


def _validators(document: Document) -> dict[str, dict[str, str]]:
    rows = document.get("requestValidators", ())
    return {f"request validator {row.get('name') or row['id']}": dict(_flat(row)) for row in rows}


def _gateway_responses(document: Document) -> dict[str, dict[str, str]]:
    rows = document.get("gatewayResponses", ())
    return {f"gateway response {row['responseType']}": dict(_flat(row)) for row in rows}


def _authorizers(document: Document) -> dict[str, dict[str, str]]:
    rows = document.get("authorizers", ())
    return {f"authorizer {row.get('name') or row['id']}": dict(_flat(row)) for row in rows}


def _settings(document: Document) -> dict[str, str]:
    return dict(_flat({name: document[name] for name in _API_MEMBERS if name in document}))


def _compare(was: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> Iterator[Difference]:
    for subject in dict.fromkeys([*was, *now]):
        if subject not in now:
            yield Difference("removed", subject)
        elif subject not in was:
            yield Difference("added", subject)
        elif details := _details(was[subject], now[subject]):
            yield Difference("changed", subject, details)


def _details(was: dict[str, str], now: dict[str, str]) -> tuple[Detail, ...]:
    names = dict.fromkeys([*was, *now])
    pairs = ((name, _value(was, name), _value(now, name)) for name in names)
    return tuple(Detail(_words(name), before, after) for name, before, after in pairs if before != after)


def _value(flat: Mapping[str, str], name: str) -> str:
    return flat[name] if name in flat else _text(_DEFAULTS.get(name, ""))


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """`integration uri`, `responses 200 responseTemplates application/json`."""
    for name, inner in value.items():
        path = f"{prefix}{name}"
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{path} ")
        elif name == "responses":
            for response in inner:
                yield from _response(response, f"{path} {response['statusCode']} ")
        elif name != "httpMethod" or prefix:
            yield path, _text(inner)


def _response(response: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    yield prefix.rstrip(), "yes"  # a response that says nothing more is still one
    yield from _flat({name: value for name, value in response.items() if name != "statusCode"}, prefix)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(json.dumps(item) if isinstance(item, Mapping) else str(item) for item in value)
    return "" if value is None else str(value)


def _words(name: str) -> str:
    """`integration timeoutInMillis` is read as “integration timeout in millis”; names that people chose stay."""
    known, *chosen = re.split(r"(?<=Parameters) |(?<=Templates) |(?<=Models) ", name, maxsplit=1)
    return " ".join([re.sub(r"(?<=[a-z])([A-Z])", lambda match: f" {match[1].lower()}", known), *chosen])
