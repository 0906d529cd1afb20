"""`x-amazon-apigateway-authorizer` of a security scheme. Source: developer guide, the page of that name."""

from typing import Any

from console.apis import checks
from console.apis.drawing import AuthorizerDraft
from console.apis.models import AUTHORIZER_TYPES
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
# Of a scheme whose authorizer looks elsewhere than at one header or query parameter.
_UNUSED = "unused"
_PLACES = {"header": "header", "query": "querystring"}


def read_authorizer(source: Source, name: str, scheme: dict[str, Any], at: Pointer) -> AuthorizerDraft | None:
    """None for one that is not of a REST API."""
    given = source.member(scheme, AUTHORIZER, dict, {}, at)
    here = (*at, AUTHORIZER)
    authtype = source.member(scheme, AUTHTYPE, str, "", at)
    kind = source.member(given, "type", str, authtype, here).upper()
    jwt = source.member(given, "jwtConfiguration", dict, {}, here)
    if kind not in AUTHORIZER_TYPES or (kind == "JWT" and "issuers" not in jwt):
        return None  # an HTTP API's has one issuer and nothing of a REST API's

    def text(member: str) -> str:
        return source.member(given, member, str, "", here)

    arns = source.member(given, "providerARNs", list, [], here)
    return AuthorizerDraft(
        name=name,
        type=kind,
        provider_arns=[str(arn) for arn in arns],
        auth_type=authtype,
        authorizer_uri=text("authorizerUri"),
        authorizer_credentials=text("authorizerCredentials"),
        identity_source=text("identitySource") or _of_scheme(source, scheme, at),
        identity_validation_expression=text("identityValidationExpression"),
        authorizer_result_ttl_in_seconds=_seconds(source, given, here),
        jwt_configuration=checks.known_jwt_members(jwt) if kind == "JWT" else None,
    )


def _of_scheme(source: Source, scheme: dict[str, Any], at: Pointer) -> str:
    """The one header or query parameter that an apiKey scheme names."""
    name = source.member(scheme, "name", str, "", at)
    place = _PLACES.get(source.member(scheme, "in", str, "", at), "")
    return f"method.request.{place}.{name}" if place and name and name.lower() != _UNUSED else ""


def _seconds(source: Source, given: dict[str, Any], here: Pointer) -> int | None:
    """A number, which documents may also say as a text."""
    member = "authorizerResultTtlInSeconds"
    said = given.get(member)
    if said is None:
        return None
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 10:
        return int(said)
    return source.member(given, member, int, 0, here)
