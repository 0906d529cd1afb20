"""AWS's execution diagram of a method: five boxes, each a few lines that say what is set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from console.apis.models import Integration, Method

PROXIES = ("HTTP_PROXY", "AWS_PROXY")
TITLES = {
    "method-request": "Method request",
    "integration-request": "Integration request",
    "integration": "Integration",
    "integration-response": "Integration response",
    "method-response": "Method response",
}


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    title: str
    lines: list[Line]
    passive: bool = False  # nothing to set: a proxy passes it on


def boxes(method: Method) -> dict[str, Box]:
    integration = method.method_integration
    proxy = integration is not None and integration.type in PROXIES
    passive = {"integration-response": proxy, "method-response": False}
    return {
        name: Box(name, TITLES[name], list(lines(method, integration)), passive.get(name, False))
        for name, lines in _LINES.items()
    }


def _method_request(method: Method, integration: Integration | None) -> Iterable[Line]:
    yield Line("Authorization", method.authorization_type)
    yield Line("API key", "required" if method.api_key_required else "not required")
    yield from _parameters("Parameters", method.request_parameters)
    if method.request_models:
        yield Line("Models", ", ".join(method.request_models.values()))


def _parameters(name: str, given: dict[str, bool]) -> Iterable[Line]:
    if given:
        yield Line(
            name, ", ".join(key.split(".", 3)[-1] + ("" if required else "?") for key, required in given.items())
        )


def _integration_request(method: Method, integration: Integration | None) -> Iterable[Line]:
    if integration is None:
        yield Line("", "nothing yet")
        return
    if integration.request_parameters:
        yield Line("Mapped", ", ".join(key.split(".", 3)[-1] for key in integration.request_parameters))
    if integration.type in PROXIES:
        yield Line("", "passed on as it came")
        return
    if integration.request_templates:
        yield Line("Templates", ", ".join(integration.request_templates))
    yield Line("Pass through", integration.passthrough_behavior.replace("_", " ").lower())


def _endpoint(method: Method, integration: Integration | None) -> Iterable[Line]:
    if integration is None:
        yield Line("", "none: it cannot be deployed")
        return
    yield Line("Type", integration.type)
    if integration.type == "MOCK":
        yield Line("", "answers by itself")
        return
    yield Line(integration.http_method, integration.uri)
    if integration.credentials:
        yield Line("Role", integration.credentials)
    if integration.response_transfer_mode == "STREAM":
        yield Line("Answers", "as they come")
    yield Line("Timeout", f"{integration.timeout_in_millis:,} ms".replace(",", " "))


def _integration_response(method: Method, integration: Integration | None) -> Iterable[Line]:
    if integration is not None and integration.type in PROXIES:
        yield Line("", "passed back as it came")
        return
    responses = list(integration.responses.all()) if integration else []
    for response in responses:
        yield Line(response.status_code, response.selection_pattern or "default")
    if not responses:
        yield Line("", "none: every answer is a 500")


def _method_response(method: Method, integration: Integration | None) -> Iterable[Line]:
    responses = list(method.responses.all())
    for response in responses:
        models = ", ".join(response.response_models.values())
        yield Line(response.status_code, models or "no model")
    if not responses:
        yield Line("", "none declared")


_LINES: dict[str, Callable[[Method, Integration | None], Iterable[Line]]] = {
    "method-request": _method_request,
    "integration-request": _integration_request,
    "integration": _endpoint,
    "integration-response": _integration_response,
    "method-response": _method_response,
}
