"""GetExport. Source: developer guide, "Export a REST API from API Gateway"; botocore, GetExport."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from openapi_spec_validator import validate

from console.apis import services as apis
from console.apis.models import Integration, IntegrationResponse, Method
from console.core.actor import Role
from console.core.faults import BadRequest, NotFound
from console.stages import services
from console.stages.models import Document, Stage
from tests.console.apis.test_authorizers import CONFIGURATION as JWT_CONFIGURATION
from tests.console.stages import drawn
from tests.console.stages.boto import client
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy

DOCUMENTS = Path(__file__).parents[1] / "apis" / "documents"
PUBLIC = sorted(path for path in (DOCUMENTS / "public").iterdir() if path.suffix in (".json", ".yaml"))
EVERYTHING = {"extensions": "apigateway"}

pytestmark = pytest.mark.django_db


def export(api, kind="oas30", stage_name="dev", accepts="application/json", **parameters) -> dict[str, Any]:
    found = services.get_export(
        DEPLOYER,
        rest_api_id=api.pk,
        stage_name=stage_name,
        export_type=kind,
        accepts=accepts,
        parameters=parameters or None,
    )
    assert found.content_type == accepts
    return json.loads(found.body) if accepts.endswith("json") else yaml.safe_load(found.body)


def frozen(api) -> dict[str, Any]:
    """What the stage serves, without what is another one in every API: ids, and how a schema is spelled."""
    stage = Stage.objects.select_related("deployment").get(rest_api=api)
    document = json.loads(bytes(Document.objects.get(pk=stage.deployment.document_id).body))
    del document["apiId"]
    names = {row["id"]: row.pop("name") for row in document.get("requestValidators", ())}
    for row in document.get("requestValidators", ()):
        row["id"] = names[row["id"]]
    document.get("requestValidators", []).sort(key=lambda row: row["id"])
    document.get("authorizers", []).sort(key=lambda row: row["name"])
    for row in document.get("authorizers", ()):
        del row["id"]  # methods say its name below
    document["models"] = [model for model in document.get("models", ()) if not _is_of_aws(model)]
    for model in document["models"]:
        model["schema"] = _schema(model.get("schema") or "{}")
    for resource in document["resources"]:
        own = resource.pop("id")
        for method in resource.get("methods", ()):
            _without_ids(api, method, own, names)
    document["resources"] = [resource for resource in document["resources"] if resource.get("methods")]
    if "policy" in document:
        document["policy"] = json.loads(document["policy"])
    return document


def _is_of_aws(model: dict[str, Any]) -> bool:
    """An import makes these two in any case."""
    return f'"{model["name"]} Schema"' in model.get("schema", "") and model["name"] in ("Empty", "Error")


def _schema(text: str) -> Any:
    value = json.loads(re.sub(r"restapis/\w+/models", "restapis/x/models", text))
    value.pop("$schema", None)
    return value


def _without_ids(api, method: dict[str, Any], own: str, validators: dict[str, str]) -> None:
    integration = method["integration"]
    integration["cacheNamespace"] = integration.get("cacheNamespace", "").replace(own, "")
    if "requestValidatorId" in method:
        method["requestValidatorId"] = validators[method["requestValidatorId"]]
    if "authorizerId" in method:
        method["authorizerId"] = api.authorizers.get(pk=method["authorizerId"]).name
    for response in method.get("responses", ()):  # whether a response's header is required says nothing
        response["responseParameters"] = sorted(response.get("responseParameters", ()))


def imported(body: bytes):
    """An API of a document; methods without an integration get a mock, as somebody would draw it."""
    api = apis.import_rest_api(DEVELOPER, body=body).rest_api
    for method in Method.objects.filter(resource__rest_api=api, integration=None):
        integration = Integration(method=method, type="MOCK", cache_namespace=method.resource_id)
        integration.put()
        IntegrationResponse(integration=integration, status_code="200").put()
    if Method.objects.filter(resource__rest_api=api).exists():
        deploy(api)
    return api


@pytest.mark.parametrize("accepts", ["application/json", "application/yaml"])
@pytest.mark.parametrize("path", [DOCUMENTS / "petstore.yaml", *PUBLIC], ids=lambda path: path.name)
def test_an_export_that_is_imported_is_the_same_api(path, accepts):
    first = imported(path.read_bytes())
    found = services.get_export(
        DEPLOYER,
        rest_api_id=first.pk,
        stage_name="dev",
        export_type="oas30",
        accepts=accepts,
        parameters=EVERYTHING,
    )
    again = apis.import_rest_api(DEVELOPER, body=found.body, fail_on_warnings=True).rest_api
    deploy(again)
    assert frozen(again) == frozen(first)
    assert (again.name, again.description, again.version) == (first.name, first.description, first.version)
    assert set(again.resources.values_list("path", flat=True)) == set(first.resources.values_list("path", flat=True))


@pytest.mark.parametrize("path", [DOCUMENTS / "petstore.yaml", *PUBLIC], ids=lambda path: path.name)
def test_swagger_says_the_same_of_one_body_whatever_its_type(path):
    """Swagger has one schema for all media types of a response, and the same types for all responses."""
    first = imported(path.read_bytes())
    once = imported(json.dumps(export(first, "swagger", **EVERYTHING)).encode())
    twice = imported(json.dumps(export(once, "swagger", **EVERYTHING)).encode())
    assert frozen(twice) == frozen(once)
    assert _without_bodies(frozen(once)) == _without_bodies(frozen(first))


def _without_bodies(document: dict[str, Any]) -> dict[str, Any]:
    for resource in document["resources"]:
        for method in resource["methods"]:
            for response in method.get("responses", ()):
                response.pop("responseModels", None)
            if method.get("requestModels"):
                method["requestModels"] = sorted(method["requestModels"])
    return document


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", ["oas30", "swagger"])
def test_an_export_without_extensions_is_a_valid_document(path, kind):
    api = imported(path.read_bytes())
    document = export(api, kind)
    validate(document)
    assert "x-amazon-apigateway" not in json.dumps(document)


class TestForm:
    @pytest.fixture
    def api(self):
        api = drawn.pets()
        deploy(api)
        return api

    def test_it_is_of_what_the_stage_serves_and_not_of_what_is_drawn(self, api):
        drawn.mock(drawn.method(drawn.resource(api, "later")))
        assert list(export(api)["paths"]) == ["/pets"]

    def test_the_head_says_where_the_stage_answers(self, api):
        said = export(api)
        assert (said["openapi"], said["info"]["title"]) == ("3.0.1", "pets")
        (server,) = said["servers"]
        assert server["url"] == f"http://{api.pk}.execute-api.localhost:8080/{{basePath}}"
        assert server["variables"]["basePath"]["default"] == "/dev"
        swagger = export(api, "swagger")
        assert (swagger["swagger"], swagger["basePath"], swagger["schemes"]) == ("2.0", "/dev", ["http"])
        assert swagger["host"] == f"{api.pk}.execute-api.localhost:8080"

    def test_integrations_are_said_when_they_are_asked_for(self, api):
        name = "x-amazon-apigateway-integration"
        assert name not in export(api)["paths"]["/pets"]["get"]
        for asked in ("integrations", "apigateway", "authorizers,integrations"):
            assert export(api, extensions=asked)["paths"]["/pets"]["get"][name] == {
                "type": "mock",
                "responses": {"default": {"statusCode": "200"}},
                "passthroughBehavior": "when_no_match",
                "requestTemplates": {"application/json": '{"statusCode": 200}'},
            }

    def test_path_parameters_that_nobody_declared_are_said_for_other_tools_only(self, api):
        drawn.mock(drawn.method(drawn.resource(api, "{id}")))
        deploy(api)
        assert export(api)["paths"]["/{id}"]["get"]["parameters"] == [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ]
        assert "parameters" not in export(api, **EVERYTHING)["paths"]["/{id}"]["get"]

    @pytest.mark.parametrize(
        ("kind", "accepts", "parameters"),
        [
            ("raml", "application/json", None),
            ("oas30", "text/html", None),
            ("oas30", "", {"extensions": "integration"}),
            ("oas30", "", {"extension": "integrations"}),
        ],
    )
    def test_what_is_not_offered_is_refused(self, api, kind, accepts, parameters):
        with pytest.raises(BadRequest):
            services.get_export(
                DEPLOYER,
                rest_api_id=api.pk,
                stage_name="dev",
                export_type=kind,
                accepts=accepts,
                parameters=parameters,
            )

    def test_a_stage_that_is_not_there_is_refused(self, api):
        with pytest.raises(NotFound, match="Invalid stage identifier specified"):
            export(api, stage_name="prod")

    def test_postman_learns_how_to_sign(self, api):
        drawn.mock(drawn.method(drawn.resource(api, "mine"), authorization_type="AWS_IAM"))
        deploy(api)
        paths = export(api, extensions="postman")["paths"]
        assert "x-postman-meta" not in paths["/pets"]["get"]
        assert paths["/mine"]["get"]["x-postman-meta"]["currentHelper"] == "awsSigV4"

    def test_two_responses_of_one_pattern_are_the_one_that_answers(self, api):
        integration = Integration.objects.get(method__resource__rest_api=api)
        for status, pattern in (("404", "4.."), ("400", "4.."), ("500", "default")):
            IntegrationResponse(integration=integration, status_code=status, selection_pattern=pattern).put()
        deploy(api)
        said = export(api, extensions="integrations")["paths"]["/pets"]["get"]["x-amazon-apigateway-integration"]
        assert {key: value["statusCode"] for key, value in said["responses"].items()} == {
            "default": "200",
            "4..": "400",
            "(default)": "500",
        }


class TestAuthorizers:
    @pytest.fixture
    def api(self):
        api = drawn.pets()
        token = apis.create_authorizer(
            DEVELOPER,
            rest_api_id=api.pk,
            name="tokens",
            type="TOKEN",
            authorizer_uri="arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:"
            "000000000000:function:judge/invocations",
            identity_source="method.request.header.X-Token",
            identity_validation_expression="Bearer .*",
            authorizer_result_ttl_in_seconds=60,
        )
        pool = apis.create_authorizer(
            DEVELOPER,
            rest_api_id=api.pk,
            name="people",
            type="COGNITO_USER_POOLS",
            provider_arns=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi"],
            identity_source="method.request.header.Authorization",
        )
        signed = apis.create_authorizer(
            DEVELOPER,
            rest_api_id=api.pk,
            name="signed",
            type="JWT",
            identity_source="method.request.header.Authorization",
            jwt_configuration=JWT_CONFIGURATION,
        )
        drawn.mock(drawn.method(drawn.resource(api, "three"), authorization_type="JWT", authorizer_id=signed.pk))
        one, two = drawn.resource(api, "one"), drawn.resource(api, "two")
        drawn.mock(drawn.method(one, authorization_type="CUSTOM", authorizer_id=token.pk, api_key_required=True))
        drawn.mock(
            drawn.method(
                two, authorization_type="COGNITO_USER_POOLS", authorizer_id=pool.pk, authorization_scopes=["pets/read"]
            )
        )
        deploy(api)
        return api

    def test_they_are_said_when_they_are_asked_for(self, api):
        schemes = export(api, extensions="authorizers")["components"]["securitySchemes"]
        tokens = schemes["tokens"]
        assert (tokens["name"], tokens["x-amazon-apigateway-authtype"]) == ("X-Token", "custom")
        said = tokens["x-amazon-apigateway-authorizer"]
        assert (said["type"], said["authorizerResultTtlInSeconds"]) == ("token", 60)
        assert said["identityValidationExpression"] == "Bearer .*"
        assert schemes["people"]["x-amazon-apigateway-authorizer"]["type"] == "cognito_user_pools"
        assert schemes["api_key"] == {"type": "apiKey", "name": "x-api-key", "in": "header"}

    def test_without_them_a_scheme_is_only_where_its_token_goes(self, api):
        said = export(api)
        assert said["components"]["securitySchemes"]["tokens"] == {"type": "apiKey", "name": "X-Token", "in": "header"}
        assert said["paths"]["/one"]["get"]["security"] == [{"tokens": []}, {"api_key": []}]
        assert said["paths"]["/two"]["get"]["security"] == [{"people": ["pets/read"]}]

    def test_methods_are_closed_in_the_same_way_after_an_import(self, api):
        again = imported(json.dumps(export(api, **EVERYTHING)).encode())
        assert frozen(again) == frozen(api)
        fields = ("name", "type", "authorizer_uri", "identity_source", "jwt_configuration")
        assert list(again.authorizers.order_by("name").values(*fields)) == list(
            api.authorizers.order_by("name").values(*fields)
        )


def test_settings_validators_and_gateway_responses_come_back():
    api = drawn.rest_api(
        binary_media_types=["image/png"],
        minimum_compression_size=10,
        api_key_source="AUTHORIZER",
        policy='{"Version": "2012-10-17", "Statement": []}',
        disable_execute_api_endpoint=True,
    )
    validator = apis.create_request_validator(
        DEVELOPER, rest_api_id=api.pk, name="all", validate_request_body=True, validate_request_parameters=True
    )
    apis.put_gateway_response(
        DEVELOPER,
        rest_api_id=api.pk,
        response_type="THROTTLED",
        status_code="420",
        response_parameters={"gatewayresponse.header.Retry-After": "'1'"},
        response_templates={"application/json": '{"calm":"down"}'},
    )
    drawn.mock(
        drawn.method(
            drawn.resource(api, "pets"),
            request_validator_id=validator.pk,
            request_parameters={"method.request.header.X": True, "method.request.querystring.q": False},
        )
    )
    deploy(api)
    again = imported(json.dumps(export(api, **EVERYTHING)).encode())
    assert frozen(again) == frozen(api)
    assert again.disable_execute_api_endpoint
    swagger = imported(json.dumps(export(api, "swagger", **EVERYTHING)).encode())
    assert frozen(swagger) == frozen(api)
    assert swagger.disable_execute_api_endpoint


def test_what_a_documentation_version_says_is_in_its_place():
    api = drawn.pets()
    parts = [
        ({"type": "API"}, {"info": {"description": "All pets."}}),
        ({"type": "METHOD", "path": "/", "method": "GET"}, {"tags": ["read"], "description": "Reads."}),
        ({"type": "METHOD", "path": "/pets", "method": "GET"}, {"description": "Lists pets."}),
        ({"type": "RESPONSE", "path": "/pets", "method": "*", "statusCode": "200"}, {"description": "Here they are."}),
    ]
    for location, properties in parts:
        apis.create_documentation_part(
            DEVELOPER, rest_api_id=api.pk, location=location, properties=json.dumps(properties)
        )
    deploy(api)
    apis.create_documentation_version(DEVELOPER, rest_api_id=api.pk, documentation_version="7")
    assert "description" not in export(api)["info"]
    Stage.objects.filter(rest_api=api).update(documentation_version="7")
    said = export(api, **EVERYTHING)
    assert said["info"]["description"] == "All pets."
    method = said["paths"]["/pets"]["get"]
    assert (method["description"], method["tags"]) == ("Lists pets.", ["read"])
    assert method["responses"]["200"]["description"] == "Here they are."
    assert len(said["x-amazon-apigateway-documentation"]["documentationParts"]) == 4


@pytest.mark.django_db(transaction=True)
class TestWire:
    def test_boto3_gets_the_document_and_its_name(self, live_server):
        api = drawn.pets()
        deploy(api)
        boto = client(live_server.url, Role.VIEWER)
        answer = boto.get_export(restApiId=api.pk, stageName="dev", exportType="oas30", accepts="application/yaml")
        assert answer["contentType"] == "application/yaml"
        assert re.fullmatch(
            rf'attachment; filename="{api.pk}_dev_oas30_\d{{4}}-\d\d-\d\d_\d\d-\d\dZ\.yaml"',
            answer["contentDisposition"],
        )
        assert yaml.safe_load(answer["body"].read())["paths"]["/pets"]["get"]
        answer = boto.get_export(
            restApiId=api.pk, stageName="dev", exportType="swagger", parameters={"extensions": "integrations,postman"}
        )
        assert answer["contentType"] == "application/json"
        assert "x-amazon-apigateway-integration" in json.loads(answer["body"].read())["paths"]["/pets"]["get"]

    def test_boto3_is_told_what_is_not_offered(self, live_server):
        api = drawn.pets()
        deploy(api)
        boto = client(live_server.url, Role.VIEWER)
        with pytest.raises(ClientError) as error:
            boto.get_export(restApiId=api.pk, stageName="dev", exportType="raml")
        assert error.value.response["Error"]["Code"] == "BadRequestException"
