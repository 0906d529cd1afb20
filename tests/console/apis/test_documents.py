"""Import of documents. Source: developer guide ("Import a REST API", "basePath", extensions); behaviour 130."""

import json
import time
from pathlib import Path

import pytest
import yaml

from console.apis import services
from console.apis.models import Method, RestApi
from console.core.faults import BadRequest, NotFound

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent / "documents"
PETSTORE = (HERE / "petstore.yaml").read_bytes()
SWAGGER = (HERE / "petstore.json").read_bytes()


def document(paths=None, **more):
    return json.dumps(
        {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {} if paths is None else paths, **more}
    ).encode()


def drawn(api):
    """{"GET /pets": method} with all that is in each."""
    whole = RestApi.objects.drawn().get(pk=api.pk)
    return {f"{m.http_method} {r.path}": m for r in whole.resources.all() for m in r.methods.all()}


def verdicts(imported):
    return {line["pointer"]: line["verdict"] for line in imported.report}


MOCK = {"type": "mock", "responses": {"default": {"statusCode": "200"}}}


class TestPetStore:
    @pytest.fixture
    def imported(self, developer):
        return services.import_rest_api(developer, body=PETSTORE)

    def test_the_api_itself(self, imported):
        api = imported.rest_api
        assert (api.name, api.version, api.minimum_compression_size) == ("PetStore", "1.2", 1024)
        assert api.binary_media_types == ["image/png", "image/jpeg"]
        assert api.root_resource_id == api.resources.get(path="/").pk
        assert sorted(api.resources.values_list("path", flat=True)) == ["/", "/pets", "/pets/{petId}"]
        assert sorted(drawn(api)) == ["ANY /pets/{petId}", "GET /", "GET /pets", "OPTIONS /pets", "POST /pets"]

    def test_a_mock_with_its_template_and_answer(self, imported):
        integration = drawn(imported.rest_api)["GET /"].method_integration
        assert (integration.type, integration.uri) == ("MOCK", "")
        assert integration.request_templates == {"application/json": '{"statusCode": 200}'}
        (answer,) = integration.responses.all()
        assert (answer.status_code, answer.selection_pattern) == ("200", "")
        assert answer.response_parameters == {"method.response.header.Content-Type": "'text/html'"}

    def test_an_http_integration_with_all_its_members(self, imported):
        method = drawn(imported.rest_api)["GET /pets"]
        assert method.operation_name == "ListPets"
        assert method.request_parameters == {
            "method.request.querystring.page": False,  # of the path, by reference
            "method.request.querystring.type": False,
        }
        integration = method.method_integration
        assert (integration.type, integration.http_method) == ("HTTP", "GET")
        assert integration.uri == "http://${stageVariables.backend}/pets"
        assert integration.timeout_in_millis == 5000
        assert integration.cache_namespace == method.resource_id
        assert integration.cache_key_parameters == ["method.request.querystring.page"]
        answers = {a.status_code: (a.selection_pattern, a.content_handling) for a in integration.responses.all()}
        assert answers == {"200": (r"2\d{2}", ""), "500": ("", "CONVERT_TO_TEXT")}
        (response,) = method.responses.all()
        assert response.response_parameters == {"method.response.header.X-Total": False}
        assert list(response.response_models) == ["application/json"]
        assert response.response_models["application/json"].startswith("MODEL")

    def test_any_proxy_and_its_path_parameter(self, imported):
        method = drawn(imported.rest_api)["ANY /pets/{petId}"]
        integration = method.method_integration
        assert method.request_parameters == {"method.request.path.petId": True}
        assert (integration.type, integration.insecure_skip_verification) == ("HTTP_PROXY", True)
        assert integration.request_parameters == {"integration.request.path.petId": "method.request.path.petId"}

    def test_a_key_is_required_where_the_scheme_is_named(self, imported):
        methods = drawn(imported.rest_api)
        assert [name for name, method in methods.items() if method.api_key_required] == ["POST /pets"]
        assert methods["POST /pets"].request_models == {"application/json": "NewPet"}

    def test_a_method_without_an_integration_is_imported_without_one(self, imported):
        assert drawn(imported.rest_api)["OPTIONS /pets"].method_integration is None

    def test_models_refer_to_each_other_as_aws_has_them(self, imported):
        api = imported.rest_api
        names = set(api.models.values_list("name", flat=True))
        assert {"Empty", "Error", "Pet", "NewPet"} < names
        pet = json.loads(api.models.get(name="Pet").schema)
        reference = f"https://apigateway.amazonaws.com/restapis/{api.pk}/models/Pet"
        assert pet["properties"]["mother"] == {"$ref": reference}
        assert api.models.get(name="Pet").description == "one pet"

    def test_the_report_says_of_each_part_what_became_of_it(self, imported):
        said = verdicts(imported)
        assert said["#/paths/~1pets/get"] == "taken"
        assert said["#/paths/~1pets/get/x-amazon-apigateway-integration"] == "taken"
        assert said["#/components/schemas/New_Pet"] == "approximated"
        assert said["#/servers"] == "ignored"
        lines = PETSTORE.decode().splitlines()
        at = {line["pointer"]: line["line"] for line in imported.report}
        assert lines[at["#/paths/~1pets/post"] - 1].strip() == "post:"
        assert lines[at["#/components/schemas/Pet"] - 1].strip() == "Pet:"
        assert imported.warnings == []

    def test_json_of_the_same_is_the_same(self, imported, developer):
        again = services.import_rest_api(developer, body=json.dumps(yaml.safe_load(PETSTORE)).encode())
        first, second = drawn(imported.rest_api), drawn(again.rest_api)
        assert first.keys() == second.keys()
        for name, method in first.items():
            assert method.request_parameters == second[name].request_parameters
        assert verdicts(imported) == verdicts(again)


