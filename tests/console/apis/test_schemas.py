"""JSON schema draft 4 is the oracle: its meta-schema, as `jsonschema` has it."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.apis.checks.schemas import schema_problems

KEYWORDS = [*jsonschema.Draft4Validator.META_SCHEMA["properties"], "x-unknown", "$ref"]
TYPES = ["array", "boolean", "integer", "null", "number", "object", "string", "file"]

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, -1.5])
    | st.sampled_from(["", "a", "string", "object", "^[a-z]+$", "#"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", *KEYWORDS]), inner, max_size=3)
        | st.lists(st.sampled_from(TYPES), max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYWORDS), _values, max_size=4))
def test_a_schema_is_right_when_the_meta_schema_says_so(schema):
    references = "$ref" in json.dumps(schema)
    right = jsonschema.Draft4Validator(jsonschema.Draft4Validator.META_SCHEMA).is_valid(schema)
    told = list(schema_problems(schema))
    assert bool(told) is not right or references, told


@pytest.mark.parametrize(
    "schema",
    [
        {"required": []},
        {"required": True},
        {"enum": []},
        {"enum": [1, 1.0]},
        {"type": "file"},
        {"type": []},
        {"type": ["string", "string"]},
        {"exclusiveMinimum": 5},
        {"exclusiveMinimum": True},
        {"multipleOf": 0},
        {"minLength": -1},
        {"properties": {"a": []}},
        {"items": []},
        {"allOf": []},
        {"not": True},
        {"dependencies": {"a": []}},
    ],
)
def test_what_draft_4_does_not_have(schema):
    assert list(schema_problems(schema)) != []
    assert not jsonschema.Draft4Validator(jsonschema.Draft4Validator.META_SCHEMA).is_valid(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": ["string", "null"], "enum": ["a", 1, True, None, 1.5]},
        {"properties": {"required": {"type": "string"}, "enum": {}, "$ref": {"type": "string"}}, "required": ["enum"]},
        {"minimum": 0, "exclusiveMinimum": True},
        {"items": [{"type": "string"}], "additionalItems": False},
        {"definitions": {"a": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"},
        {"$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/Pet"},
        {"default": {"required": []}, "example": [], "x-vendor": {"type": 1}},
    ],
)
def test_what_draft_4_has(schema):
    assert list(schema_problems(schema)) == []


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "Pet"}, "Model reference must be in canonical form"),
        ({"items": {"$ref": "http://example.com/pet.json"}}, "Model reference must be in canonical form"),
        ({"$ref": "#/definitions/Ghost"}, "Reference '#/definitions/Ghost' not found"),
        ({"$ref": "#ghost"}, "Reference '#ghost' not found"),
        ({"pattern": "("}, "#/pattern is not as JSON schema draft 4 has it"),
        ({"properties": {"a": {"type": "file"}}}, "#/properties/a/type is not as JSON schema draft 4 has it"),
    ],
)
def test_what_is_wrong_is_said(schema, said):
    assert list(schema_problems(schema)) == [said]
