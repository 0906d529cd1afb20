"""Request validation through a deployed stage. Source: developer guide, "Test basic request validation"; 50-53."""

import json
from typing import Any

import pytest

from dataplane.compiler import CompileError
from dataplane.snapshot import GatewayResponse, Integration, IntegrationResponse, Model, RequestValidator
from dataplane.steps.validate import ModelError, Models
from tests.dataplane.execution import API, House, document, in_house, resource

# The developer guide's sample API.
PET = {
    "type": "object",
    "$schema": "http://json-schema.org/draft-04/schema#",
    "properties": {
        "name": {"type": "string"},
        "price": {"type": "number", "minimum": 25.0, "maximum": 500.0},
        "type": {"type": "string", "enum": ["dog", "cat", "fish"]},
    },
    "required": ["name", "price", "type"],
}
GOOD = {"name": "Marco", "type": "dog", "price": 260}
VALIDATORS = (
    RequestValidator(id="all", validate_request_body=True, validate_request_parameters=True),
    RequestValidator(id="body", validate_request_body=True),
    RequestValidator(id="params", validate_request_parameters=True),
    RequestValidator(id="neither"),
)
MOCK = Integration(
    type="MOCK",
    request_templates={"$default": '{"statusCode": 200}'},
    responses=(IntegrationResponse(status_code="200"),),
)


def url(model: str, api: str = API) -> str:
    return f"https://apigateway.amazonaws.com/restapis/{api}/models/{model}"


def models(**schemas: Any) -> tuple[Model, ...]:
    return tuple(
        Model(name=name, schema=schema if isinstance(schema, str) else json.dumps(schema))
        for name, schema in schemas.items()
    )


def deploy(house: House, *, validator: str = "all", schemas: dict[str, Any] | None = None, **method: Any) -> None:
    method.setdefault("request_models", {"application/json": "Pet"})
    house.deploy(
        resource("/validation", "POST", MOCK, request_validator_id=validator, **method),
        models=models(**(schemas or {"Pet": PET})),
        request_validators=VALIDATORS,
    )


async def status(house: House, body: Any, headers: dict[str, str] | None = None, query: str = "") -> int:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (await house.call("POST", f"/dev/validation{query}", headers, sent)).status


@pytest.mark.parametrize(
    ("query", "headers", "missing"),
    [
        ("?q1=cat", {"h1": "v1"}, None),
        ("", {"h1": "v1"}, "[q1]"),
        ("?q1=", {"h1": "v1"}, "[q1]"),
        ("?q1=cat", {"h1": ""}, "[h1]"),
        ("", {}, "[h1, q1]"),
        ("?Q1=cat", {"h1": "v1"}, "[q1]"),
        ("?q1=cat", {"H1": "v1"}, "[h1]"),
        ("?q1=&q1=cat", {"h1": "v1"}, None),
    ],
)
def test_required_parameters_must_be_there_and_not_blank(
    query: str, headers: dict[str, str], missing: str | None
) -> None:
    async def scenario(house: House) -> None:
        required = {
            "method.request.querystring.q1": True,
            "method.request.header.h1": True,
            "method.request.querystring.q2": False,
        }
        deploy(house, validator="params", request_parameters=required)
        reply = await house.call("POST", f"/dev/validation{query}", headers)
        if missing is None:
            assert reply.status == 200
        else:
            assert reply.status == 400
            assert reply.body == b'{"message":"Missing required request parameters: %b"}' % missing.encode()
            assert reply.header("x-amzn-ErrorType") == "BadRequestException"

    in_house(scenario)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (GOOD, 200),
        ({**GOOD, "type": "bird"}, 400),
        ({**GOOD, "price": 501}, 400),
        ({"name": "x"}, 400),
        (b"", 400),  # validated as {}
        (b"no json", 400),
        (b'{"name": "x"', 400),
        (b'{"a": ' * 400 + b"1" + b"}" * 400, 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "a", "type": "dog", "price": 1e400}', 400),
        (b'{"name": "a", "type": "dog", "price": ' + b"9" * 400 + b"}", 400),
        ([GOOD], 400),
    ],
)
def test_a_body_must_match_the_model_of_its_content_type(body: Any, expected: int) -> None:
    async def scenario(house: House) -> None:
        deploy(house)
        assert await status(house, body) == expected

    in_house(scenario)


