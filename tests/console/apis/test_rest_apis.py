"""Source: developer guide, API reference, and behaviours 122 to 124 and 128."""

import pytest

from console.accounts.models import AuditEntry
from console.apis import services
from console.apis.models import RestApi
from console.core.faults import AccessDenied, BadRequest, LimitExceeded, NotFound, ValidationFault

pytestmark = pytest.mark.django_db


def test_a_new_api_has_a_root_resource_and_two_models(developer):
    api = services.create_rest_api(developer, name="pets")
    assert [(r.pk, r.path, r.parent_id) for r in api.resources.all()] == [(api.root_resource_id, "/", None)]
    assert sorted(api.models.values_list("name", flat=True)) == ["Empty", "Error"]
    assert (api.endpoint_types, api.api_key_source) == (["EDGE"], "HEADER")


def test_a_viewer_reads_and_does_not_draw(developer, viewer):
    api = services.create_rest_api(developer, name="pets")
    assert services.get_rest_api(viewer, rest_api_id=api.pk) == api
    with pytest.raises(AccessDenied):
        services.create_rest_api(viewer, name="dogs")


def test_an_unknown_id_is_said_with_the_account(developer, settings):
    with pytest.raises(NotFound) as refusal:
        services.get_rest_api(developer, rest_api_id="nothere")
    assert refusal.value.message == f"Invalid API identifier specified {settings.ACCOUNT_ID}:nothere"


@pytest.mark.parametrize("count", [1, 6])
def test_a_page_of_apis_is_one_query(developer, count, django_assert_num_queries):
    for number in range(count):
        services.create_rest_api(developer, name=f"api {number}")
    with django_assert_num_queries(1 + 2):  # the page, and its savepoint or transaction
        found = services.get_rest_apis(developer)
        assert all(api.root_resource_id for api in found.items)
    assert len(found.items) == count


def test_pages_are_walked_by_their_position(developer):
    made = {services.create_rest_api(developer, name="same name").pk for _ in range(5)}
    first = services.get_rest_apis(developer, limit=3)
    second = services.get_rest_apis(developer, limit=3, position=first.position)
    assert second.position is None
    assert {api.pk for api in first.items + second.items} == made


def test_every_path_that_aws_lets_patch(draw):
    api = draw.patch(
        services.update_rest_api,
        ("replace", "/name", "dogs"),
        ("replace", "/description", "all of them"),
        ("replace", "/apiKeySource", "AUTHORIZER"),
        ("replace", "/minimumCompressionSize", "1024"),
        ("replace", "/disableExecuteApiEndpoint", "TRUE"),
        ("replace", "/policy", '{"Version": "2012-10-17", "Statement": []}'),
        ("add", "/binaryMediaTypes/image~1png"),
        ("add", "/binaryMediaTypes/image~1webp"),
        ("replace", "/binaryMediaTypes/image~1webp", "image/jpeg"),
        ("replace", "/endpointConfiguration/types/EDGE", "REGIONAL"),
    )
    api.refresh_from_db()
    assert (api.name, api.description, api.api_key_source) == ("dogs", "all of them", "AUTHORIZER")
    assert (api.minimum_compression_size, api.disable_execute_api_endpoint) == (1024, True)
    assert api.binary_media_types == ["image/png", "image/jpeg"]
    assert api.endpoint_types == ["REGIONAL"]
    api = draw.patch(
        services.update_rest_api,
        ("remove", "/binaryMediaTypes/image~1png"),
        ("replace", "/minimumCompressionSize", None),
    )
    assert (api.binary_media_types, api.minimum_compression_size) == (["image/jpeg"], None)


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (("replace", "/binaryMediaTypes", "image/png"), "Invalid patch path"),
        (("remove", "/name"), "Invalid patch operation specified. Must be one of: [replace]"),
        (("replace", "/minimumCompressionSize", "10485761"), "Invalid minimum compression size"),
        (("replace", "/minimumCompressionSize", "many"), "Invalid integer value"),
        (("replace", "/policy", "no JSON"), "Invalid policy document"),
        (("replace", "/policy", '{"Version": "2012-10-17"}'), "Statement must be a list of objects"),
        (("replace", "/policy", '{"Statement": [{"Effect": "Allow"}]}'), "a statement needs Action or NotAction"),
        (("replace", "/disableExecuteApiEndpoint", "yes"), "Invalid boolean value"),
        (("replace", "/apiKeySource", "COOKIE"), "COOKIE"),
    ],
)
def test_a_patch_that_aws_refuses_changes_nothing(draw, operation, said):
    with pytest.raises(BadRequest, match=said.replace("[", r"\[")):
        draw.patch(services.update_rest_api, ("replace", "/description", "changed"), operation)
    assert RestApi.objects.get(pk=draw.api.pk).description == ""


def test_an_unknown_op_is_told_in_aws_words(draw):
    with pytest.raises(ValidationFault, match="1 validation error detected: Value 'put' at 'updateRestApiInput"):
        draw.patch(services.update_rest_api, ("put", "/name", "dogs"))


