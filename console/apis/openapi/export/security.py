"""Who may call: API keys, IAM and authorizers, as security schemes and as what a method requires."""

from console.apis.openapi.export.exported import Exported, Form, Given, Members
from console.apis.openapi.export.names import AUTHORIZER, AUTHTYPE

KEY, SIGV4 = "api_key", "sigv4"
_HEADER = "method.request.header."
_UNUSED = "Unused"  # AWS's name of the header of an authorizer that reads none, or several


def requirements(exported: Exported, method: Given) -> list[Members]:
    found: list[Members] = []
    kind = method.get("authorizationType", "NONE")
    if kind == "AWS_IAM":
        found.append({SIGV4: []})
    elif kind != "NONE":
        found.append({_scheme_name(exported, method): list(method.get("authorizationScopes", ()))})
    if method.get("apiKeyRequired"):
        found.append({KEY: []})
    return found


def _scheme_name(exported: Exported, method: Given) -> str:
    """A method whose authorizer is not there any more requires what nobody can give: it stays closed."""
    authorizer = exported.authorizers.get(method.get("authorizerId", ""))
    return str(authorizer["name"]) if authorizer else str(method["authorizationType"])


def schemes(exported: Exported, form: Form) -> Members:
    """Those that methods require, and with `authorizers` all authorizers."""
    methods = [method for resource in exported.document.get("resources", ()) for method in resource.get("methods", ())]
    found: Members = {}
    for authorizer in exported.authorizers.values() if form.authorizers else ():
        found[authorizer["name"]] = _authorizer(authorizer, form)
    for method in methods:
        for requirement in requirements(exported, method):
            for name in requirement:
                found.setdefault(name, _scheme(exported, method, name, form))
    return found


def _scheme(exported: Exported, method: Given, name: str, form: Form) -> Members:
    if name == KEY:
        return _in_header("x-api-key")
    if name == SIGV4:
        return {**_in_header("Authorization"), AUTHTYPE: "awsSigv4"}
    authorizer = exported.authorizers.get(method.get("authorizerId", ""))
    if authorizer:
        return _authorizer(authorizer, form)
    return {**_in_header("Authorization"), AUTHTYPE: _authtype(method["authorizationType"])}


def _in_header(name: str) -> Members:
    return {"type": "apiKey", "name": name, "in": "header"}


def _authorizer(given: Given, form: Form) -> Members:
    said = _in_header(_header_name(given))
    if not form.authorizers:
        return said
    kind = given["type"]
    names = (
        "providerARNs",
        "authorizerUri",
        "authorizerCredentials",
        "identitySource",
        "identityValidationExpression",
        "authorizerResultTtlInSeconds",
        "jwtConfiguration",
    )
    members = {name: given[name] for name in names if given.get(name) not in (None, "", [])}
    return {
        **said,
        AUTHTYPE: given.get("authType") or _authtype(kind),
        AUTHORIZER: {"type": kind.lower(), **members},
    }


def _authtype(kind: str) -> str:
    return "cognito_user_pools" if kind == "COGNITO_USER_POOLS" else "custom"


def _header_name(given: Given) -> str:
    source = str(given.get("identitySource") or "")
    if source.startswith(_HEADER) and "," not in source:
        return source.removeprefix(_HEADER)
    return _UNUSED if given["type"] == "REQUEST" else "Authorization"