def test_the_answer_to_a_body_that_does_not_match_is_aws_and_no_backend_is_called() -> None:
    async def scenario(house: House) -> None:
        proxy = Integration(type="HTTP_PROXY", uri="http://${stageVariables.backend}/", http_method="POST")
        house.deploy(
            resource("/v", "POST", proxy, request_validator_id="body", request_models={"application/json": "Pet"}),
            models=models(Pet=PET),
            request_validators=VALIDATORS,
        )
        reply = await house.call("POST", "/dev/v", body=b"{}")
        assert (reply.status, reply.body) == (400, b'{"message":"Invalid request body"}')
        assert house.backend.seen == []
        good = json.dumps(GOOD).encode()
        assert (await house.call("POST", "/dev/v", body=good)).status == 200
        assert house.backend.seen[0].body == good

    in_house(scenario)


@pytest.mark.parametrize(
    ("request_models", "content_type", "expected"),
    [
        ({"application/json": "Pet"}, "application/json; charset=utf-8", 400),
        ({"application/json": "Pet"}, "APPLICATION/JSON", 400),
        ({"application/json": "Pet"}, "application/xml", 200),  # no model: nothing to validate against
        ({"application/json": "Pet", "$default": "Empty"}, "application/xml", 200),
        ({"$default": "Pet"}, "application/xml", 400),
        ({"application/xml": "Pet"}, "", 200),
        ({"application/json": "Pet"}, "", 400),
    ],
)
def test_the_model_is_chosen_by_content_type_then_by_default(
    request_models: dict[str, str], content_type: str, expected: int
) -> None:
    async def scenario(house: House) -> None:
        deploy(house, request_models=request_models, schemas={"Pet": PET, "Empty": {}})
        headers = {"Content-Type": content_type} if content_type else None
        assert await status(house, {}, headers) == expected

    in_house(scenario)


@pytest.mark.parametrize("validator", ["", "params", "neither", "unknown"])
def test_without_a_validator_that_looks_at_bodies_every_body_passes(validator: str) -> None:
    async def scenario(house: House) -> None:
        deploy(house, validator=validator)
        assert await status(house, {}) == 200

    in_house(scenario)


@pytest.mark.parametrize("validator", ["", "body", "neither"])
def test_without_a_validator_that_looks_at_parameters_required_ones_may_be_missing(validator: str) -> None:
    async def scenario(house: House) -> None:
        deploy(
            house, validator=validator, request_parameters={"method.request.querystring.q1": True}, request_models={}
        )
        assert await status(house, {}) == 200

    in_house(scenario)


@pytest.mark.parametrize("api", [API, "another123"])  # an imported API's references name the one it came from
def test_models_refer_to_models_in_circles(api: str) -> None:
    async def scenario(house: House) -> None:
        person = {"type": "object", "required": ["name"], "properties": {"pets": {"items": {"$ref": url("Pet", api)}}}}
        pet = {"type": "object", "required": ["kind"], "properties": {"owner": {"$ref": url("Person", api)}}}
        deploy(house, request_models={"application/json": "Person"}, schemas={"Person": person, "Pet": pet})
        assert await status(house, {"name": "a", "pets": [{"kind": "dog", "owner": {"name": "b", "pets": []}}]}) == 200
        assert await status(house, {"name": "a", "pets": [{"kind": "dog", "owner": {"pets": []}}]}) == 400
        assert await status(house, {"name": "a", "pets": [{}]}) == 400

    in_house(scenario)


