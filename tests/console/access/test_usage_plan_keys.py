import pytest

from console.access.models import ApiKey, UsagePlan, UsagePlanKey
from console.access.services import (
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    delete_api_key,
    delete_usage_plan,
    delete_usage_plan_key,
    get_usage_plan_key,
    get_usage_plan_keys,
)
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, LimitExceeded, NotFound
from tests.console.stages.drawn import DEPLOYER, deploy, pets

pytestmark = pytest.mark.django_db


def plan(**given: object) -> UsagePlan:
    return create_usage_plan(DEPLOYER, name="gold", **given)


def key(name: str = "mobile") -> ApiKey:
    return create_api_key(DEPLOYER, name=name)


def join(to: UsagePlan, of: ApiKey, key_type: str = "API_KEY") -> UsagePlanKey:
    return create_usage_plan_key(DEPLOYER, usage_plan_id=to.pk, key_id=of.pk, key_type=key_type)


def test_a_key_joins_a_plan_and_leaves_it() -> None:
    gold, mobile = plan(), key()
    joined = join(gold, mobile)
    assert joined.api_key == mobile and joined.api_key.value == mobile.value
    assert get_usage_plan_key(DEPLOYER, usage_plan_id=gold.pk, key_id=mobile.pk) == joined
    delete_usage_plan_key(DEPLOYER, usage_plan_id=gold.pk, key_id=mobile.pk)
    for ask in (get_usage_plan_key, delete_usage_plan_key):
        with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
            ask(DEPLOYER, usage_plan_id=gold.pk, key_id=mobile.pk)


def test_a_plans_keys_are_found_by_the_beginning_of_a_name() -> None:
    gold = plan()
    for name in ("mobile-a", "mobile-b", "web"):
        join(gold, key(name))
    found = get_usage_plan_keys(DEPLOYER, usage_plan_id=gold.pk, name_query="mobile")
    assert sorted(row.api_key.name for row in found.items) == ["mobile-a", "mobile-b"]
    assert len(get_usage_plan_keys(DEPLOYER, usage_plan_id=gold.pk, limit=2).items) == 2


def test_values_are_told_to_those_who_may_see_them() -> None:
    gold, mobile = plan(), key()
    join(gold, mobile)
    for role, value in ((Role.VIEWER, None), (Role.DEPLOYER, mobile.value)):
        (row,) = get_usage_plan_keys(Actor("x", role), usage_plan_id=gold.pk).items
        assert row.api_key.value == value


def test_a_key_joins_a_plan_once() -> None:
    gold, mobile = plan(), key()
    join(gold, mobile)
    with pytest.raises(Conflict):
        join(gold, mobile)


def test_only_api_keys_join() -> None:
    with pytest.raises(BadRequest, match="API_KEY"):
        join(plan(), key(), "TOKEN")


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="Invalid Usage Plan ID specified"):
        create_usage_plan_key(DEPLOYER, usage_plan_id="nosuch", key_id=key().pk, key_type="API_KEY")
    with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
        create_usage_plan_key(DEPLOYER, usage_plan_id=plan().pk, key_id="nosuch", key_type="API_KEY")


def test_a_key_has_one_plan_per_stage() -> None:
    api = pets()
    deploy(api)
    stages = [{"apiId": api.pk, "stage": "dev"}]
    mobile = key()
    join(plan(api_stages=stages), mobile)
    with pytest.raises(Conflict, match="cannot reference multiple Usage Plans with the same API Stage"):
        join(plan(api_stages=stages), mobile)
    join(plan(api_stages=stages), key("web"))


def test_a_key_is_in_ten_plans_at_most() -> None:
    mobile = key()
    for _ in range(10):
        join(plan(), mobile)
    with pytest.raises(LimitExceeded):
        join(plan(), mobile)


def test_a_deleted_key_or_plan_takes_the_membership_with_it() -> None:
    gold, silver, mobile, web = plan(), plan(), key(), key("web")
    join(gold, mobile)
    join(silver, web)
    delete_api_key(DEPLOYER, api_key=mobile.pk)
    delete_usage_plan(DEPLOYER, usage_plan_id=silver.pk)
    assert not UsagePlanKey.objects.exists()