class TestSwagger:
    @pytest.fixture
    def imported(self, developer):
        return services.import_rest_api(developer, body=SWAGGER)

    def test_what_is_taken(self, imported):
        api = imported.rest_api
        assert (api.disable_execute_api_endpoint, json.loads(api.policy)["Version"]) == (True, "2012-10-17")
        methods = drawn(api)
        get, post = methods["GET /pets"], methods["POST /pets"]
        assert get.request_parameters == {
            "method.request.querystring.type": False,
            "method.request.header.X-Trace": False,
        }
        assert get.responses.all()[0].response_models == {"application/json": "Pets", "text/plain": "Pets"}
        assert get.method_integration.passthrough_behavior == "WHEN_NO_TEMPLATES"
        assert post.request_models == {"application/json": "NewPet"}
        assert post.authorization_type == "AWS_IAM"
        assert (post.method_integration.type, post.method_integration.credentials[:12]) == ("AWS_PROXY", "arn:aws:iam:")

    def test_circular_models_are_legal(self, imported):
        names = set(imported.rest_api.models.values_list("name", flat=True))
        assert {"Pets", "Pet", "NewPet"} < names

    def test_a_default_response_is_no_method_response(self, imported):
        assert verdicts(imported)["#/paths/~1pets/get/responses/default"] == "ignored"
        assert verdicts(imported)["#/paths/~1pets/get"] == "approximated"


@pytest.mark.parametrize(
    ("body", "mode", "paths"),
    [
        (SWAGGER, "ignore", ["/", "/pets"]),
        (SWAGGER, "prepend", ["/", "/a", "/a/b", "/a/b/pets"]),
        (SWAGGER, "split", ["/", "/b", "/b/pets"]),
        (PETSTORE, "prepend", ["/", "/v1", "/v1/store", "/v1/store/pets", "/v1/store/pets/{petId}"]),
        (PETSTORE, "split", ["/", "/store", "/store/pets", "/store/pets/{petId}"]),
        (document({"/e": {}}, servers=[{"url": "https://x.example/a/b"}]), "prepend", ["/", "/a", "/a/b", "/a/b/e"]),
        (document({"/e": {}}, servers=[{"url": "/a"}]), "split", ["/", "/e"]),
        (document({"/e": {}}), "prepend", ["/", "/e"]),
    ],
)
def test_the_base_path_is_ignored_prepended_or_split(developer, body, mode, paths):
    api = services.import_rest_api(developer, body=body, parameters={"basepath": mode}).rest_api
    assert sorted(api.resources.values_list("path", flat=True)) == paths