def test_a_clone_is_drawn_alike_and_refers_to_its_own_models(draw, developer):
    draw.mock("/pets/{id}")
    services.put_method_response(developer, **draw.at("/pets/{id}", "GET", status_code="200"))
    reference = f"https://apigateway.amazonaws.com/restapis/{draw.api.pk}/models/Empty"
    services.create_model(
        developer,
        rest_api_id=draw.api.pk,
        name="Pet",
        content_type="application/json",
        schema=f'{{"$ref": "{reference}"}}',
    )
    clone = services.create_rest_api(developer, name="pets again", clone_from=draw.api.pk)
    drawn = RestApi.objects.drawn().get(pk=clone.pk)
    assert [resource.path for resource in drawn.resources.all()] == ["/", "/pets", "/pets/{id}"]
    (method,) = drawn.resources.all()[2].methods.all()
    assert method.method_integration.type == "MOCK"
    assert method.method_integration.cache_namespace == method.resource_id
    schema = clone.models.get(name="Pet").schema
    assert clone.pk in schema
    assert draw.api.pk not in schema


def test_deleting_takes_what_is_drawn(draw, developer):
    draw.mock("/pets")
    services.delete_rest_api(developer, rest_api_id=draw.api.pk)
    assert not RestApi.objects.filter(pk=draw.api.pk).exists()
    with pytest.raises(NotFound):
        services.get_resources(developer, rest_api_id=draw.api.pk)


def test_each_change_inside_moves_the_apis_date_and_is_on_record(draw, developer):
    before = RestApi.objects.get(pk=draw.api.pk).updated_date
    draw.resource("/pets")
    after = RestApi.objects.get(pk=draw.api.pk).updated_date
    assert after > before
    services.get_resources(developer, rest_api_id=draw.api.pk)
    assert RestApi.objects.get(pk=draw.api.pk).updated_date == after
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.actor_name, entry.operation, entry.door) == ("dora", "CreateResource", "wire")
    assert entry.subject.endswith(f"::/restapis/{draw.api.pk}/resources/{draw.resource('/pets').pk}")


def test_a_tls_policy_per_api_is_refused_rather_than_forgotten(developer):
    with pytest.raises(BadRequest, match="TLS"):
        services.create_rest_api(developer, name="pets", security_policy="SecurityPolicy_TLS13_1_3_2025_09")


@pytest.mark.parametrize(("kind", "limit"), [("REGIONAL", 600), ("EDGE", 120), ("PRIVATE", 600)])
def test_an_account_has_so_many_apis_of_an_endpoint_type(developer, settings, kind, limit):
    """Developer guide, "Quotas"."""
    name = f"{kind.lower()}_rest_apis"
    assert settings.LIMITS[name] == limit
    settings.LIMITS = {**settings.LIMITS, name: 1}
    here = {"endpoint_configuration": {"types": [kind]}}
    api = services.create_rest_api(developer, name="pets", **here)
    with pytest.raises(LimitExceeded, match=f"{name} in STAGEDOOR_LIMITS, 1 now"):
        services.create_rest_api(developer, name="dogs", **here)
    other = next(one for one in ("REGIONAL", "EDGE", "PRIVATE") if one != kind)
    elsewhere = services.create_rest_api(developer, name="dogs", endpoint_configuration={"types": [other]})
    moved = [{"op": "replace", "path": f"/endpointConfiguration/types/{other}", "value": kind}]
    with pytest.raises(LimitExceeded):
        services.update_rest_api(developer, rest_api_id=elsewhere.pk, patch_operations=moved)
    renamed = [{"op": "replace", "path": "/name", "value": "cats"}]
    assert services.update_rest_api(developer, rest_api_id=api.pk, patch_operations=renamed).name == "cats"


def test_a_resource_policy_has_so_many_characters_as_it_is_written(developer):
    """Developer guide, "Quotas": 8192. What is kept is longer, and can be patched again."""
    start = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": ['
    short = '"execute-api:/*", '
    policy = (start + short * ((8192 - len(start)) // len(short))).rstrip(", ") + "]}]}"
    assert 8170 < len(policy) <= 8192
    api = services.create_rest_api(developer, name="pets", policy=policy)
    assert len(api.policy) > 8192
    operations = [{"op": "replace", "path": "/name", "value": "cats"}]
    services.update_rest_api(developer, rest_api_id=api.pk, patch_operations=operations)
    with pytest.raises(LimitExceeded, match="resource_policy_characters in STAGEDOOR_LIMITS, 8192 now"):
        services.create_rest_api(developer, name="pets", policy=policy + " " * 30)


def test_an_api_s_tags_are_checked_as_any_other_s(developer, settings):
    with pytest.raises(BadRequest, match="Invalid tag key specified: aws:x"):
        services.create_rest_api(developer, name="pets", tags={"aws:x": "y"})
    settings.LIMITS = {**settings.LIMITS, "tags_per_resource": 1}
    with pytest.raises(LimitExceeded, match="tags_per_resource"):
        services.create_rest_api(developer, name="pets", tags={"a": "b", "c": "d"})
