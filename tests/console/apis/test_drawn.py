"""The queries by which pages and the publisher load a whole API."""

import pytest
from django.db import IntegrityError, transaction

from console.apis.models import (
    Authorizer,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    RequestValidator,
    Resource,
    RestApi,
)

pytestmark = pytest.mark.django_db


def draw(width: int) -> RestApi:
    api = RestApi.objects.create(name="pets")
    root = Resource.objects.create(rest_api=api, path="/")
    Model.objects.create(rest_api=api, name="Empty", schema="{}")
    for number in range(width):
        RequestValidator.objects.create(rest_api=api, name=f"v{number}")
        Authorizer.objects.create(rest_api=api, name=f"a{number}", type="TOKEN")
        GatewayResponse.objects.create(rest_api=api, response_type=f"TYPE_{number}")
        resource = Resource.objects.create(rest_api=api, parent=root, path_part=f"p{number}", path=f"/p{number}")
        method = Method.objects.create(resource=resource, http_method="GET")
        MethodResponse.objects.create(method=method, status_code="200")
        integration = Integration.objects.create(method=method, type="MOCK")
        IntegrationResponse.objects.create(integration=integration, status_code="200")
        Method.objects.create(resource=resource, http_method="POST")
    return api


def walk(api: RestApi) -> list[tuple[str, str, str, int, int]]:
    found = []
    for resource in api.resources.all():
        for method in resource.methods.all():
            integration = method.method_integration
            kind, answers = (integration.type, len(integration.responses.all())) if integration else ("", 0)
            found.append((resource.path, method.http_method, kind, answers, len(method.responses.all())))
    assert [model.name for model in api.models.all()] == ["Empty"]
    assert len(api.request_validators.all()) == len(api.authorizers.all()) == len(api.gateway_responses.all())
    return found


@pytest.mark.parametrize("width", [1, 7])
def test_a_whole_api_is_loaded_in_nine_queries_however_large_it_is(width, django_assert_num_queries):
    drawn = draw(width)
    with django_assert_num_queries(9):
        found = walk(RestApi.objects.drawn().get(pk=drawn.pk))
    assert found[:2] == [("/p0", "GET", "MOCK", 1, 1), ("/p0", "POST", "", 0, 0)]
    assert len(found) == 2 * width


def test_the_root_is_known_in_the_same_query(django_assert_num_queries):
    api = draw(0)
    with django_assert_num_queries(1):
        assert RestApi.objects.with_root().get(pk=api.pk).root_resource_id
    assert RestApi.objects.with_root().get(pk=api.pk).root_resource_id == Resource.objects.get(path="/").pk


@pytest.mark.parametrize(
    "second",
    [
        {"path_part": "p0", "path": "/p0"},  # twice the same path
        {"path_part": "{b}", "path": "/{b}"},  # two variable children of one parent
        {"path_part": "", "path": "/nameless"},  # a nameless part
    ],
)
def test_the_database_itself_refuses_a_broken_tree(second):
    api = draw(1)
    root = api.resources.get(path="/")
    Resource.objects.create(rest_api=api, parent=root, path_part="{a}", path="/{a}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.create(rest_api=api, parent=root, **second)


def test_an_api_has_one_root():
    api = draw(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.create(rest_api=api, path="/")
