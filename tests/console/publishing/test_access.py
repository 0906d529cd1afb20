"""What nodes are told of keys and plans, and when."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan
from console.access.services import (
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    delete_api_key,
    delete_usage_plan,
    delete_usage_plan_key,
    import_api_keys,
    update_api_key,
    update_usage,
    update_usage_plan,
)
from console.publishing.models import Generation
from dataplane import snapshot
from tests.console.publishing.nodes import Node
from tests.console.stages.drawn import DEPLOYER, deploy, pets

pytestmark = pytest.mark.django_db

QUOTA = {"limit": 100, "period": "MONTH"}


def plan(**members: Any) -> UsagePlan:
    return create_usage_plan(DEPLOYER, name="gold", **members)


def key(*plans: UsagePlan, enabled: bool = True) -> ApiKey:
    row = create_api_key(DEPLOYER, name="one", enabled=enabled)
    for one in plans:
        join(row, one)
    return row


def join(row: ApiKey, to: UsagePlan) -> None:
    create_usage_plan_key(DEPLOYER, usage_plan_id=to.pk, key_id=row.pk, key_type="API_KEY")


def change(row: ApiKey, path: str, value: str) -> None:
    update_api_key(DEPLOYER, api_key=row.pk, patch_operations=[{"op": "replace", "path": path, "value": value}])


def polled() -> Node:
    node = Node()
    node.poll()
    return node


def keys(node: Node) -> dict[str, tuple[str, ...]]:
    """The plans of each key that a node knows."""
    assert node.access is not None
    return {one.id: tuple(plan.plan_id for plan in one.plans) for one in node.access.keys}


def test_a_node_gets_digests_and_no_value_and_the_plans_limits() -> None:
    api = pets()
    deploy(api)
    stages = [{"apiId": api.pk, "stage": "dev", "throttle": {"/pets/GET": {"rateLimit": 5.0, "burstLimit": 6}}}]
    gold = plan(throttle={"rateLimit": 10.5, "burstLimit": 20}, quota=QUOTA, api_stages=stages)
    row = key(gold)
    answer = Node().get("manifest")
    assert row.value is not None and row.value.encode() not in answer.content
    access = snapshot.decode(answer.content, snapshot.Manifest).access
    assert access is not None
    today = timezone.now().date().isoformat()
    assert access.keys == (
        snapshot.ApiKey(id=row.pk, digest=row.value_digest, plans=(snapshot.KeyPlan(plan_id=gold.pk, day=today),)),
    )
    throttles = {"/pets/GET": snapshot.Throttle(rate_limit=5.0, burst_limit=6)}
    assert access.plans == (
        snapshot.UsagePlan(
            id=gold.pk,
            throttle=snapshot.Throttle(rate_limit=10.5, burst_limit=20),
            quota=snapshot.Quota(limit=100, period="MONTH"),
            stages=(snapshot.PlanStage(api_id=api.pk, stage_name="dev", throttles=throttles),),
        ),
    )


def test_a_disabled_key_is_none_to_a_node() -> None:
    row = key()
    node = polled()
    assert list(keys(node)) == [row.pk]
    change(row, "/enabled", "false")
    manifest = node.poll()
    assert manifest is not None and manifest.access is not None and manifest.access.removed_keys == (row.pk,)
    assert keys(node) == {}
    change(row, "/enabled", "true")
    node.poll()
    assert list(keys(node)) == [row.pk]


def test_a_key_that_is_made_disabled_is_no_change() -> None:
    node = polled()
    key(enabled=False)
    assert node.poll() is None


@pytest.mark.parametrize("path", ["/name", "/description", "/customerId"])
def test_what_nodes_do_not_know_of_a_key_is_no_change(path: str) -> None:
    row = key()
    node = polled()
    change(row, path, "other")
    assert node.poll() is None


def test_what_nodes_do_not_know_of_a_plan_is_no_change() -> None:
    gold = plan()
    node = polled()
    rename = [{"op": "replace", "path": "/name", "value": "silver"}]
    update_usage_plan(DEPLOYER, usage_plan_id=gold.pk, patch_operations=rename)
    assert node.poll() is None


def test_memberships_come_and_go_with_their_key_alone() -> None:
    gold = plan()
    row, other = key(), key()
    node = polled()
    join(row, gold)
    manifest = node.poll()
    assert manifest is not None and manifest.access is not None
    assert [one.id for one in manifest.access.keys] == [row.pk] and manifest.access.plans == ()
    assert keys(node) == {row.pk: (gold.pk,), other.pk: ()}
    delete_usage_plan_key(DEPLOYER, usage_plan_id=gold.pk, key_id=row.pk)
    node.poll()
    assert keys(node)[row.pk] == ()


def test_a_changed_plan_sends_the_plan_and_none_of_its_keys() -> None:
    gold = plan()
    for _ in range(3):
        key(gold)
    node = polled()
    limit = [{"op": "replace", "path": "/throttle/rateLimit", "value": "7"}]
    update_usage_plan(DEPLOYER, usage_plan_id=gold.pk, patch_operations=limit)
    manifest = node.poll()
    assert manifest is not None and manifest.access is not None
    assert manifest.access.keys == () and manifest.stages == ()
    (sent,) = manifest.access.plans
    assert sent.throttle == snapshot.Throttle(rate_limit=7.0, burst_limit=0)


def test_deleted_keys_and_plans_are_removed() -> None:
    gold = plan()
    row, kept = key(gold), key(gold)
    node = polled()
    delete_api_key(DEPLOYER, api_key=row.pk)
    node.poll()
    assert keys(node) == {kept.pk: (gold.pk,)}
    delete_usage_plan(DEPLOYER, usage_plan_id=gold.pk)
    node.poll()
    assert node.access is not None and node.access.plans == () and keys(node) == {kept.pk: ()}


def test_an_extension_reaches_nodes_at_once_with_what_was_used() -> None:
    gold = plan(quota=QUOTA)
    row = key(gold)
    today = timezone.now().date()
    UsageDay.objects.create(usage_plan=gold, api_key=row, day=today, used=40)
    node = polled()
    remaining = [{"op": "replace", "path": "/remaining", "value": "75"}]
    update_usage(DEPLOYER, usage_plan_id=gold.pk, key_id=row.pk, patch_operations=remaining)
    node.poll()
    assert node.access is not None
    (membership,) = node.access.keys[0].plans
    day = today.isoformat()
    assert membership == snapshot.KeyPlan(plan_id=gold.pk, day=day, used=40, extensions={day: 15})


def test_counting_is_no_change() -> None:
    gold = plan(quota=QUOTA)
    row = key(gold)
    day = UsageDay.objects.create(usage_plan=gold, api_key=row, day=timezone.now().date(), used=1)
    node = polled()
    UsageDay.objects.filter(pk=day.pk).update(used=2)
    assert node.poll() is None


def test_a_key_that_is_saved_by_who_read_it_before_goes_on_from_its_generation() -> None:
    row, gold = key(), plan()
    stale = ApiKey.objects.get(pk=row.pk)
    join(row, gold)
    node = polled()
    stale.name = "other"
    stale.put()
    assert node.poll() is None
    assert ApiKey.objects.get(pk=row.pk).generation == Generation.objects.get().number


def test_what_is_truncated_is_another_origin() -> None:
    key(plan())
    node = polled()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE access_apikey CASCADE")
    node.poll()
    assert keys(node) == {}


def test_imported_keys_reach_nodes_with_their_plans() -> None:
    gold = plan()
    node = polled()
    body = f"Key,Name,UsageplanIds\n{'a' * 30},one,{gold.pk}\n{'b' * 30},two,\n".encode()
    ids = import_api_keys(DEPLOYER, body=body, format="csv").ids
    before = node.generation
    node.poll()
    assert keys(node) == {ids[0]: (gold.pk,), ids[1]: ()}
    assert node.generation == before + 1  # one change, and not one each
    assert create_api_key(DEPLOYER, enabled=True).pk and Generation.objects.get().number == before + 2


def test_the_queries_of_a_whole_set_do_not_grow_with_it() -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            polled()
        return len(queries)

    for _ in range(2):
        key(plan(quota=QUOTA))
    few = count()
    for _ in range(5):
        key(plan(quota=QUOTA))
    assert count() == few


def test_the_accounts_limits_are_told_and_a_node_that_knows_others_is_told_anew(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "requests_per_second": 100, "burst": 50}
    node = polled()
    assert node.access is not None and node.access.account == snapshot.Throttle(rate_limit=100.0, burst_limit=50)
    here = {"origin": node.origin, "since": node.generation}
    assert node.get("manifest", **here, account="100,50").status_code == 304
    settings.LIMITS = {**settings.LIMITS, "burst": 60}
    assert node.get("manifest", **here).status_code == 304  # of a version that knows none
    answer = node.get("manifest", **here, account="100,50")
    access = snapshot.decode(answer.content, snapshot.Manifest).access
    assert access is not None and access.account == snapshot.Throttle(rate_limit=100.0, burst_limit=60)
    assert access.keys == () and access.removed_keys == ()


def test_old_usage_of_another_period_is_not_sent() -> None:
    gold = plan(quota={"limit": 100, "period": "DAY"})
    row = key(gold)
    yesterday = timezone.now().date() - dt.timedelta(1)
    UsageDay.objects.create(usage_plan=gold, api_key=row, day=yesterday, used=40)
    node = polled()
    assert node.access is not None and node.access.keys[0].plans[0].used == 0
