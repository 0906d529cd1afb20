"""Which mapping template serves a request or an answer, and its rendering."""

from collections.abc import Mapping

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.mapping.input import Scope
from dataplane.mapping.vtl import Template, TemplateError, compile_template
from dataplane.snapshot import PassthroughBehavior
from dataplane.steps.scope import context_of, decoded, request_params

DEFAULT_TYPE = "application/json"


def media_type(header: str) -> str:
    """The type alone, without parameters; AWS takes a missing one for JSON."""
    return header.partition(";")[0].strip().lower() or DEFAULT_TYPE


def compile_templates(templates: Mapping[str, str]) -> dict[str, Template]:
    """By content type. Raises TemplateError, which says where."""
    compiled = {}
    for content_type, source in templates.items():
        try:
            compiled[content_type.strip().lower()] = compile_template(source)
        except TemplateError as error:
            raise TemplateError(f"{content_type}: {error.message}", error.line, error.column) from error
    return compiled


def request_template(
    templates: dict[str, Template], passthrough: PassthroughBehavior, content_type: str
) -> Template | None:
    """None: the body passes as it is. Raises GatewayFault UNSUPPORTED_MEDIA_TYPE (behaviours 54, 55)."""
    found = templates.get(media_type(content_type)) or templates.get("$default")
    if found is not None:
        return found
    if passthrough == "NEVER" or (passthrough == "WHEN_NO_TEMPLATES" and templates):
        raise GatewayFault("UNSUPPORTED_MEDIA_TYPE")
    return None


def response_template(templates: dict[str, Template], accept: str) -> tuple[str, Template] | None:
    """By the request's Accept, then JSON, then the first there is (behaviours 83)."""
    if not templates:
        return None
    wanted = media_type(accept.partition(",")[0])
    for content_type in (wanted, DEFAULT_TYPE):
        if content_type in templates:
            return content_type, templates[content_type]
    return next(iter(templates.items()))


def render(template: Template, exchange: Exchange, body: bytes, variables: dict[str, str]) -> tuple[str, Scope | None]:
    """The text, and the scope with the overrides it set (None for a constant). Raises GatewayFault."""
    if template.constant is not None:
        return template.constant, None
    scope = Scope(decoded(body), request_params(exchange), context_of(exchange), variables)
    try:
        return template.render(scope), scope
    except TemplateError as error:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"mapping template: {error}") from error
