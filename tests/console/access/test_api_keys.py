import hashlib
from typing import Any

import pytest
from django.db import connection

from console.access.models import ApiKey
from console.access.services import create_api_key, delete_api_key, get_api_key, get_api_keys, update_api_key
from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, Conflict, NotFound
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db

VALUE = "a-value-of-twenty-chars"
VIEWER = Actor(name="vera", role=Role.VIEWER)


def key(**given: Any) -> ApiKey:
    return create_api_key(DEPLOYER, **given)


def test_a_value_is_made_when_none_is_given_and_shown_once() -> None:
    made = key(name="mobile", enabled=True)
    assert made.value is not None and len(made.value) == 40 and made.value.isalnum()
    assert get_api_key(DEPLOYER, api_key=made.pk).value is None
    assert get_api_key(DEPLOYER, api_key=made.pk, include_value=True).value == made.value


def test_a_value_is_kept_sealed_and_found_by_its_digest() -> None:
    made = key(value=VALUE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apikey")
        row = cursor.fetchone()
    assert VALUE.encode() not in b"".join(bytes(c) if isinstance(c, memoryview) else str(c).encode() for c in row)
    assert made.value_digest == hashlib.sha256(VALUE.encode()).hexdigest()


def test_no_value_is_in_the_record() -> None:
    key(value=VALUE)
    assert VALUE not in str(list(AuditEntry.objects.values()))


def test_one_value_is_one_key() -> None:
    key(value=VALUE)
    with pytest.raises(Conflict, match="API Key already exists"):
        key(value=VALUE)


@pytest.mark.parametrize(("value", "text"), [("x" * 19, "at least 20"), ("x" * 129, "at most 128")])
def test_a_value_has_a_length(value: str, text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        key(value=value)


def test_a_key_is_off_unless_it_is_made_on() -> None:
    assert key().enabled is False and key(enabled=True).enabled is True


def test_stage_keys_are_of_stages_that_are_there() -> None:
    api = pets()
    deploy(api)
    assert key(stage_keys=[{"restApiId": api.pk, "stageName": "dev"}]).stage_keys == [f"{api.pk}/dev"]
    with pytest.raises(NotFound, match="Invalid stage identifier specified"):
        key(stage_keys=[{"restApiId": api.pk, "stageName": "prod"}])


def test_keys_are_found_by_the_beginning_of_a_name_and_by_customer() -> None:
    for name, customer in (("mobile-a", "x"), ("mobile-b", "y"), ("web", "x")):
        key(name=name, customer_id=customer)

    def names(**query: Any) -> list[str]:
        return sorted(row.name for row in get_api_keys(VIEWER, **query).items)

    assert names() == ["mobile-a", "mobile-b", "web"]
    assert names(name_query="mobile") == ["mobile-a", "mobile-b"]
    assert names(customer_id="x") == ["mobile-a", "web"]
    assert names(name_query="mobile", customer_id="x") == ["mobile-a"]


def test_keys_are_paged() -> None:
    made = {key().pk for _ in range(3)}
    first = get_api_keys(VIEWER, limit=2)
    second = get_api_keys(VIEWER, limit=2, position=first.position)
    assert {row.pk for row in (*first.items, *second.items)} == made and second.position is None


def test_values_are_shown_to_those_who_may_deploy() -> None:
    made = key(value=VALUE)
    assert [row.value for row in get_api_keys(DEPLOYER, include_values=True).items] == [VALUE]
    for ask in (
        lambda: get_api_keys(DEVELOPER, include_values=True),
        lambda: get_api_key(VIEWER, api_key=made.pk, include_value=True),
    ):
        with pytest.raises(AccessDenied):
            ask()


@pytest.mark.parametrize(
    ("path", "value", "field", "result"),
    [
        ("/name", "web", "name", "web"),
        ("/description", "for the web", "description", "for the web"),
        ("/customerId", "c1", "customer_id", "c1"),
        ("/enabled", "true", "enabled", True),
    ],
)
def test_replace_sets_one_thing(path: str, value: str, field: str, result: object) -> None:
    made = key(name="mobile")
    operation = {"op": "replace", "path": path, "value": value}
    update_api_key(DEPLOYER, api_key=made.pk, patch_operations=[operation])
    after = ApiKey.objects.get()
    assert getattr(after, field) == result and after.last_updated_date > made.created_date


def test_stages_are_added_and_removed_by_value() -> None:
    api = pets()
    deploy(api)
    made = key()
    for op, result in (("add", [f"{api.pk}/dev"]), ("remove", [])):
        operation = {"op": op, "path": "/stages", "value": f"{api.pk}/dev"}
        assert update_api_key(DEPLOYER, api_key=made.pk, patch_operations=[operation]).stage_keys == result


def test_a_value_is_not_patched() -> None:
    with pytest.raises(BadRequest, match="Invalid patch path '/value'"):
        update_api_key(
            DEPLOYER, api_key=key().pk, patch_operations=[{"op": "replace", "path": "/value", "value": VALUE}]
        )


def test_a_deleted_key_is_not_found() -> None:
    made = key()
    delete_api_key(DEPLOYER, api_key=made.pk)
    for ask in (get_api_key, update_api_key, delete_api_key):
        with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
            ask(DEPLOYER, api_key=made.pk)


def test_who_draws_makes_no_keys() -> None:
    with pytest.raises(AccessDenied):
        create_api_key(DEVELOPER, name="mine")