def test_the_endpoint_type_is_a_parameter(developer):
    imported = services.import_rest_api(
        developer, body=document(), parameters={"endpointConfigurationTypes": "REGIONAL", "ignore": "documentation"}
    )
    assert imported.rest_api.endpoint_types == ["REGIONAL"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"basepath": "append"}, "Invalid basepath"), ({"bsepath": "split"}, "Unknown import parameter: bsepath")],
)
def test_parameters_that_nobody_knows_are_refused(developer, parameters, said):
    with pytest.raises(BadRequest, match=said):
        services.import_rest_api(developer, body=document(), parameters=parameters)


def operation(integration=None, **more):
    said = {"responses": {"200": {"description": "ok"}}, **more}
    if integration is not None:
        said["x-amazon-apigateway-integration"] = integration
    return said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "swagger"),
        (b'{"swagger": "1.2"}', "swagger"),
        (b'{"openapi": "2.0"}', "openapi"),
        (b'{"openapi": "3.0.1", "paths": {}}', "info.title"),
        (b'{"openapi": "3.0.1",\n "info": }', "line 2"),
        (document([]), "must be an object"),
        (document({"/a": 1}), "A path must be an object"),
        (document({"/a": {"get": []}}), "An operation must be an object"),
        (document({"a": {}}), "begins with a slash"),
        (document({"/a": {"get": operation()}, "/a/": {"get": operation()}}), "GET /a is there twice"),
        (document({"/a b": {}}), "Unable to create resource at path '/a b': Resource's path part only allow"),
        (document({"/a{b}": {}}), "Unable to create resource at path '/a{b}'"),
        (
            document({"/{a}/x": {}, "/{b}/y": {}}),
            r"A sibling \({a}\) of this resource already has a variable path part",
        ),
        (document({"/{a+}": {}, "/{a+}/x": {}}), "greedy path variable"),
        (document({"/a": {"get": operation({})}}), "'type' is missing"),
        (document({"/a": {"get": operation({"type": "ftp"})}}), "'type' must be one of"),
        (document({"/a": {"get": operation("mock")}}), "must be an object"),
        (
            document({"/a": {"get": operation({"type": "http", "uri": "http://x"})}}),
            "Unable to put integration for 'GET' on resource at path '/a': Enumeration value for HttpMethod",
        ),
        (
            document({"/a": {"get": operation({"type": "http", "httpMethod": "GET", "uri": {"Fn::Sub": "x"}})}}),
            "'uri' must be a text",
        ),
        (
            document({"/a": {"get": operation({"type": "mock", "timeoutInMillis": 30000})}}),
            "Timeout should be between 50 ms and 29000 ms",
        ),
        (
            document({"/a": {"get": operation({"type": "mock", "timeoutInMillis": "soon"})}}),
            "'timeoutInMillis' must be a number",
        ),
        (
            document(
                {"/a": {"get": operation({"type": "mock", "requestParameters": {"integration.request.path.x": "y"}})}}
            ),
            "Invalid mapping expression specified: y",
        ),
        (
            document(
                {
                    "/a": {
                        "get": operation(
                            {
                                "type": "mock",
                                "responses": {
                                    "default": {
                                        "statusCode": "200",
                                        "responseParameters": {"method.response.header.X": "'x'"},
                                    }
                                },
                            }
                        )
                    }
                }
            ),
            "Unable to put integration response '200' for 'GET' on resource at path '/a': Invalid mapping expression",
        ),
        (document(components={"schemas": {"A": 1}}), "A schema must be an object"),
        (document(components={"schemas": []}), "'schemas' must be an object"),
        (document(**{"x-amazon-apigateway-minimum-compression-size": -1}), "Invalid minimum compression size"),
    ],
)
def test_a_document_with_an_error_leaves_nothing(developer, body, said):
    with pytest.raises(BadRequest, match=said):
        services.import_rest_api(developer, body=body)
    assert not RestApi.objects.exists()


