"""Mapping expressions: from where a value may come, and where it may go."""

import re
from collections.abc import Iterable, Mapping

from console.core.faults import BadRequest

_NAME = re.compile(r"[a-zA-Z0-9._$-]+")
RESPONSE_PARAMETER = re.compile(r"method\.response\.header\.(?P<name>.+)")
_TO_INTEGRATION = re.compile(r"integration\.request\.(?:path|querystring|header)\.(?P<name>.+)")
ANYWHERE = r"stageVariables\.\w+|context\.[\w.$-]+|'[^']*'"
_REQUEST_SOURCE = re.compile(
    r"method\.request\.(?P<multi>multivalue)?(?P<place>path|querystring|header)\.(?P<name>[a-zA-Z0-9._$-]+)"
    rf"|method\.request\.body(?:\..+)?|{ANYWHERE}",
    re.DOTALL,
)
_RESPONSE_SOURCE = re.compile(
    r"integration\.response\.(?:multivalue)?header\.[a-zA-Z0-9._$-]+"
    rf"|integration\.response\.body(?:\..+)?|{ANYWHERE}",
    re.DOTALL,
)


def request_mappings(mappings: Mapping[str, str], *, declared: Mapping[str, bool]) -> None:
    """`integration.request.*` from what the method declares, the body, the context, a stage variable or a literal."""
    errors = name_errors(_TO_INTEGRATION, mappings)
    for source in mappings.values():
        match = _REQUEST_SOURCE.fullmatch(source)
        if not match:
            errors.append(f"Invalid mapping expression specified: {source}")
        elif match["place"] and f"method.request.{match['place']}.{match['name']}" not in declared:
            errors.append(f"Invalid mapping expression parameter specified: {source}")
    refuse(errors, field="requestParameters")


def response_mappings(mappings: Mapping[str, str], *, declared: Mapping[str, bool] | None) -> None:
    """`method.response.header.*`, each declared by the method response of the same status; None when there is none."""
    if mappings and declared is None:
        refuse(["No method response exists for method."], field="responseParameters")
    errors = name_errors(RESPONSE_PARAMETER, mappings)
    for target, source in mappings.items():
        if not _RESPONSE_SOURCE.fullmatch(source):
            errors.append(f"Invalid mapping expression specified: {source}")
        elif target not in (declared or ()):
            errors.append(f"Invalid mapping expression parameter specified: {target}")
    refuse(errors, field="responseParameters")


def cache_key_parameters(keys: Iterable[str], *, declared: Mapping[str, bool]) -> None:
    for key in keys:
        if key not in declared:
            raise BadRequest(f"Invalid cache key parameter specified: {key}", field="cacheKeyParameters")


def name_errors(pattern: re.Pattern[str], keys: Iterable[str]) -> list[str]:
    errors = []
    for key in keys:
        match = pattern.fullmatch(key)
        if not match:
            errors.append(f"Invalid mapping expression specified: {key}")
        elif not _NAME.fullmatch(match["name"]):
            errors.append("Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$")
    return errors


def refuse(errors: list[str], *, field: str) -> None:
    if errors:
        raise BadRequest(
            f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{', '.join(errors)}]",
            field=field,
        )
