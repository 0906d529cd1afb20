"""`x-amazon-apigateway-integration`. Source: developer guide, the page of that name."""

from console.apis.openapi.export.exported import Given, Members

# The members that are said as they are, where there is anything to say.
_PLAIN = (
    "connectionId",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "contentHandling",
    "cacheKeyParameters",
)
_TIMEOUT = 29_000


def integration(given: Given, resource_id: str) -> Members:
    kind = given["type"]
    said: Members = {"type": kind.lower()}
    if kind != "MOCK":
        said["httpMethod"] = given.get("httpMethod") or None
        said["uri"] = given.get("uri") or None
    if given.get("connectionType", "INTERNET") != "INTERNET":
        said["connectionType"] = given["connectionType"]
    said["responses"] = _responses(given)
    said["passthroughBehavior"] = given.get("passthroughBehavior", "WHEN_NO_MATCH").lower()
    said |= {name: given[name] for name in _PLAIN if given.get(name)}
    if given.get("cacheNamespace", "") not in ("", resource_id):
        said["cacheNamespace"] = given["cacheNamespace"]
    if given.get("timeoutInMillis", _TIMEOUT) != _TIMEOUT:
        said["timeoutInMillis"] = given["timeoutInMillis"]
    if given.get("responseTransferMode", "BUFFERED") != "BUFFERED":
        said["responseTransferMode"] = given["responseTransferMode"]
    if given.get("insecureSkipVerification"):
        said["tlsConfig"] = {"insecureSkipVerification": True}
    return {name: value for name, value in said.items() if value not in (None, {})}


def _responses(given: Given) -> Members:
    """By pattern. Of two that are the same, the first is the one that answers: the other is never met."""
    found: Members = {}
    for response in given.get("responses", ()):
        pattern = response.get("selectionPattern", "")
        # The word is the form's own name for no pattern at all; the group matches what the word does.
        key = {"": "default", "default": "(default)"}.get(pattern, pattern)
        found.setdefault(key, _response(response))
    return found


def _response(given: Given) -> Members:
    said: Members = {"statusCode": given["statusCode"]}
    for name in ("responseParameters", "responseTemplates", "contentHandling"):
        if given.get(name):
            said[name] = given[name]
    return said