def test_all_errors_are_told_at_once_with_their_lines(developer):
    body = b'{"openapi": "3.0.1",\n"info": {"title": "t"},\n"paths": {\n"/a": 1,\n"/b": 2}}'
    with pytest.raises(BadRequest) as refusal:
        services.import_rest_api(developer, body=body)
    assert refusal.value.message == (
        "Errors found during import:\n\tA path must be an object (#/paths/~1a, line 4)"
        "\n\tA path must be an object (#/paths/~1b, line 5)"
    )


GHOSTLY = document(
    {
        "/a": {
            "get": operation(
                MOCK,
                parameters=[{"$ref": "#/components/parameters/ghost"}, {"in": "query", "name": "page[size]"}],
                requestBody={"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ghost"}}}},
                security=[{"ghost": []}],
                **{"x-amazon-apigateway-auth-of-tomorrow": "all"},
            )
        }
    }
)


def test_what_is_lost_is_warned_of(developer):
    imported = services.import_rest_api(developer, body=GHOSTLY)
    assert [warning.partition(" (#")[0] for warning in imported.warnings] == [
        "Reference '#/components/parameters/ghost' not found. Ignoring.",
        "Parameter 'page[size]' is not declared: API Gateway's names hold letters, digits and . _ $ -",
        "Reference to model 'Ghost' not found. Ignoring.",
        "Security scheme 'ghost' not found. Ignoring.",
        "'x-amazon-apigateway-auth-of-tomorrow' is not kept by this version",
    ]
    assert "GET /a" in drawn(imported.rest_api)


def test_fail_on_warnings_refuses_and_leaves_nothing(developer):
    with pytest.raises(BadRequest, match="Warnings found during import") as refusal:
        services.import_rest_api(developer, body=GHOSTLY, fail_on_warnings=True)
    assert "Reference to model 'Ghost' not found" in refusal.value.message
    assert not RestApi.objects.exists()


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        ({"x-amazon-apigateway-authorizer": {"type": "jwt"}}, "CUSTOM"),
        ({"x-amazon-apigateway-authtype": "custom"}, "CUSTOM"),
        ({"x-amazon-apigateway-authtype": "cognito_user_pools"}, "COGNITO_USER_POOLS"),
    ],
)
def test_a_method_whose_authorizer_is_not_said_stays_closed(developer, scheme, kind):
    said = {"type": "apiKey", "in": "header", "name": "Authorization", **scheme}
    body = document(
        {"/a": {"get": operation(MOCK, security=[{"who": ["read"]}])}}, components={"securitySchemes": {"who": said}}
    )
    imported = services.import_rest_api(developer, body=body)
    method = drawn(imported.rest_api)["GET /a"]
    assert (method.authorization_type, method.authorization_scopes) == (kind, ["read"])
    assert any("stay closed" in warning for warning in imported.warnings)
    at = {"rest_api_id": imported.rest_api.pk, "resource_id": method.resource_id, "http_method": "GET"}
    patch = [{"op": "replace", "path": "/apiKeyRequired", "value": "true"}]
    assert services.update_method(developer, **at, patch_operations=patch).authorization_type == kind
    patch = [{"op": "replace", "path": "/authorizerId", "value": "ghost"}]
    with pytest.raises(BadRequest, match="Invalid authorizer ID"):
        services.update_method(developer, **at, patch_operations=patch)


