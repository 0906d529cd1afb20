"""Source: API reference (PutMethod, PutMethodResponse, patch operations); behaviours 122 and 128."""

import pytest

from console.apis import services
from console.apis.models import Method, RestApi
from console.core.faults import BadRequest, Conflict, NotFound

pytestmark = pytest.mark.django_db


def test_a_method_holds_what_was_said(draw, developer):
    draw.method(
        "/pets/{id}",
        "ANY",
        api_key_required=True,
        operation_name="AnyPet",
        request_parameters={"method.request.path.id": True, "method.request.header.X-Trace": False},
        request_models={"application/json": "Empty"},
    )
    method = services.get_method(developer, **draw.at("/pets/{id}", "ANY"))
    assert (method.api_key_required, method.operation_name) == (True, "AnyPet")
    assert method.request_parameters == {"method.request.path.id": True, "method.request.header.X-Trace": False}
    assert method.method_integration is None


def test_a_verb_is_put_once(draw):
    draw.method("/pets", "GET")
    with pytest.raises(Conflict) as refusal:
        draw.method("/pets", "GET")
    assert refusal.value.message == "Method already exists for this resource"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"http_method": "FETCH"}, "Invalid HttpMethod specified"),
        ({"authorization_type": "SECRET"}, "Invalid authorization type"),
        ({"authorization_type": "CUSTOM"}, "Invalid authorizer ID specified"),
        ({"request_validator_id": "abc123"}, "Invalid Request Validator identifier"),
        ({"request_models": {"application/json": "Ghost"}}, "Invalid model identifier specified: Ghost"),
        ({"request_parameters": {"method.request.body.x": True}}, "Invalid mapping expression specified"),
        ({"request_parameters": {"querystring.x": True}}, "Invalid mapping expression specified"),
        (
            {"request_parameters": {"method.request.querystring.page[size]": True}},
            r"Parameter name should match the following regular expression: \^\[a-zA-Z0-9",
        ),
    ],
)
def test_what_aws_refuses(draw, more, said):
    with pytest.raises(BadRequest, match=said):
        draw.method("/pets", **{"http_method": "GET", **more})
    assert not Method.objects.filter(resource__rest_api=draw.api).exists()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"resource_id": "nothere"}, "Invalid Resource identifier specified"),
        ({"http_method": "PUT"}, "Invalid Method identifier specified"),
        ({"rest_api_id": "nothere"}, "Invalid API identifier specified"),
    ],
)
def test_what_is_not_there_is_named(draw, developer, where, said):
    draw.method("/pets", "GET")
    for verb in (services.get_method, services.delete_method, services.update_method, services.get_integration):
        with pytest.raises(NotFound, match=said):
            verb(developer, **{**draw.at("/pets", "GET"), **where})


def test_a_method_without_an_integration_says_so(draw, developer):
    draw.method("/pets", "GET")
    with pytest.raises(NotFound, match="Invalid Integration identifier specified"):
        services.get_integration(developer, **draw.at("/pets", "GET"))


def test_every_path_that_aws_lets_patch(draw):
    draw.method("/pets", "GET")
    where = draw.at("/pets", "GET")
    where.pop("rest_api_id")
    method = draw.patch(
        services.update_method,
        ("replace", "/apiKeyRequired", "true"),
        ("replace", "/authorizationType", "AWS_IAM"),
        ("replace", "/operationName", "ListPets"),
        ("add", "/requestParameters/method.request.querystring.page", "false"),
        ("add", "/requestParameters/method.request.header.X-Id", "false"),
        ("replace", "/requestParameters/method.request.header.X-Id", "true"),
        ("add", "/requestModels/application~1json", "Empty"),
        ("add", "/authorizationScopes", "read"),
        ("remove", "/requestParameters/method.request.querystring.page"),
        **where,
    )
    method.refresh_from_db()
    assert (method.api_key_required, method.authorization_type, method.operation_name) == (True, "AWS_IAM", "ListPets")
    assert method.request_parameters == {"method.request.header.X-Id": True}
    assert method.request_models == {"application/json": "Empty"}
    assert method.authorization_scopes == ["read"]


@pytest.mark.parametrize(
    ("operation", "fault", "said"),
    [
        (("add", "/apiKeyRequired", "true"), BadRequest, r"Must be one of: \[replace\]"),
        (("replace", "/httpMethod", "PUT"), BadRequest, "Invalid patch path"),
        (("remove", "/requestParameters/method.request.header.X"), NotFound, "Invalid parameter name specified"),
        (("add", "/requestModels/application~1json", "Ghost"), BadRequest, "Invalid model identifier"),
        (("replace", "/authorizerId", "abc123"), BadRequest, "Invalid authorizer ID"),
    ],
)
def test_a_patch_that_aws_refuses(draw, operation, fault, said):
    draw.method("/pets", "GET")
    where = draw.at("/pets", "GET")
    where.pop("rest_api_id")
    with pytest.raises(fault, match=said):
        draw.patch(services.update_method, operation, **where)


def test_deleting_a_method_moves_the_apis_date(draw, developer):
    draw.mock("/pets")
    before = RestApi.objects.get(pk=draw.api.pk).updated_date
    services.delete_method(developer, **draw.at("/pets", "GET"))
    assert RestApi.objects.get(pk=draw.api.pk).updated_date > before
    assert not Method.objects.filter(resource__rest_api=draw.api).exists()


def test_a_method_response_is_put_once_patched_and_deleted(draw, developer):
    draw.method("/pets", "GET")
    at = draw.at("/pets", "GET", status_code="200")
    services.put_method_response(
        developer, **at, response_parameters={"method.response.header.ETag": False}, response_models={"a/b": "Error"}
    )
    with pytest.raises(Conflict, match="Response already exists for this resource"):
        services.put_method_response(developer, **at)
    at.pop("rest_api_id")
    response = draw.patch(
        services.update_method_response,
        ("add", "/responseParameters/method.response.header.Location", "true"),
        ("remove", "/responseModels/a~1b"),
        **at,
    )
    assert response.response_parameters == {
        "method.response.header.ETag": False,
        "method.response.header.Location": True,
    }
    assert response.response_models == {}
    at = draw.at("/pets", "GET", status_code="200")
    services.delete_method_response(developer, **at)
    with pytest.raises(NotFound, match="Invalid Response status code specified"):
        services.get_method_response(developer, **at)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"status_code": "20"}, "status code"),
        ({"status_code": "600"}, "status code"),
        ({"response_parameters": {"method.request.header.X": True}}, "Invalid mapping expression specified"),
        ({"response_models": {"application/json": "Ghost"}}, "Invalid model identifier"),
    ],
)
def test_a_method_response_that_aws_refuses(draw, developer, more, said):
    draw.method("/pets", "GET")
    with pytest.raises(BadRequest, match=said):
        services.put_method_response(developer, **{**draw.at("/pets", "GET", status_code="200"), **more})
