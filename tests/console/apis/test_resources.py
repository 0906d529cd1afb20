"""Source: behaviour 8 and the developer guide's important notes."""

import threading

import pytest
from django.db import connection

from console.apis import services
from console.apis.models import Resource
from console.core.faults import BadRequest, Conflict, LimitExceeded, NotFound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("part", ["pets", "{id}", "{proxy+}", "v1.0", "a-b_c", "pets:find", "a,b"])
def test_parts_that_aws_takes(draw, part):
    assert draw.resource(f"/{part}").path == f"/{part}"


@pytest.mark.parametrize(
    "part", ["a b", "{id", "id}", "{}", "{a}{b}", "pet{id}", "a/b", "{proxy+}x", "+", "ä", "{a+b}"]
)
def test_parts_that_aws_refuses(draw, developer, part):
    with pytest.raises(BadRequest, match="Resource's path part only allow"):
        services.create_resource(
            developer, rest_api_id=draw.api.pk, parent_id=draw.api.root_resource_id, path_part=part
        )


def test_a_part_is_needed(draw, developer):
    with pytest.raises(BadRequest, match="must be specified"):
        services.create_resource(developer, rest_api_id=draw.api.pk, parent_id=draw.api.root_resource_id, path_part="")


def test_a_parent_has_one_variable_child(draw):
    draw.resource("/pets/{id}")
    with pytest.raises(BadRequest) as refusal:
        draw.resource("/pets/{name}")
    assert refusal.value.message == (
        "A sibling ({id}) of this resource already has a variable path part -- only one is allowed"
    )


def test_a_name_is_taken_once(draw, developer):
    pets = draw.resource("/pets")
    with pytest.raises(Conflict) as refusal:
        services.create_resource(developer, rest_api_id=draw.api.pk, parent_id=pets.parent_id, path_part="pets")
    assert refusal.value.message == "Another resource with the same parent already has this name: pets"


def test_nothing_lies_below_a_greedy_part(draw):
    draw.resource("/{proxy+}")
    with pytest.raises(BadRequest, match=r"greedy path variable: \{proxy\+\}"):
        draw.resource("/{proxy+}/more")


def test_a_parent_is_one_of_the_same_api(draw, developer):
    other = services.create_rest_api(developer, name="other")
    with pytest.raises(NotFound, match="Invalid Resource identifier specified"):
        services.create_resource(developer, rest_api_id=draw.api.pk, parent_id=other.root_resource_id, path_part="pets")


def test_a_path_is_of_a_length_that_the_index_holds(draw, developer):
    parent = draw.api.root_resource_id
    for _ in range(8):
        parent = services.create_resource(developer, rest_api_id=draw.api.pk, parent_id=parent, path_part="a" * 250).pk
    with pytest.raises(BadRequest, match="longer than 2048"):
        services.create_resource(developer, rest_api_id=draw.api.pk, parent_id=parent, path_part="a" * 250)


def test_renaming_rewrites_the_paths_below(draw):
    draw.resource("/pets/{id}/photos")
    draw.resource("/pets_and_more")
    moved = draw.patch(
        services.update_resource, ("replace", "/pathPart", "animals"), resource_id=draw.resource("/pets").pk
    )
    assert moved.path == "/animals"
    assert list(draw.api.resources.order_by("path").values_list("path", flat=True)) == [
        "/",
        "/animals",
        "/animals/{id}",
        "/animals/{id}/photos",
        "/pets_and_more",
    ]


def test_moving_takes_all_that_lies_below(draw):
    draw.resource("/v1/pets/{id}")
    draw.resource("/v2")
    draw.patch(
        services.update_resource,
        ("replace", "/parentId", draw.resource("/v2").pk),
        resource_id=draw.resource("/v1/pets").pk,
    )
    assert list(draw.api.resources.order_by("path").values_list("path", flat=True)) == [
        "/",
        "/v1",
        "/v2",
        "/v2/pets",
        "/v2/pets/{id}",
    ]


@pytest.mark.parametrize("below", ["/pets", "/pets/{id}"])
def test_a_resource_is_not_moved_below_itself(draw, below):
    draw.resource("/pets/{id}")
    with pytest.raises(BadRequest, match="cyclical"):
        draw.patch(
            services.update_resource,
            ("replace", "/parentId", draw.resource(below).pk),
            resource_id=draw.resource("/pets").pk,
        )


def test_a_resource_with_children_does_not_become_greedy(draw):
    draw.resource("/pets/{id}")
    with pytest.raises(BadRequest, match="greedy"):
        draw.patch(services.update_resource, ("replace", "/pathPart", "{all+}"), resource_id=draw.resource("/pets").pk)


def test_the_root_is_neither_changed_nor_deleted(draw, developer):
    root = draw.api.root_resource_id
    with pytest.raises(BadRequest):
        draw.patch(services.update_resource, ("replace", "/pathPart", "x"), resource_id=root)
    with pytest.raises(BadRequest):
        services.delete_resource(developer, rest_api_id=draw.api.pk, resource_id=root)


def test_deleting_takes_what_lies_below(draw, developer):
    draw.resource("/pets/{id}/photos")
    services.delete_resource(developer, rest_api_id=draw.api.pk, resource_id=draw.resource("/pets").pk)
    assert draw.api.resources.count() == 1


@pytest.mark.parametrize("width", [1, 6])
def test_a_tree_with_all_its_methods_costs_the_same_however_large(draw, developer, width, django_assert_num_queries):
    for number in range(width):
        draw.mock(f"/r{number}")
    with django_assert_num_queries(5 + 2):  # API, resources, methods, both kinds of responses; the verb's transaction
        found = services.get_resources(developer, rest_api_id=draw.api.pk, embed=["methods"])
        kinds = [m.method_integration.type for row in found.items for m in row.methods.all()]
    assert kinds == ["MOCK"] * width


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_the_same_name_do_not_break_the_tree(developer):
    """Both ask at once: one gets AWS's conflict, and there is one resource."""
    api = services.create_rest_api(developer, name="pets")
    outcomes, ready = [], threading.Barrier(2)

    def write():
        ready.wait()
        try:
            services.create_resource(developer, rest_api_id=api.pk, parent_id=api.root_resource_id, path_part="{id}")
            outcomes.append("made")
        except Conflict as refusal:
            outcomes.append(refusal.type)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == ["ConflictException", "made"]
    assert Resource.objects.filter(rest_api=api).count() == 2


def test_there_are_as_many_resources_as_the_limit_says(draw, settings):
    assert settings.LIMITS["resources_per_rest_api"] == 300
    settings.LIMITS = {**settings.LIMITS, "resources_per_rest_api": 2}
    draw.resource("/pets")
    with pytest.raises(LimitExceeded, match=r"^Maximum number of Resources for this API has been reached\."):
        draw.resource("/dogs")