def test_security_at_the_top_is_not_used_as_on_aws(developer):
    body = document(
        {"/a": {"get": operation(MOCK)}},
        security=[{"key": []}],
        components={"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}},
    )
    imported = services.import_rest_api(developer, body=body)
    assert not drawn(imported.rest_api)["GET /a"].api_key_required
    assert verdicts(imported)["#/security"] == "ignored"


def test_references_lead_to_parameters_responses_bodies_and_paths(developer):
    body = document(
        {"/a": {"$ref": "#/components/pathItems/a"}},
        components={
            "pathItems": {
                "a": {
                    "post": {
                        "parameters": [{"$ref": "#/components/parameters/p"}],
                        "requestBody": {"$ref": "#/components/requestBodies/b"},
                        "responses": {"200": {"$ref": "#/components/responses/r"}},
                        "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/i"},
                    }
                }
            },
            "parameters": {"p": {"in": "header", "name": "X", "required": True}},
            "requestBodies": {"b": {"content": {"text/x": {"schema": {"$ref": "#/components/schemas/M"}}}}},
            "responses": {
                "r": {"headers": {"Y": {}}, "content": {"a/b": {"schema": {"$ref": "#/components/schemas/M"}}}}
            },
            "schemas": {"M": {"type": "object"}},
            "x-amazon-apigateway-integrations": {"i": MOCK},
        },
    )
    method = drawn(services.import_rest_api(developer, body=body).rest_api)["POST /a"]
    assert method.request_parameters == {"method.request.header.X": True}
    assert method.request_models == {"text/x": "M"}
    assert method.responses.all()[0].response_models == {"a/b": "M"}
    assert method.responses.all()[0].response_parameters == {"method.response.header.Y": False}
    assert method.method_integration.type == "MOCK"


def test_references_that_go_in_a_circle_end(developer):
    body = document(
        {"/a": {"$ref": "#/components/pathItems/a"}},
        components={"pathItems": {"a": {"$ref": "#/components/pathItems/a"}}},
    )
    assert services.import_rest_api(developer, body=body).warnings


def test_names_of_models_are_made_alphanumeric_and_stay_apart(developer):
    imported = services.import_rest_api(
        developer,
        body=document(components={"schemas": {"a_b": {}, "a-b": {"$ref": "#/components/schemas/a_b"}, "ab": {}}}),
    )
    schemas = dict(imported.rest_api.models.values_list("name", "schema"))
    assert schemas.keys() >= {"ab", "ab2", "ab3"}
    assert schemas["ab2"].rstrip("}\n ").endswith('/models/ab"')


def test_two_patterns_of_one_status_keep_the_last_and_are_told(developer):
    responses = {"4..": {"statusCode": "200"}, "5..": {"statusCode": 200}}
    imported = services.import_rest_api(
        developer, body=document({"/a": {"get": operation({"type": "mock", "responses": responses})}})
    )
    (answer,) = drawn(imported.rest_api)["GET /a"].method_integration.responses.all()
    assert answer.selection_pattern == "5.."
    assert len(imported.warnings) == 1


