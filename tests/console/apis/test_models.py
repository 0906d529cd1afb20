"""Source: developer guide ("models"), API reference; behaviours 53, 124, 127."""

import json

import pytest

from console.apis import services
from console.core.faults import BadRequest, Conflict, LimitExceeded, NotFound
from dataplane.mapping.vtl.template import compile_template

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


def test_a_schema_is_one_of_draft_4(draw):
    with pytest.raises(BadRequest) as refusal:
        create(draw, "Pet", '{"type": "file", "properties": {"a": {"required": true}}}')
    assert refusal.value.message == (
        "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. #/type "
        "is not as JSON schema draft 4 has it, #/properties/a/required is not as JSON schema draft 4 has it]"
    )
    create(draw, "Pet")
    with pytest.raises(BadRequest, match="Model reference must be in canonical form"):
        draw.patch(services.update_model, ("replace", "/schema", '{"$ref": "Owner"}'), model_name="Pet")


@pytest.mark.parametrize("schema", ['{"not":' * 900 + "{}" + "}" * 900, f'{{"description": "{"x" * 410_000}"}}'])
def test_a_schema_that_is_meant_to_hurt_is_refused(draw, schema):
    with pytest.raises(BadRequest, match="Invalid model"):
        create(draw, "Pet", schema)


def test_there_are_as_many_models_as_the_limit_says(draw, settings):
    assert settings.LIMITS["models_per_rest_api"] == 60
    settings.LIMITS = {**settings.LIMITS, "models_per_rest_api": 3}
    create(draw, "Pet")
    with pytest.raises(LimitExceeded, match=r"^Maximum number of Models for this API has been reached\."):
        create(draw, "Owner")


def template(draw, name):
    return services.get_model_template(draw.actor, rest_api_id=draw.api.pk, model_name=name)


ROOT = "#set($inputRoot = $input.path('$'))\n"
LOOP = "##{0}: Update this foreach loop to reference array from input json\n#foreach($elem in $inputRoot.{0})\n".format(
    "".join(("TO", "DO"))
)


def test_a_template_of_an_object_is_awss(draw):
    numbers = {"a": {"type": "number"}, "b": {"type": "number"}, "op": {"type": "string"}, "c": {"type": "number"}}
    create(draw, "output", json.dumps({"type": "object", "properties": numbers}))
    # API reference, GetModelTemplate, "Examples".
    assert template(draw, "output") == (
        ROOT + '{\n  "a" : 3.1415,\n  "b" : 3.1415,\n  "op" : "foo",\n  "c" : 3.1415\n}'
    )
    # aws CLI's reference, get-model-template.
    assert template(draw, "Empty") == ROOT + "{ }"


def test_a_template_follows_references_and_ends_where_they_go_round(draw):
    pet = {"type": "object", "properties": {"id": {"type": "integer"}, "mother": {"$ref": reference(draw, "Pet")}}}
    create(draw, "Pet", json.dumps(pet))
    create(draw, "Pets", json.dumps({"type": "array", "items": {"$ref": reference(draw, "Pet")}}))
    assert template(draw, "Pets") == (
        f'{ROOT}[\n{LOOP} {{\n  "id" : 42,\n  "mother" : {{ }}\n}} \n#if($foreach.hasNext),#end\n#end\n]'
    )


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({"type": "boolean"}, "true"),
        ({"type": ["null", "string"]}, '"foo"'),
        ({"type": "null"}, "null"),
        ({"properties": {"a": {"properties": {"b": {"type": "integer"}}}}}, '{\n  "a" : {\n    "b" : 42\n  }\n}'),
        ({"items": [{"type": "string"}]}, f'[\n{LOOP} "foo" \n#if($foreach.hasNext),#end\n#end\n]'),
        ({}, "{ }"),
    ],
)
def test_a_template_has_a_sample_of_each_type(draw, schema, sample):
    create(draw, "Thing", json.dumps(schema))
    assert template(draw, "Thing") == ROOT + sample


def test_a_template_is_one_that_the_dataplane_compiles(draw):
    items = {"type": "object", "properties": {"a": {"type": "string"}}}
    create(draw, "Pets", json.dumps({"type": "array", "items": items}))
    compile_template(template(draw, "Pets"))


def test_what_a_document_says_otherwise_than_draft_4_is_rewritten_and_told(developer):
    schema = {
        "type": "object",
        "required": [],
        "properties": {
            "age": {"type": "integer", "exclusiveMinimum": 0},
            "name": {"type": "string", "required": True, "enum": []},
            "size": {"type": "number", "exclusiveMaximum": True},
            "required": {"type": "string", "example": {"required": []}},
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Pet": schema}},
    }
    imported = services.import_rest_api(developer, body=json.dumps(document).encode())
    assert json.loads(imported.rest_api.models.get(name="Pet").schema) == {
        "type": "object",
        "properties": {
            "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            "name": {"type": "string"},
            "size": {"type": "number"},
            "required": {"type": "string", "example": {"required": []}},
        },
    }
    told = {line["pointer"]: line["verdict"] for line in imported.report}
    assert told["#/components/schemas/Pet"] == "approximated"
    assert told["#/components/schemas/Pet/properties/age"] == "approximated"
    assert imported.warnings == []


def test_a_template_of_schemas_that_go_very_deep_ends(draw, unlimited):
    create(draw, "M0", "{}")
    for number in range(1, 120):
        inner = {"properties": {"a": {"items": {"$ref": reference(draw, f"M{number - 1}")}}}}
        create(draw, f"M{number}", json.dumps(inner))
    assert template(draw, "M119").count('"a"') < 60
