"""Source: botocore's model, API reference ("Patch operations"), the texts that AWS's users quote; behaviours 50."""

import pytest

from console.accounts.models import AuditEntry
from console.apis import services
from console.apis.models import RestApi
from console.core.faults import AccessDenied, BadRequest, Conflict, LimitExceeded, NotFound
from tests.console.apis.conftest import refused, said, status

pytestmark = pytest.mark.django_db


def create(draw, name="all", **more):
    return services.create_request_validator(draw.actor, rest_api_id=draw.api.pk, name=name, **more)


def test_a_validator_is_made_and_found(draw, viewer):
    before = RestApi.objects.get(pk=draw.api.pk).updated_date
    made = create(draw, validate_request_body=True)
    found = services.get_request_validator(viewer, rest_api_id=draw.api.pk, request_validator_id=made.pk)
    assert (found.name, found.validate_request_body, found.validate_request_parameters) == ("all", True, False)
    assert RestApi.objects.get(pk=draw.api.pk).updated_date > before
    entry = AuditEntry.objects.latest("id")
    assert (entry.operation, entry.changes) == ("CreateRequestValidator", {"name": "all"})
    assert entry.subject.endswith(f"/restapis/{draw.api.pk}/requestvalidators/{made.pk}")


def test_a_name_is_used_once(draw):
    create(draw)
    other = create(draw, "other")
    with pytest.raises(BadRequest, match="Request Validator name must be unique"):
        create(draw)
    with pytest.raises(BadRequest, match="Request Validator name must be unique"):
        draw.patch(services.update_request_validator, ("replace", "/name", "all"), request_validator_id=other.pk)


def test_a_validator_is_patched(draw):
    made = create(draw)
    changed = draw.patch(
        services.update_request_validator,
        ("replace", "/name", "params"),
        ("replace", "/validateRequestParameters", "true"),
        request_validator_id=made.pk,
    )
    changed.refresh_from_db()
    assert (changed.name, changed.validate_request_parameters) == ("params", True)
    with pytest.raises(BadRequest, match=r"Must be one of: \[replace\]"):
        draw.patch(services.update_request_validator, ("remove", "/name"), request_validator_id=made.pk)


def test_a_method_names_a_validator_of_its_api(draw, developer):
    made = create(draw)
    elsewhere = services.create_rest_api(developer, name="other")
    foreign = services.create_request_validator(developer, rest_api_id=elsewhere.pk, name="all")
    for unknown in (foreign.pk, "abc123"):
        with pytest.raises(BadRequest, match="Invalid Request Validator identifier specified"):
            draw.method("/pets", request_validator_id=unknown)
    assert draw.method("/pets", request_validator_id=made.pk).request_validator_id == made.pk


def test_a_validator_in_use_is_not_deleted(draw):
    made = create(draw)
    draw.method("/pets", "POST", request_validator_id=made.pk)

    def delete():
        services.delete_request_validator(draw.actor, rest_api_id=draw.api.pk, request_validator_id=made.pk)

    with pytest.raises(Conflict, match="Cannot delete request validator 'all', is referenced in method: POST//pets"):
        delete()
    where = draw.at("/pets", "POST")
    del where["rest_api_id"]
    draw.patch(services.update_method, ("replace", "/requestValidatorId", ""), **where)
    delete()
    with pytest.raises(NotFound, match="Invalid Request Validator identifier specified"):
        delete()


def test_there_are_as_many_as_the_limit_says(draw, settings):
    settings.LIMITS = {**settings.LIMITS, "request_validators_per_rest_api": 1}
    create(draw)
    with pytest.raises(LimitExceeded) as refusal:
        create(draw, "second")
    assert refusal.value.message == (
        "Maximum number of Request Validators for this API has been reached. Whoever runs Stagedoor can raise it: "
        "request_validators_per_rest_api in STAGEDOOR_LIMITS, 1 now."
    )


def test_viewers_draw_nothing(draw, viewer):
    with pytest.raises(AccessDenied):
        services.create_request_validator(viewer, rest_api_id=draw.api.pk, name="all")


@pytest.mark.parametrize("count", [1, 5])
def test_a_page_costs_the_same_however_many(draw, viewer, count, django_assert_num_queries):
    for number in range(count):
        create(draw, f"v{number}")
    with django_assert_num_queries(2 + 2):  # API, validators; the verb's transaction
        found = services.get_request_validators(viewer, rest_api_id=draw.api.pk)
    assert len(found.items) == count


def test_what_boto3_is_told(boto):
    api = boto.create_rest_api(name="pets")["id"]
    made = boto.create_request_validator(restApiId=api, name="all", validateRequestBody=True)
    assert status(made) == 201
    assert said(made) == {
        "id": made["id"],
        "name": "all",
        "validateRequestBody": True,
        "validateRequestParameters": False,
    }
    here = {"restApiId": api, "requestValidatorId": made["id"]}
    assert said(boto.get_request_validator(**here)) == said(made)
    patch = [{"op": "replace", "path": "/validateRequestBody", "value": "false"}]
    assert boto.update_request_validator(**here, patchOperations=patch)["validateRequestBody"] is False
    boto.create_request_validator(restApiId=api, name="other")
    pages = boto.get_paginator("get_request_validators").paginate(restApiId=api, PaginationConfig={"PageSize": 1})
    assert sorted(item["name"] for page in pages for item in page["items"]) == ["all", "other"]
    assert status(boto.delete_request_validator(**here)) == 202
    assert refused(boto.get_request_validator, **here)[:2] == (404, "NotFoundException")
