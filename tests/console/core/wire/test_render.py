import datetime as dt

import pytest

from console.core.wire import model
from console.core.wire.render import Answer, Renderer

NOON = dt.datetime(2026, 1, 2, 12, 0, 0, 900_000, tzinfo=dt.UTC)


def render(operation: str, members: dict | None) -> Answer:
    return Renderer(model.operation(operation))(members)


def test_the_status_is_the_model_s():
    assert render("CreateRestApi", {}).status == 201
    assert render("GetRestApi", {}).status == 200
    assert render("DeleteRestApi", None) == Answer(202, None)
    assert render("DeleteMethod", None).status == 204


def test_times_are_epoch_seconds():
    assert render("GetRestApi", {"createdDate": NOON}).body == {"createdDate": 1767355200}


def test_a_list_travels_as_item():
    members = {"items": [{"id": "a"}, {"id": "b"}], "position": None}
    assert render("GetRestApis", members).body == {"item": [{"id": "a"}, {"id": "b"}]}


def test_members_that_are_none_are_left_out_at_any_depth():
    members = {"id": "a", "description": None, "endpointConfiguration": {"types": ["REGIONAL"], "vpcEndpointIds": None}}
    assert render("GetRestApi", members).body == {"id": "a", "endpointConfiguration": {"types": ["REGIONAL"]}}


def test_shapes_that_hold_maps_of_structures_are_written():
    members = {"resourceMethods": {"GET": {"httpMethod": "GET", "methodIntegration": {"timeoutInMillis": 29000}}}}
    assert render("GetResource", members).body == members


def test_a_file_is_answered_as_its_bytes_with_its_headers():
    members = {"body": b"swagger", "contentType": "application/yaml", "contentDisposition": None}
    assert render("GetExport", members) == Answer(200, b"swagger", {"Content-Type": "application/yaml"})


def test_a_member_that_the_output_lacks_is_the_presenter_s_mistake():
    with pytest.raises(KeyError, match="nonsense"):
        render("GetRestApi", {"nonsense": 1})


@pytest.mark.parametrize("name", model.operation_names())
def test_every_operation_of_the_model_can_be_prepared(name: str):
    assert Renderer(model.operation(name)).status in (200, 201, 202, 204)
