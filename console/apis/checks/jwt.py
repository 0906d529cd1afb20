"""The configuration of a JWT authorizer. Source: botocore's `JwtConfigurationInput` and what it says of its members."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from console.core.faults import BadRequest

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
# Those that the authorizer checks itself.
_OWN_CLAIMS = ("iss", "aud", "exp", "nbf", "iat", "scope", "scp")
_MEMBER = "jwtConfiguration"


def jwt_configuration(given: Mapping[str, Any] | None) -> None:
    """`{"issuers": [{"issuer", "audiences", "additionalClaims"}], "defaultAlgorithms": ["RS256"]}`"""
    if not isinstance(given, Mapping):
        raise BadRequest("A JWT authorizer needs a jwtConfiguration", field=_MEMBER)
    issuers = _listed(given, "issuers", Mapping)
    algorithms = _listed(given, "defaultAlgorithms", str)
    if len(set(algorithms)) != len(algorithms) or not set(algorithms) <= set(ALGORITHMS):
        raise BadRequest(f"defaultAlgorithms must be some of {', '.join(ALGORITHMS)}", field=_MEMBER)
    for issuer in issuers:
        _issuer(issuer)
    if len({issuer["issuer"] for issuer in issuers}) != len(issuers):
        raise BadRequest("Issuer URLs must be unique", field=_MEMBER)


def known_jwt_members(given: Any) -> Any:
    """What is kept of a configuration: the members that AWS has, as far as they are where they should be."""
    if not isinstance(given, Mapping):
        return None
    issuers = given.get("issuers")
    if isinstance(issuers, list):
        issuers = [_known(issuer, ("issuer", "audiences", "additionalClaims")) for issuer in issuers]
    return {"issuers": issuers, "defaultAlgorithms": given.get("defaultAlgorithms")}


def _known(given: Any, members: Sequence[str]) -> Any:
    if not isinstance(given, Mapping):
        return given
    found = {name: given[name] for name in members if given.get(name) is not None}
    if isinstance(found.get("additionalClaims"), list):
        claims = ("claimName", "format", "required", "expectedValues")
        found["additionalClaims"] = [_known(claim, claims) for claim in found["additionalClaims"]]
    return found


def _listed(given: Mapping[str, Any], name: str, kind: type[Any]) -> Sequence[Any]:
    value = given.get(name)
    if not isinstance(value, list) or not value or not all(map(_kind_of(kind), value)):
        raise BadRequest(f"{name} must be a list of one or more, none of them empty", field=_MEMBER)
    return value


def _kind_of(kind: type[Any]) -> Callable[[Any], bool]:
    """Whether a value is of a kind, not empty, and a text that a database holds."""
    return lambda value: isinstance(value, kind) and bool(value) and "\0" not in value


def _issuer(given: Mapping[str, Any]) -> None:
    url = given.get("issuer")
    if not isinstance(url, str) or not _is_https(url):
        raise BadRequest(
            f"Invalid issuer specified: {url}. It must be an absolute https URL without user information, query or "
            "fragment",
            field=_MEMBER,
        )
    _listed(given, "audiences", str)
    claims = given.get("additionalClaims") or []
    if not isinstance(claims, list):
        raise BadRequest("additionalClaims must be a list", field=_MEMBER)
    names = [_claim(claim) for claim in claims]
    if len(set(names)) != len(names):
        raise BadRequest("Claim names must be unique within the issuer", field=_MEMBER)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = url.isprintable() and not any(character in url for character in " ?#")
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and plain
    except ValueError:
        return False


def _claim(given: Any) -> str:
    name = given.get("claimName") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not name or not name.isprintable() or name in _OWN_CLAIMS:
        raise BadRequest(f"Invalid claim name specified: {name}", field=_MEMBER)
    if given.get("format") != "SINGLE_STRING":
        raise BadRequest("The format of a claim must be SINGLE_STRING", field=_MEMBER)
    if not isinstance(given.get("required", False), bool):
        raise BadRequest("The member required of a claim must be true or false", field=_MEMBER)
    if given.get("expectedValues") is not None:
        _listed(given, "expectedValues", str)
    return name


def not_for_jwt(said: Mapping[str, Any]) -> None:
    for member, value in said.items():
        if value not in (None, "", []):
            raise BadRequest(f"{member} is not supported for JWT authorizers", field=member)
