"""Extensions of OpenAPI that guard and describe an API. Source: developer guide, "x-amazon-apigateway-..." pages."""

import json

import pytest

from console.apis import services
from console.apis.models import RestApi
from console.core.faults import BadRequest, LimitExceeded
from tests.console.apis.test_authorizers import POOL, URI
from tests.console.apis.test_documents import MOCK, document, drawn, operation, verdicts

pytestmark = pytest.mark.django_db

VALIDATORS = {
    "x-amazon-apigateway-request-validators": {
        "basic": {"validateRequestBody": True, "validateRequestParameters": True},
        "params-only": {"validateRequestParameters": True},
    }
}


def swagger(paths, schemes=None, **more):
    return json.dumps(
        {
            "swagger": "2.0",
            "info": {"title": "t", "version": "1"},
            "paths": paths,
            "securityDefinitions": schemes or {},
            **more,
        }
    ).encode()


def openapi(paths, schemes=None, **more):
    return document(paths, components={"securitySchemes": schemes or {}}, **more)


def load(developer, body, **more):
    return services.import_rest_api(developer, body=body, **more)


def scheme(**authorizer):
    name = authorizer.pop("name", "Auth")
    more = {"x-amazon-apigateway-authtype": authorizer.pop("authtype")} if "authtype" in authorizer else {}
    return {"type": "apiKey", "in": "header", "name": name, **more, "x-amazon-apigateway-authorizer": authorizer}


TOKEN = scheme(
    type="token",
    authtype="oauth2",
    authorizerUri=URI,
    authorizerCredentials="arn:aws:iam::123456789012:role",
    identityValidationExpression="^x-[a-z]+",
    authorizerResultTtlInSeconds="60",
)
REQUEST = scheme(
    name="Unused",
    type="request",
    authorizerUri=URI,
    identitySource="method.request.header.HeaderAuth1, method.request.querystring.QueryString1",
    authorizerResultTtlInSeconds=300,
)
CONFIGURATION = {
    "issuers": [{"issuer": "https://identity.example.com", "audiences": ["pets"]}],
    "defaultAlgorithms": ["RS256"],
}
JWT = scheme(name="Authorization", type="jwt", jwtConfiguration=CONFIGURATION)
COGNITO = scheme(name="Authorization", type="cognito_user_pools", authtype="cognito_user_pools", providerARNs=[POOL])


@pytest.mark.parametrize("write", [swagger, openapi])
@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        (
            TOKEN,
            "CUSTOM",
            {
                "type": "TOKEN",
                "auth_type": "oauth2",
                "identity_source": "method.request.header.Auth",
                "identity_validation_expression": "^x-[a-z]+",
                "authorizer_credentials": "arn:aws:iam::123456789012:role",
                "authorizer_result_ttl_in_seconds": 60,
            },
        ),
        (
            REQUEST,
            "CUSTOM",
            {
                "type": "REQUEST",
                "auth_type": "custom",
                "identity_source": "method.request.header.HeaderAuth1, method.request.querystring.QueryString1",
                "authorizer_result_ttl_in_seconds": 300,
            },
        ),
        (
            JWT,
            "JWT",
            {
                "type": "JWT",
                "identity_source": "method.request.header.Authorization",
                "jwt_configuration": CONFIGURATION,
            },
        ),
        (
            COGNITO,
            "COGNITO_USER_POOLS",
            {
                "type": "COGNITO_USER_POOLS",
                "auth_type": "cognito_user_pools",
                "identity_source": "method.request.header.Authorization",
                "provider_arns": [POOL],
                "authorizer_result_ttl_in_seconds": None,
            },
        ),
    ],
)
def test_an_authorizer_is_taken_and_its_methods_name_it(developer, write, given, kind, kept):
    paths = {"/a": {"get": operation(MOCK, security=[{"guard": ["read"]}]), "post": operation(MOCK)}}
    imported = load(developer, write(paths, {"guard": given}))
    authorizer = imported.rest_api.authorizers.get()
    assert {name: getattr(authorizer, name) for name in kept} == kept
    method = drawn(imported.rest_api)["GET /a"]
    assert (method.authorization_type, method.authorizer_id) == (kind, authorizer.pk)
    assert method.authorization_scopes == ["read"]
    assert drawn(imported.rest_api)["POST /a"].authorization_type == "NONE"
    assert imported.warnings == []
    assert {said for at, said in verdicts(imported).items() if at.endswith("/guard")} == {"taken"}


def test_an_authorizer_that_aws_would_refuse_refuses_the_document(developer):
    with pytest.raises(BadRequest, match="Unable to create authorizer 'guard': Invalid Authorizer URI: None"):
        load(developer, openapi({}, {"guard": scheme(type="token")}))
    assert not RestApi.objects.exists()


