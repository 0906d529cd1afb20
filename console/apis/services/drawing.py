"""From plain values to rows and back: a whole drawing is checked, and then written in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from console.apis import checks
from console.apis.drawing import (
    Drawing,
    IntegrationDraft,
    IntegrationResponseDraft,
    MethodDraft,
    MethodResponseDraft,
    ModelDraft,
)
from console.apis.models import (
    AUTHORIZERS_OF,
    Authorizer,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    Resource,
    RestApi,
)
from console.apis.openapi import told
from console.apis.services.documentation_parts import write_parts
from console.apis.services.drafts import conflict, find_rest_api
from console.apis.services.drawing_parts import DrawnParts
from console.apis.services.limits import check_endpoint_limit, check_limit
from console.core.faults import BadRequest, Fault
from console.core.models import Row, bad_request

_BATCH = 500
_NOT_FIELDS = ("responses", "integration", "authorizer", "request_validator")  # of a method's draft
D = TypeVar("D")


# What AWS puts into every new API.
_DRAFT_4 = '"$schema" : "http://json-schema.org/draft-04/schema#"'
DEFAULT_MODELS = (
    (
        "Empty",
        "This is a default empty schema model",
        f'{{\n  {_DRAFT_4},\n  "title" : "Empty Schema",\n  "type" : "object"\n}}',
    ),
    (
        "Error",
        "This is a default error schema model",
        f'{{\n  {_DRAFT_4},\n  "title" : "Error Schema",\n  "type" : "object",\n'
        '  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
    ),
)


def new_rest_api(api: RestApi) -> RestApi:
    """Write a new API with its root resource and AWS's two models; it is handed back with the root's id."""
    check_endpoint_limit(api)
    with conflict("An API with this identifier already exists"):
        api.put()
    Resource(rest_api=api, path="/").put()
    Model.objects.bulk_create(
        Model(rest_api=api, name=name, description=description, schema=schema)
        for name, description, schema in DEFAULT_MODELS
    )
    return find_rest_api(api.pk)


class DrawingWriter:
    """Draws into an API whose lock the caller holds. `errors` says all that is wrong, in AWS's words for an import."""

    def __init__(self, api: RestApi) -> None:
        self.api = api
        self.errors: list[str] = []
        self.resources = {resource.path: resource for resource in api.resources.all()}
        self._variables: dict[str, Resource] = {}  # the one variable child, by its parent's id
        for resource in self.resources.values():
            self._add_variable(resource)
        self._refused: set[str] = set()
        self._request_validators: dict[str, str] = {}
        self._authorizers: dict[str, Authorizer] = {}
        self._new: list[Row] = []
        self._replaced: list[int] = []

    def write(self, drawing: Drawing) -> None:
        """Raises BadRequest with every error, and writes nothing then."""
        models = self._models(drawing.models.values())
        parts = DrawnParts(self.api, drawing, self._check)
        self._request_validators, self._authorizers = parts.request_validator_ids(), parts.authorizers_by_name()
        for path in sorted(drawing.paths):
            self._resource(path)
        known = {model.name for model in models} | set(self.api.models.values_list("name", flat=True))
        existing = self._existing_methods()
        for path, methods in drawing.paths.items():
            for draft in methods:
                self._replaced.extend(existing.get((path, draft.http_method), ()))
                self._method(path, draft, known)
        if self.errors:
            raise BadRequest(told("Errors found during import:", self.errors), field="body")
        self._check_limits(len(known), parts)
        parts.save()
        self._save(models)
        if drawing.documentation_parts is not None:
            write_parts(self.api, drawing.documentation_parts)

    def _check_limits(self, models: int, parts: DrawnParts) -> None:
        check_limit("Resources", len(self.resources))
        check_limit("Models", models)
        check_limit("Request Validators", len(self._request_validators))
        check_limit("Authorizers", len(self._authorizers))

    def _existing_methods(self) -> dict[tuple[str, str], list[int]]:
        rows = Method.objects.filter(resource__rest_api=self.api).values_list("resource__path", "http_method", "pk")
        return {(path, verb): [pk] for path, verb, pk in rows}

    def _save(self, models: list[Model]) -> None:
        Method.objects.filter(pk__in=self._replaced).delete()
        self.api.models.filter(name__in=[model.name for model in models]).delete()
        Model.objects.bulk_create(models, batch_size=_BATCH)
        for kind in (Resource, Method, MethodResponse, Integration, IntegrationResponse):
            self._save_all(kind)

    def _save_all(self, kind: type[Row]) -> None:
        kind._default_manager.bulk_create([row for row in self._new if isinstance(row, kind)], batch_size=_BATCH)

    def _check(self, row: Row, doing: str) -> bool:
        """The row's own rules, less those that ask the database, which the lock and the order of writing answer."""
        try:
            row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
            row.clean()
        except ValidationError as error:
            self.errors.append(f"{doing}: {bad_request(error).message}")
        except Fault as fault:
            self.errors.append(f"{doing}: {fault.message}")
        else:
            return True
        return False

    def _models(self, drafts: Iterable[ModelDraft]) -> list[Model]:
        models = [Model(rest_api=self.api, **_plain(draft)) for draft in drafts]
        return [model for model in models if self._check(model, f"Unable to create model for '{model.name}'")]

    def _resource(self, path: str) -> None:
        """The resource of a path, with those above it that are not there yet."""
        if len(path) > checks.MAX_PATH:
            self.errors.append(f"Unable to create resource at path '{path[:80]}...': it is too long")
            return
        parent, at = self.resources["/"], ""
        for part in path.split("/")[1:] if path != "/" else ():
            at = f"{at}/{part}"
            found = self.resources.get(at) or self._new_resource(parent, part, at)
            if found is None:
                return
            parent = found

    def _new_resource(self, parent: Resource, part: str, path: str) -> Resource | None:
        if path in self._refused:
            return None
        resource = Resource(rest_api=self.api, parent=parent, path_part=part, path=path)
        doing = f"Unable to create resource at path '{path}'"
        if not self._check(resource, doing) or not self._fits(resource, parent, doing):
            self._refused.add(path)
            return None
        self.resources[path] = resource
        self._add_variable(resource)
        self._new.append(resource)
        return resource

    def _add_variable(self, resource: Resource) -> None:
        if checks.is_variable(resource.path_part):
            self._variables[resource.parent_id or ""] = resource

    def _fits(self, resource: Resource, parent: Resource, doing: str) -> bool:
        variable = self._variables.get(parent.pk)
        try:
            place(resource.path_part, parent, [variable] if variable is not None else [])
        except Fault as fault:
            self.errors.append(f"{doing}: {fault.message}")
            return False
        return True

    def _method(self, path: str, draft: MethodDraft, known_models: set[str]) -> None:
        resource = self.resources.get(path)
        if resource is None:
            return  # its path was refused already
        place = f"'{draft.http_method}' on resource at path '{path}'"
        method = Method(resource=resource, **_plain(draft, *_NOT_FIELDS))
        self._name(method, draft, f"Unable to put method {place}")
        if not self._check(method, f"Unable to put method {place}"):
            return
        self._new.append(method)
        for response in draft.responses:
            self._method_response(method, response, place, known_models)
        self._unknown_models(draft.request_models, f"Unable to put method {place}", known_models)
        if draft.integration is not None:
            self._integration(method, draft, draft.integration, place)

    def _name(self, method: Method, draft: MethodDraft, doing: str) -> None:
        """The ids of what it names. An authorizer that is not there leaves it closed: nobody may call it."""
        authorizer = self._authorizers.get(draft.authorizer)
        if authorizer is not None and authorizer.type in AUTHORIZERS_OF.get(draft.authorization_type, ()):
            method.authorizer_id = authorizer.pk
        method.request_validator_id = self._request_validators.get(draft.request_validator, "")
        if draft.request_validator and not method.request_validator_id:
            self.errors.append(f"{doing}: Invalid Request Validator identifier specified: {draft.request_validator}")

    def _unknown_models(self, named: dict[str, str], doing: str, known: set[str]) -> None:
        for name in named.values():
            if name not in known:
                self.errors.append(f"{doing}: Invalid model identifier specified: {name}")

    def _method_response(self, method: Method, draft: MethodResponseDraft, place: str, known: set[str]) -> None:
        doing = f"Unable to put method response '{draft.status_code}' for method {place}"
        response = MethodResponse(method=method, **_plain(draft))
        self._unknown_models(draft.response_models, doing, known)
        if self._check(response, doing):
            self._new.append(response)

    def _integration(self, method: Method, whole: MethodDraft, draft: IntegrationDraft, place: str) -> None:
        integration = Integration(method=method, **_plain(draft, "responses"))
        integration.cache_namespace = integration.cache_namespace or method.resource_id
        if not self._check(integration, f"Unable to put integration for {place}"):
            return
        self._new.append(integration)
        declared = {response.status_code: response.response_parameters for response in whole.responses}
        for response in draft.responses:
            self._integration_response(integration, response, declared, place)

    def _integration_response(
        self,
        integration: Integration,
        draft: IntegrationResponseDraft,
        declared: dict[str, dict[str, bool]],
        place: str,
    ) -> None:
        doing = f"Unable to put integration response '{draft.status_code}' for {place}"
        response = IntegrationResponse(integration=integration, **_plain(draft))
        try:
            checks.response_mappings(draft.response_parameters, declared=declared.get(draft.status_code))
        except BadRequest as fault:
            self.errors.append(f"{doing}: {fault.message}")
        if self._check(response, doing):
            self._new.append(response)


def place(part: str, parent: Resource, siblings: Iterable[Resource]) -> None:
    """Raises what AWS says of a part that its parent cannot take."""
    if checks.is_greedy(parent.path_part):
        raise BadRequest(
            f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}", field="parentId"
        )
    for sibling in siblings:
        if checks.is_variable(part) and checks.is_variable(sibling.path_part):
            raise BadRequest(
                f"A sibling ({sibling.path_part}) of this resource already has a variable path part -- "
                "only one is allowed",
                field="pathPart",
            )


def _plain(draft: Any, *without: str) -> dict[str, Any]:
    return {field.name: getattr(draft, field.name) for field in fields(draft) if field.name not in without}
