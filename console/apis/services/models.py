"""Models: the named JSON schemas of an API's bodies."""

import json
import re
from collections.abc import Iterator

from django.db.models import Q

from console.apis.models import Method, MethodResponse, Model, RestApi
from console.apis.services import patches
from console.apis.services.drafts import (
    conflict,
    find_model,
    find_rest_api,
    hold_rest_api,
    log,
    log_patch,
)
from console.apis.services.limits import check_limit
from console.apis.services.model_templates import sample_template
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict
from console.core.paging import Page, page
from console.core.verbs import verb

_REFERENCE = re.compile(r'"https://apigateway\.amazonaws\.com/restapis/([a-z0-9]+)/models/([A-Za-z0-9]+)"')


def model_reference(rest_api_id: str, name: str) -> str:
    """How one model's schema refers to another, in AWS's form."""
    return f"https://apigateway.amazonaws.com/restapis/{rest_api_id}/models/{name}"


@verb(needs=Role.DEVELOPER)
def create_model(
    actor: Actor, *, rest_api_id: str, name: str, content_type: str, description: str = "", schema: str = ""
) -> Model:
    api = hold_rest_api(rest_api_id)
    model = Model(rest_api=api, name=name, content_type=content_type, description=description, schema=schema)
    if api.models.filter(name=name).exists():
        raise Conflict("Model name already exists for this REST API", field="name")
    _check_references(api, model)
    check_limit("Models", api.models.count() + 1)
    with conflict("Model name already exists for this REST API"):
        model.put()
    log(actor, "CreateModel", _model_path(model), {"contentType": content_type})
    return model


def _check_references(api: RestApi, model: Model) -> None:
    named = {name: owner for owner, name in _references(model.schema)}
    known = set(api.models.filter(name__in=named).values_list("name", flat=True)) | {model.name}
    for name, owner in named.items():
        if owner != api.pk or name not in known:
            raise BadRequest(
                "Invalid model specified: Validation Result: warnings : [], errors : "
                f"[Invalid model specified: {name}]",
                field="schema",
            )


def _references(schema: str) -> Iterator[tuple[str, str]]:
    """Each (API's id, model's name) that a schema's text refers to."""
    return ((match[1], match[2]) for match in _REFERENCE.finditer(schema))


def _model_path(model: Model) -> str:
    return f"/restapis/{model.rest_api_id}/models/{model.name}"


@verb(needs=Role.VIEWER)
def get_model(actor: Actor, *, rest_api_id: str, model_name: str, flatten: bool = False) -> Model:
    """`flatten`: the models that the schema refers to are put into its `definitions`."""
    api = find_rest_api(rest_api_id)
    model = find_model(api, model_name)
    if flatten:
        model.schema = _flattened(api, model.schema)
    return model


def _flattened(api: RestApi, schema: str) -> str:
    schemas = dict(api.models.values_list("name", "schema"))
    wanted, found = [schema], dict[str, str]()
    while wanted:
        for _, name in _references(wanted.pop()):
            if name in schemas and name not in found:
                found[name] = schemas[name]
                wanted.append(schemas[name])
    if not found:
        return schema
    whole = json.loads(_local(schema))
    whole["definitions"] = {**whole.get("definitions", {}), **{n: json.loads(_local(s)) for n, s in found.items()}}
    return json.dumps(whole, indent=2)


def _local(schema: str) -> str:
    return _REFERENCE.sub(r'"#/definitions/\2"', schema)


@verb(needs=Role.VIEWER)
def get_model_template(actor: Actor, *, rest_api_id: str, model_name: str) -> str:
    """A mapping template that gives what the model describes, with samples for values."""
    api = find_rest_api(rest_api_id)
    schema = _flattened(api, find_model(api, model_name).schema)
    return sample_template(json.loads(schema or "{}"))


@verb(needs=Role.VIEWER)
def get_models(actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None) -> Page[Model]:
    return page(find_rest_api(rest_api_id).models.all(), order="name", position=position, limit=limit)


@verb(needs=Role.DEVELOPER)
def update_model(actor: Actor, *, rest_api_id: str, model_name: str, patch_operations: Patches = None) -> Model:
    api = hold_rest_api(rest_api_id)
    model = find_model(api, model_name)
    rules = [
        patch.Rule("/schema", patches.REPLACE, patches.put(model, "schema")),
        patch.Rule("/description", patches.REPLACE, patches.put(model, "description")),
    ]
    patch.apply(patch.read(patch_operations, shape="updateModelInput"), rules)
    _check_references(api, model)
    model.put()
    log_patch(actor, "UpdateModel", _model_path(model), patch_operations)
    return model


@verb(needs=Role.DEVELOPER)
def delete_model(actor: Actor, *, rest_api_id: str, model_name: str) -> None:
    api = hold_rest_api(rest_api_id)
    model = find_model(api, model_name)
    _refuse_if_used(api, model)
    path = _model_path(model)
    model.delete()
    log(actor, "DeleteModel", path)


def _refuse_if_used(api: RestApi, model: Model) -> None:
    user = (
        _of_methods(api, model.name)
        or _of_responses(api, model.name)
        or _of_models(api, model_reference(api.pk, model.name), model.name)
    )
    if user:
        raise Conflict(f"Cannot delete model '{model.name}', is referenced in {user}")


def _of_methods(api: RestApi, name: str) -> str:
    for method in Method.objects.filter(resource__rest_api=api).exclude(request_models={}).select_related("resource"):
        if name in method.request_models.values():
            return f"method request: {method.resource.path}/{method.http_method}"
    return ""


def _of_responses(api: RestApi, name: str) -> str:
    responses = MethodResponse.objects.filter(method__resource__rest_api=api).exclude(response_models={})
    for response in responses.select_related("method__resource"):
        if name in response.response_models.values():
            method = response.method
            return f"method response: {method.resource.path}/{method.http_method}/{response.status_code}"
    return ""


def _of_models(api: RestApi, reference: str, name: str) -> str:
    other = api.models.filter(Q(schema__contains=f'"{reference}"') & ~Q(name=name)).first()
    return f"model: {other.name}" if other is not None else ""