def test_a_key_and_an_authorizer_both_guard_a_method(developer):
    key = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    paths = {"/a": {"get": operation(MOCK, security=[{"key": [], "guard": []}])}}
    method = drawn(load(developer, swagger(paths, {"key": key, "guard": TOKEN})).rest_api)["GET /a"]
    assert (method.api_key_required, method.authorization_type) == (True, "CUSTOM")
    assert method.authorizer_id


def test_a_validator_checks_all_methods_or_the_one_that_names_it(developer):
    paths = {
        "/a": {
            "get": operation(MOCK),
            "post": operation(MOCK, **{"x-amazon-apigateway-request-validator": "params-only"}),
        }
    }
    api = load(developer, document(paths, **VALIDATORS, **{"x-amazon-apigateway-request-validator": "basic"})).rest_api
    rows = {row.name: row for row in api.request_validators.all()}
    assert (rows["params-only"].validate_request_body, rows["params-only"].validate_request_parameters) == (False, True)
    methods = drawn(api)
    assert methods["GET /a"].request_validator_id == rows["basic"].pk
    assert methods["POST /a"].request_validator_id == rows["params-only"].pk


def test_a_validator_that_is_not_there_refuses_the_document(developer):
    paths = {"/a": {"get": operation(MOCK, **{"x-amazon-apigateway-request-validator": "ghost"})}}
    with pytest.raises(BadRequest, match="Invalid Request Validator identifier specified: ghost"):
        load(developer, document(paths, **VALIDATORS))


GATEWAY = {
    "x-amazon-apigateway-gateway-responses": {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'domain.com'"}},
        "INVALID_API_KEY": {"statusCode": 429, "responseTemplates": {"application/json": '{"message": test}'}},
    }
}


def test_gateway_responses_are_taken(developer):
    imported = load(developer, document({}, **GATEWAY))
    rows = {row.response_type: row for row in imported.rest_api.gateway_responses.all()}
    assert rows.keys() == {"DEFAULT_4XX", "INVALID_API_KEY"}
    assert rows["DEFAULT_4XX"].status_code == ""
    assert rows["DEFAULT_4XX"].response_parameters == {
        "gatewayresponse.header.Access-Control-Allow-Origin": "'domain.com'"
    }
    assert rows["INVALID_API_KEY"].status_code == "429"
    assert rows["INVALID_API_KEY"].response_templates == {"application/json": '{"message": test}'}
    assert verdicts(imported)["#/x-amazon-apigateway-gateway-responses/DEFAULT_4XX"] == "taken"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TEAPOT": {}}, "'TEAPOT' is no type of gateway response"),
        ({"DEFAULT_4XX": []}, "A gateway response must be an object"),
        (
            {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.X": "bare"}}},
            "Unable to put gateway response 'DEFAULT_4XX': Invalid mapping expression specified",
        ),
        ({"DEFAULT_4XX": {"statusCode": "4xx"}}, "Unable to put gateway response 'DEFAULT_4XX'"),
    ],
)
def test_a_gateway_response_that_is_none_refuses_the_document(developer, given, said):
    with pytest.raises(BadRequest, match=said):
        load(developer, document({}, **{"x-amazon-apigateway-gateway-responses": given}))


DOCUMENTED = {
    "x-amazon-apigateway-documentation": {
        "version": "1.0.3",
        "documentationParts": [
            {"location": {"type": "API"}, "properties": {"description": "API description"}},
            {"location": {"type": "METHOD", "method": "GET"}, "properties": {"description": "Method description."}},
        ],
    }
}


def test_documentation_is_taken_unless_it_shall_be_ignored(developer):
    imported = load(developer, document({}, **DOCUMENTED))
    parts = {part.location[0]: json.loads(part.properties) for part in imported.rest_api.documentation_parts.all()}
    assert parts == {"API": {"description": "API description"}, "METHOD": {"description": "Method description."}}
    assert verdicts(imported)["#/x-amazon-apigateway-documentation/version"] == "ignored"
    ignoring = load(developer, document({}, **DOCUMENTED), parameters={"ignore": "documentation"})
    assert not ignoring.rest_api.documentation_parts.exists()
    assert verdicts(ignoring)["#/x-amazon-apigateway-documentation"] == "ignored"
    with pytest.raises(BadRequest, match="Invalid value of ignore: models"):
        load(developer, document({}), parameters={"ignore": "models"})


def test_what_is_of_http_apis_only_is_told(developer):
    said = verdicts(
        load(
            developer,
            document(
                {},
                tags=[{"name": "Owner", "x-amazon-apigateway-tag-value": "Admin"}, {"name": "pets"}],
                **{
                    "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
                    "x-amazon-apigateway-importexport-version": "1.0",
                },
            ),
        )
    )
    assert said["#/tags/0/x-amazon-apigateway-tag-value"] == "ignored"
    assert said["#/x-amazon-apigateway-cors"] == "ignored"
    assert said["#/x-amazon-apigateway-importexport-version"] == "ignored"