class TestPut:
    @pytest.fixture
    def api(self, developer):
        body = document(
            {
                "/kept": {"get": operation(MOCK)},
                "/both": {"get": operation(MOCK, operationId="old"), "post": operation(MOCK)},
            },
            components={"schemas": {"Old": {}, "Shared": {"title": "old"}}},
            **{"x-amazon-apigateway-binary-media-types": ["image/png"]},
        )
        return services.import_rest_api(developer, body=body).rest_api

    NEW = document(
        {"/both": {"get": operation(MOCK, operationId="new")}, "/added/{id}": {"get": operation(MOCK)}},
        info={"title": "other", "version": "2", "description": "said"},
        components={"schemas": {"Shared": {"title": "new"}}},
        **{"x-amazon-apigateway-binary-media-types": ["image/jpeg"]},
    )

    def test_a_merge_adds_and_replaces_method_by_method(self, developer, api):
        services.put_rest_api(developer, rest_api_id=api.pk, body=self.NEW)
        methods = drawn(api)
        assert sorted(methods) == ["GET /added/{id}", "GET /both", "GET /kept", "POST /both"]
        assert methods["GET /both"].operation_name == "new"
        api.refresh_from_db()
        assert (api.name, api.description) == ("t", "said")
        assert api.binary_media_types == ["image/png", "image/jpeg"]
        schemas = dict(api.models.values_list("name", "schema"))
        assert schemas.keys() == {"Empty", "Error", "Old", "Shared"}
        assert "new" in schemas["Shared"]

    def test_an_overwrite_leaves_what_the_document_says(self, developer, api):
        root = api.root_resource_id
        services.put_rest_api(developer, rest_api_id=api.pk, body=self.NEW, mode="overwrite")
        assert sorted(drawn(api)) == ["GET /added/{id}", "GET /both"]
        api = services.get_rest_api(developer, rest_api_id=api.pk)
        assert (api.name, api.binary_media_types, api.root_resource_id) == ("other", ["image/jpeg"], root)
        assert set(api.models.values_list("name", flat=True)) == {"Empty", "Error", "Shared"}

    def test_an_overwrite_keeps_the_endpoint(self, developer, api):
        RestApi.objects.filter(pk=api.pk).update(endpoint_types=["REGIONAL"])
        services.put_rest_api(developer, rest_api_id=api.pk, body=self.NEW, mode="overwrite")
        assert RestApi.objects.get(pk=api.pk).endpoint_types == ["REGIONAL"]

    @pytest.mark.parametrize("mode", ["merge", "overwrite"])
    def test_a_refused_document_changes_nothing(self, developer, api, mode):
        before = RestApi.objects.get(pk=api.pk).updated_date
        with pytest.raises(BadRequest):
            services.put_rest_api(developer, rest_api_id=api.pk, body=document({"/a b": {}}), mode=mode)
        assert sorted(drawn(api)) == ["GET /both", "GET /kept", "POST /both"]
        assert RestApi.objects.get(pk=api.pk).updated_date == before

    def test_a_merge_respects_the_tree_that_is_there(self, developer, api):
        services.put_rest_api(developer, rest_api_id=api.pk, body=document({"/both/{id}": {}}))
        with pytest.raises(BadRequest, match=r"A sibling \({id}\)"):
            services.put_rest_api(developer, rest_api_id=api.pk, body=document({"/both/{name}": {}}))

    def test_a_mode_and_an_api_are_known(self, developer, api):
        with pytest.raises(BadRequest, match="import mode must be"):
            services.put_rest_api(developer, rest_api_id=api.pk, body=document(), mode="replace")
        with pytest.raises(NotFound):
            services.put_rest_api(developer, rest_api_id="nothere", body=document())


def large(count: int) -> bytes:
    integration = {
        "type": "http",
        "httpMethod": "GET",
        "uri": "http://backend.example/{id}",
        "requestParameters": {"integration.request.path.id": "method.request.path.id"},
        "responses": {"default": {"statusCode": "200"}, "5..": {"statusCode": "500"}},
    }
    responses = {
        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
        "500": {"description": "no"},
    }
    get = {
        "parameters": [{"in": "path", "name": "id", "required": True}],
        "responses": responses,
        "x-amazon-apigateway-integration": integration,
    }
    paths = {f"/r{number}/{{id}}": {"get": get} for number in range(count)}
    return document(paths, components={"schemas": {"Thing": {"type": "object"}}})


def test_two_thousand_operations_are_imported_in_seconds_and_few_statements(
    developer, unlimited, django_assert_max_num_queries
):
    body = large(2000)
    began = time.process_time()
    with django_assert_max_num_queries(100):
        api = services.import_rest_api(developer, body=body).rest_api
    took = time.process_time() - began
    assert Method.objects.filter(resource__rest_api=api).count() == 2000
    assert took < 20, f"{took:.1f} s"


def test_a_large_yaml_document_is_read_in_seconds(developer, unlimited):
    body = yaml.dump(json.loads(large(500)), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)).encode()
    began = time.process_time()
    services.import_rest_api(developer, body=body)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (document({"/a" * 1500: {}}), "too long"),
        (document({"/a" * 1000: {}}), ""),
        (document({f"/{{a{number}}}": {} for number in range(20_000)}), "and 19799 more"),
        (document(components={"schemas": {"_" * number: {} for number in range(1, 2000)}}), ""),
        (document({"/a": {"get": operation({**MOCK, "requestTemplates": {"a/b": "x" * 310_000}})}}), "300 KB"),
    ],
    ids=["too deep", "deep", "many siblings", "one name", "huge template"],
)
def test_a_document_that_is_meant_to_hurt_ends_soon(developer, unlimited, body, said):
    began = time.process_time()
    if said:
        with pytest.raises(BadRequest, match=said):
            services.import_rest_api(developer, body=body)
    else:
        services.import_rest_api(developer, body=body)
    assert time.process_time() - began < 20
