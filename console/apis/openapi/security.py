"""An operation's `security` to API keys and authorization types.

Only what an operation says counts: AWS does not use the document's own `security` (developer guide, important notes).
What has no authorizer is drawn closed, never open: its authorization type refuses every request.
"""

from dataclasses import dataclass
from typing import Any

from console.apis.drawing import AuthorizerDraft, MethodDraft
from console.apis.models import AUTHORIZERS_OF
from console.apis.openapi.authorizers import AUTHORIZER, AUTHTYPE, read_authorizer
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

__all__ = ["AUTH", "AUTHORIZER", "AUTHTYPE", "Scheme", "read_schemes", "read_security"]

AUTH = "x-amazon-apigateway-auth"


@dataclass(frozen=True, slots=True)
class Scheme:
    kind: str  # API_KEY, AWS_IAM, CUSTOM, COGNITO_USER_POOLS, or "" for what API Gateway does not enforce
    pointer: Pointer
    authorizer: AuthorizerDraft | None = None


def read_schemes(source: Source) -> dict[str, Scheme]:
    schemes = {}
    for name, value in source.section(source.security_schemes_at).items():
        pointer = (*source.security_schemes_at, name)
        given, at = source.resolve(value, pointer)
        if isinstance(given, dict):
            schemes[name] = _scheme(source, name, given, pointer, at)
            _say(source, name, schemes[name])
        elif given is not None:
            source.report.error(pointer, "A security scheme must be an object")
    return schemes


def _scheme(source: Source, name: str, given: dict[str, Any], pointer: Pointer, at: Pointer) -> Scheme:
    authtype = source.member(given, AUTHTYPE, str, "", at).lower()
    if AUTHORIZER in given:
        authorizer = read_authorizer(source, name, given, at)
        kind = authorizer.type if authorizer is not None else ""
        return Scheme(kind if kind in AUTHORIZERS_OF else "CUSTOM", pointer, authorizer)
    if authtype in ("custom", "cognito_user_pools"):
        return Scheme(authtype.upper(), pointer)
    if authtype == "awssigv4":
        return Scheme("AWS_IAM", pointer)
    named = source.member(given, "name", str, "", at).lower()
    is_key = (given.get("type"), given.get("in"), named) == ("apiKey", "header", "x-api-key")
    return Scheme("API_KEY" if is_key else "", pointer)


def _say(source: Source, name: str, scheme: Scheme) -> None:
    if scheme.authorizer is not None:
        source.report.taken(scheme.pointer, f"Taken as authorizer '{name}' ({scheme.authorizer.type})")
    elif scheme.kind == "API_KEY":
        source.report.taken(scheme.pointer, f"Methods that name '{name}' require an API key")
    elif scheme.kind == "AWS_IAM":
        source.report.taken(scheme.pointer, f"Methods that name '{name}' require AWS_IAM authorization")
    elif scheme.kind:
        source.report.approximated(
            scheme.pointer,
            f"No authorizer of a REST API is said for '{name}': methods that name it stay closed ({scheme.kind}) "
            "unless the API has an authorizer of this name",
            warn=True,
        )
    else:
        source.report.ignored(scheme.pointer, f"Security scheme '{name}' is not one that API Gateway enforces")


def read_security(
    source: Source, schemes: dict[str, Scheme], operation: dict[str, Any], draft: MethodDraft, pointer: Pointer
) -> None:
    for index, requirement in enumerate(source.member(operation, "security", list, [], pointer)):
        here = (*pointer, "security", str(index))
        if not isinstance(requirement, dict):
            source.report.error(here, "A security requirement must be an object")
            continue
        for name, scopes in requirement.items():
            _require(source, schemes.get(name), name, scopes, draft, here)
    auth = source.member(operation, AUTH, dict, {}, pointer)
    if str(auth.get("type")).upper() == "AWS_IAM":
        draft.authorization_type = "AWS_IAM"


def _require(source: Source, scheme: Scheme | None, name: str, scopes: Any, draft: MethodDraft, here: Pointer) -> None:
    if scheme is None:
        source.report.ignored(here, f"Security scheme '{name}' not found. Ignoring.", warn=True)
    elif scheme.kind == "API_KEY":
        draft.api_key_required = True
    elif scheme.kind:
        draft.authorization_type = scheme.kind
        draft.authorizer = name
        draft.authorization_scopes = [str(scope) for scope in scopes] if isinstance(scopes, list) else []
    else:
        source.report.ignored(
            here, f"'{name}' is not enforced: the method is open to those who need no more than this", warn=True
        )
