from typing import Any

import pytest

from console.access.models import ApiKey
from console.access.services import get_api_key, rotate_api_key
from console.accounts.models import AuditEntry
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, LimitExceeded, NotFound
from tests.console.access.plans import MONTH, join, key, plan, served, use
from tests.console.publishing.nodes import Node
from tests.console.stages.drawn import DEPLOYER, DEVELOPER

pytestmark = pytest.mark.django_db


def value(row: ApiKey) -> str | None:
    return get_api_key(SYSTEM, api_key=row.pk, include_value=True).value


def test_a_new_key_with_another_value_has_what_the_old_one_had_and_the_old_one_is_disabled() -> None:
    gold, free = plan(of=served(), quota=MONTH), plan("free")
    old = key("mobile", description="phones", customer_id="c7", tags={"team": "a"})
    join(gold, old)
    join(free, old)
    use(gold, old, 90)
    new = rotate_api_key(DEPLOYER, api_key=old.pk)
    assert new.pk != old.pk and new.value == value(new) != value(old)
    row = ApiKey.objects.get(pk=new.pk)
    assert (row.name, row.description, row.customer_id, row.tags) == ("mobile", "phones", "c7", {"team": "a"})
    assert set(row.plan_keys.values_list("usage_plan", flat=True)) == {gold.pk, free.pk}
    assert not row.usage_days.exists()
    old.refresh_from_db()
    assert (row.enabled, old.enabled, old.plan_keys.count()) == (True, False, 2)


def test_the_old_key_stays_good_where_that_is_wished() -> None:
    old = key()
    new = rotate_api_key(DEPLOYER, api_key=old.pk, disable=False)
    assert ApiKey.objects.filter(pk__in=[old.pk, new.pk], enabled=True).count() == 2


def test_a_disabled_key_is_rotated_to_a_disabled_one() -> None:
    new = rotate_api_key(DEPLOYER, api_key=key(enabled=False).pk)
    assert not ApiKey.objects.get(pk=new.pk).enabled


def test_nodes_take_it_as_one_change() -> None:
    gold, node = plan(of=served()), Node()
    old = key()
    join(gold, old)
    node.poll()
    before = node.generation
    new = rotate_api_key(DEPLOYER, api_key=old.pk)
    node.poll()
    assert node.access is not None and node.generation == before + 1
    assert {one.id: [in_.plan_id for in_ in one.plans] for one in node.access.keys} == {new.pk: [gold.pk]}


def test_the_record_says_each_step_and_no_value() -> None:
    gold, old = plan(), key()
    join(gold, old)
    before = AuditEntry.objects.count()
    new = rotate_api_key(DEPLOYER, api_key=old.pk)
    entries = AuditEntry.objects.order_by("pk")[before:]
    assert [(entry.operation, entry.subject.rpartition("/")[2], entry.changes) for entry in entries] == [
        ("CreateApiKey", new.pk, {"name": "mobile", "enabled": True, "inPlaceOf": old.pk}),
        ("CreateUsagePlanKey", gold.pk, {"keyId": new.pk}),
        ("UpdateApiKey", old.pk, {"/enabled": "false"}),
    ]


def test_it_takes_a_deployer_of_each_api_that_a_plan_names() -> None:
    api, old = served(), key()
    join(plan(of=api), old)
    for actor in (DEVELOPER, Actor("dora", Role.DEPLOYER, grants={api.pk: Role.DEVELOPER})):
        with pytest.raises(AccessDenied):
            rotate_api_key(actor, api_key=old.pk)
    assert ApiKey.objects.get() == old and ApiKey.objects.get().enabled


def test_nothing_is_left_of_what_is_refused(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_keys": 1}
    old = key()
    with pytest.raises(LimitExceeded):
        rotate_api_key(DEPLOYER, api_key=old.pk)
    assert ApiKey.objects.get().enabled
    with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
        rotate_api_key(DEPLOYER, api_key="nosuch")
