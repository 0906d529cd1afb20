"""Source: developer guide ("models"), API reference; behaviours 53, 124, 127."""

import json

import pytest

from console.apis import services
from console.core.faults import BadRequest, Conflict, NotFound

pytestmark = pytest.mark.django_db


def create(draw, name, schema="{}"):
    return services.create_model(
        draw.actor, rest_api_id=draw.api.pk, name=name, content_type="application/json", schema=schema
    )


def reference(draw, name):
    return f"https://apigateway.amazonaws.com/restapis/{draw.api.pk}/models/{name}"


def test_a_name_is_alphanumeric_and_used_once(draw):
    create(draw, "Pet")
    with pytest.raises(Conflict, match="Model name already exists for this REST API"):
        create(draw, "Pet")
    with pytest.raises(BadRequest, match="Model name must be alphanumeric: new_pet"):
        create(draw, "new_pet")


@pytest.mark.parametrize("schema", ["{", "[]", '"x"', "[" * 100_000])
def test_a_schema_is_a_json_object(draw, schema):
    with pytest.raises(BadRequest, match="Invalid model schema specified"):
        create(draw, "Pet", schema)


def test_a_schema_refers_to_models_that_are_there_and_to_itself(draw):
    create(draw, "Pet", json.dumps({"properties": {"child": {"$ref": reference(draw, "Pet")}}}))
    with pytest.raises(BadRequest, match="Invalid model specified: Ghost"):
        create(draw, "Owner", json.dumps({"$ref": reference(draw, "Ghost")}))


def test_a_model_is_read_flat_when_asked(draw, viewer):
    create(draw, "Pet", json.dumps({"properties": {"child": {"$ref": reference(draw, "Pet")}}}))
    create(draw, "Pets", json.dumps({"items": {"$ref": reference(draw, "Pet")}}))
    flat = json.loads(services.get_model(viewer, rest_api_id=draw.api.pk, model_name="Pets", flatten=True).schema)
    assert flat == {
        "items": {"$ref": "#/definitions/Pet"},
        "definitions": {"Pet": {"properties": {"child": {"$ref": "#/definitions/Pet"}}}},
    }


def test_models_are_listed_by_name(draw, viewer):
    create(draw, "Pet")
    found = services.get_models(viewer, rest_api_id=draw.api.pk, limit=2)
    rest = services.get_models(viewer, rest_api_id=draw.api.pk, position=found.position)
    assert [model.name for model in found.items + rest.items] == ["Empty", "Error", "Pet"]


def test_schema_and_description_are_patched(draw):
    create(draw, "Pet")
    changed = draw.patch(
        services.update_model,
        ("replace", "/schema", '{"type": "object"}'),
        ("replace", "/description", "a pet"),
        model_name="Pet",
    )
    changed.refresh_from_db()
    assert (changed.schema, changed.description) == ('{"type": "object"}', "a pet")
    with pytest.raises(BadRequest, match="Invalid patch path"):
        draw.patch(services.update_model, ("replace", "/name", "Dog"), model_name="Pet")


def test_a_model_in_use_is_not_deleted(draw, developer):
    create(draw, "Pet")
    create(draw, "Pets", json.dumps({"items": {"$ref": reference(draw, "Pet")}}))
    draw.method("/pets", "POST", request_models={"application/json": "Pets"})
    services.put_method_response(
        developer, **draw.at("/pets", "POST", status_code="200"), response_models={"application/json": "Empty"}
    )

    def delete(name):
        services.delete_model(developer, rest_api_id=draw.api.pk, model_name=name)

    with pytest.raises(Conflict, match="Cannot delete model 'Pet', is referenced in model: Pets"):
        delete("Pet")
    with pytest.raises(Conflict, match="Cannot delete model 'Pets', is referenced in method request: "):
        delete("Pets")
    with pytest.raises(Conflict, match="Cannot delete model 'Empty', is referenced in method response: "):
        delete("Empty")
    services.delete_method(developer, **draw.at("/pets", "POST"))
    delete("Pets")
    delete("Pet")
    with pytest.raises(NotFound, match="Invalid model name specified: Pet"):
        services.get_model(developer, rest_api_id=draw.api.pk, model_name="Pet")
