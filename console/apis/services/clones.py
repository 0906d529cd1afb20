"""A new API that begins as another one is drawn."""

from dataclasses import fields
from typing import TypeVar

from console.apis.drawing import (
    AuthorizerDraft,
    DocumentationPartDraft,
    Drawing,
    GatewayResponseDraft,
    IntegrationDraft,
    IntegrationResponseDraft,
    MethodDraft,
    MethodResponseDraft,
    ModelDraft,
    RequestValidatorDraft,
)
from console.apis.models import Method, RestApi
from console.apis.services.drawing import DrawingWriter
from console.apis.services.models import model_reference
from console.core.models import Row

D = TypeVar("D")


def clone_drawing(source: RestApi, api: RestApi) -> None:
    drawing = read_drawing(RestApi.objects.drawn().get(pk=source.pk))
    drawing.documentation_parts = [_draft(DocumentationPartDraft, part) for part in source.documentation_parts.all()]
    for model in drawing.models.values():
        model.schema = model.schema.replace(model_reference(source.pk, ""), model_reference(api.pk, ""))
    DrawingWriter(api).write(drawing)


def read_drawing(api: RestApi) -> Drawing:
    """What is drawn in an API (read by `RestApi.objects.drawn()`), as plain values; its settings are not."""
    named = {row.pk: row.name for row in api.authorizers.all()} | {
        row.pk: row.name for row in api.request_validators.all()
    }
    return Drawing(
        models={model.name: _draft(ModelDraft, model) for model in api.models.all()},
        request_validators=[_draft(RequestValidatorDraft, row) for row in api.request_validators.all()],
        authorizers=[_draft(AuthorizerDraft, row) for row in api.authorizers.all()],
        gateway_responses=[_draft(GatewayResponseDraft, row) for row in api.gateway_responses.all()],
        paths={
            resource.path: [_method_draft(method, named) for method in resource.methods.all()]
            for resource in api.resources.all()
        },
    )


def _method_draft(method: Method, named: dict[str, str]) -> MethodDraft:
    draft = _draft(MethodDraft, method, "responses", "integration", "authorizer", "request_validator")
    draft.authorizer = named.get(method.authorizer_id, "")
    draft.request_validator = named.get(method.request_validator_id, "")
    draft.responses = [_draft(MethodResponseDraft, response) for response in method.responses.all()]
    integration = method.method_integration
    if integration is not None:
        draft.integration = _draft(IntegrationDraft, integration, "responses")
        draft.integration.responses = [_draft(IntegrationResponseDraft, row) for row in integration.responses.all()]
        if integration.cache_namespace == method.resource_id:
            draft.integration.cache_namespace = ""
    return draft


def _draft(kind: type[D], row: Row, *without: str) -> D:
    names = [field.name for field in fields(kind) if field.name not in without]  # type: ignore[arg-type]
    return kind(**{name: getattr(row, name) for name in names})