class TestPut:
    FIRST = openapi(
        {"/a": {"get": operation(MOCK, security=[{"guard": []}])}},
        {"guard": TOKEN, "old": TOKEN},
        **VALIDATORS,
        **GATEWAY,
        **DOCUMENTED,
        **{"x-amazon-apigateway-request-validator": "basic"},
    )
    SECOND = openapi(
        {"/b": {"get": operation(MOCK, security=[{"guard": []}])}},
        {"guard": {**TOKEN, "name": "Other"}},
        **{
            "x-amazon-apigateway-request-validators": {"basic": {"validateRequestBody": True}},
            "x-amazon-apigateway-gateway-responses": {"THROTTLED": {"statusCode": "420"}},
            "x-amazon-apigateway-documentation": {
                "documentationParts": [{"location": {"type": "API"}, "properties": {"x": 1}}]
            },
        },
    )

    @pytest.fixture
    def api(self, developer):
        return load(developer, self.FIRST).rest_api

    def put(self, developer, api, mode):
        services.put_rest_api(developer, rest_api_id=api.pk, body=self.SECOND, mode=mode)

    def kept(self, api):
        return {
            "authorizers": sorted(api.authorizers.values_list("name", flat=True)),
            "validators": sorted(api.request_validators.values_list("name", flat=True)),
            "responses": sorted(api.gateway_responses.values_list("response_type", flat=True)),
            "documented": {part.location[0]: json.loads(part.properties) for part in api.documentation_parts.all()},
        }

    def test_a_merge_adds_and_what_is_named_again_keeps_its_id(self, developer, api):
        guard, basic = api.authorizers.get(name="guard"), api.request_validators.get(name="basic")
        self.put(developer, api, "merge")
        assert self.kept(api) == {
            "authorizers": ["guard", "old"],
            "validators": ["basic", "params-only"],
            "responses": ["DEFAULT_4XX", "INVALID_API_KEY", "THROTTLED"],
            "documented": {
                "API": {"description": "API description", "x": 1},
                "METHOD": {"description": "Method description."},
            },
        }
        assert api.authorizers.get(pk=guard.pk).identity_source == "method.request.header.Other"
        assert not api.request_validators.get(pk=basic.pk).validate_request_parameters
        methods = drawn(api)
        assert methods["GET /a"].authorizer_id == methods["GET /b"].authorizer_id == guard.pk
        assert (methods["GET /a"].request_validator_id, methods["GET /b"].request_validator_id) == (basic.pk, "")

    def test_overwriting_leaves_what_the_document_says(self, developer, api):
        self.put(developer, api, "overwrite")
        assert self.kept(api) == {
            "authorizers": ["guard"],
            "validators": ["basic"],
            "responses": ["THROTTLED"],
            "documented": {"API": {"x": 1}},
        }
        assert drawn(api)["GET /b"].authorizer_id == api.authorizers.get().pk

    def test_a_merge_may_name_what_the_api_has(self, developer, api):
        named = {"type": "apiKey", "in": "header", "name": "Auth", "x-amazon-apigateway-authtype": "custom"}
        paths = {
            "/c": {
                "get": operation(
                    MOCK, security=[{"old": []}], **{"x-amazon-apigateway-request-validator": "params-only"}
                )
            }
        }
        services.put_rest_api(developer, rest_api_id=api.pk, body=openapi(paths, {"old": named}))
        method = drawn(api)["GET /c"]
        assert method.authorizer_id == api.authorizers.get(name="old").pk
        assert method.request_validator_id == api.request_validators.get(name="params-only").pk


def test_a_clone_has_all_of_it_under_ids_of_its_own(developer):
    api = load(developer, TestPut.FIRST).rest_api
    clone = services.create_rest_api(developer, name="clone", clone_from=api.pk)
    assert TestPut().kept(clone) == TestPut().kept(api)
    guard = clone.authorizers.get(name="guard")
    assert guard.pk != api.authorizers.get(name="guard").pk
    assert drawn(clone)["GET /a"].authorizer_id == guard.pk
    assert drawn(clone)["GET /a"].request_validator_id == clone.request_validators.get(name="basic").pk


@pytest.mark.parametrize(
    ("limit", "body", "said"),
    [
        ("resources", document({"/a/b": {}}), "Resources"),
        ("models", document(components={"schemas": {"Pet": {}}}), "Models"),
        ("authorizers", openapi({}, {"a": TOKEN, "b": TOKEN, "c": TOKEN}), "Authorizers"),
        ("request_validators", document({}, **VALIDATORS), "Request Validators"),
        ("documentation_parts", document({}, **DOCUMENTED), "Documentation Parts"),
    ],
)
def test_a_document_that_says_more_than_the_limit_is_refused(developer, settings, limit, body, said):
    settings.LIMITS = {
        **settings.LIMITS,
        f"{limit}_per_rest_api": 2 if limit in ("resources", "models", "authorizers") else 1,
    }
    with pytest.raises(LimitExceeded, match=f"^Maximum number of {said} for this API has been reached"):
        load(developer, body)
    assert not RestApi.objects.exists()