def test_a_model_may_refer_into_itself_and_into_definitions_of_another() -> None:
    async def scenario(house: House) -> None:
        tree = {"properties": {"value": {"$ref": "#/definitions/number"}, "left": {"$ref": "#"}}}
        tree["definitions"] = {"number": {"type": "integer"}}
        other = {"properties": {"n": {"$ref": url("Tree") + "#/definitions/number"}, "t": {"$ref": url("Tree")}}}
        deploy(house, request_models={"application/json": "Other"}, schemas={"Tree": tree, "Other": other})
        assert await status(house, {"n": 1, "t": {"left": {"left": {"value": 1}}}}) == 200
        assert await status(house, {"n": "1"}) == 400
        assert await status(house, {"t": {"left": {"left": {"value": "1"}}}}) == 400

    in_house(scenario)


def test_draft_4_is_meant_whatever_else_a_later_draft_made_of_a_keyword() -> None:
    async def scenario(house: House) -> None:
        schema = {"type": "number", "maximum": 5, "exclusiveMaximum": True}
        deploy(house, schemas={"Pet": schema})
        assert [await status(house, n) for n in (4, 5)] == [200, 400]

    in_house(scenario)


BROKEN = {
    "not json": "{",
    "no object": "[]",
    "no such type": {"type": "thing"},
    "a reference to nothing": {"$ref": url("Nothing")},
    "a reference elsewhere": {"$ref": "https://example.com/schema"},
    "a pointer to nothing": {"$ref": "#/definitions/nothing"},
    "no regular expression": {"pattern": "("},
}


@pytest.mark.parametrize("schema", BROKEN.values(), ids=BROKEN.keys())
def test_a_schema_that_cannot_be_used_is_refused_naming_its_model_if_a_validator_needs_it(schema: Any) -> None:
    async def scenario(house: House) -> None:
        with pytest.raises(CompileError, match=r"POST /validation: model Pet: "):
            deploy(house, schemas={"Pet": schema})
        deploy(house, schemas={"Pet": schema}, validator="params")
        deploy(house, schemas={"Pet": schema, "Good": {}}, request_models={"application/json": "Good"})
        assert await status(house, {}) == 200

    in_house(scenario)


def test_a_model_is_compiled_once_for_all_methods_and_only_if_one_asks() -> None:
    shared = Models(document(models=models(Pet=PET, Broken="{")))
    assert shared.validator("Pet") is shared.validator("Pet")
    with pytest.raises(ModelError, match="model Broken: not JSON"):
        shared.validator("Broken")


FOUND = {
    '[object has missing required properties (["price","type"])]': {"name": "x"},
    '[instance type (integer) does not match any allowed primitive type (allowed: ["string"])]': {**GOOD, "name": 1},
    '[instance value ("bird") not found in enum (possible values: ["dog","cat","fish"])]': {**GOOD, "type": "bird"},
    "[numeric instance is greater than the required maximum (maximum: 500.0, found: 501)]": {**GOOD, "price": 501},
    "[numeric instance is lower than the required minimum (minimum: 25.0, found: 1)]": {**GOOD, "price": 1},
    "[Unknown error parsing request body]": b"{",
}


@pytest.mark.parametrize(("found", "body"), FOUND.items())
def test_what_a_validator_found_is_told_in_the_words_of_aws(found: str, body: Any) -> None:
    async def scenario(house: House) -> None:
        drawn = GatewayResponse(
            response_type="BAD_REQUEST_BODY",
            response_templates={"application/json": "$context.error.validationErrorString"},
        )
        house.deploy(
            resource("/validation", "POST", MOCK, request_validator_id="body", request_models={"$default": "Pet"}),
            models=models(Pet=PET),
            request_validators=VALIDATORS,
            gateway_responses=(drawn,),
        )
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        assert (await house.call("POST", "/dev/validation", body=sent)).body.decode() == found

    in_house(scenario)
