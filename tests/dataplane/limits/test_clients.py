from hashlib import sha256

import pytest

from dataplane.limits.bucket import Limit
from dataplane.limits.clients import Clients, method_name
from dataplane.limits.meter import Meter
from dataplane.snapshot import Access, ApiKey, KeyPlan, PlanStage, Throttle, UsagePlan

DEV = ("api1", "dev")


def key(id: str, value: str = "", plans: tuple[str, ...] = ("gold",)) -> ApiKey:
    digest = sha256((value or id).encode()).hexdigest()
    return ApiKey(id=id, digest=digest, plans=tuple(KeyPlan(plan_id=plan) for plan in plans))


def plan(id: str = "gold", stage: tuple[str, str] = DEV, **members: Throttle) -> UsagePlan:
    return UsagePlan(id=id, stages=(PlanStage(api_id=stage[0], stage_name=stage[1]),), **members)


def access(*keys: ApiKey, plans: tuple[UsagePlan, ...] = (), **members: tuple[str, ...]) -> Access:
    return Access(key_count=len(keys), plan_count=len(plans), keys=keys, plans=plans, **members)


@pytest.fixture
def clients() -> Clients:
    found = Clients(Meter(lambda: 0.0))
    found.update(access(key("one"), key("two"), plans=(plan(),)), whole=True)
    return found


def test_a_key_is_found_by_its_value_alone(clients: Clients) -> None:
    found = clients.find(b"one")
    assert found is not None and found.id == "one"
    assert clients.find(b"on") is None


def test_a_change_leaves_the_others(clients: Clients) -> None:
    clients.update(access(removed_keys=("one",)))
    assert clients.find(b"one") is None and clients.find(b"two") is not None


def test_a_whole_set_leaves_none_of_the_old(clients: Clients) -> None:
    clients.update(access(key("three")), whole=True)
    assert clients.find(b"one") is None and clients.find(b"three") is not None


def test_a_key_that_is_told_again_is_found_by_its_new_value_only(clients: Clients) -> None:
    clients.update(access(key("one", "other")))
    assert clients.find(b"one") is None and clients.find(b"other") is not None


def test_two_keys_that_swap_values_are_both_found(clients: Clients) -> None:
    clients.update(access(key("one", "two"), key("two", "one")))
    assert (clients.find(b"one").id, clients.find(b"two").id) == ("two", "one")  # type: ignore[union-attr]


def test_a_key_may_only_where_one_of_its_plans_may(clients: Clients) -> None:
    one = clients.find(b"one")
    assert one is not None
    assert clients.grant(one, DEV) is not None
    assert clients.grant(one, ("api1", "prod")) is None


def test_two_stages_of_a_plan_share_the_keys_limit_and_allowance(clients: Clients) -> None:
    """Developer guide: limits "are aggregated across all API stages within a usage plan"."""
    stages = tuple(PlanStage(api_id="api1", stage_name=name) for name in ("dev", "prod"))
    both = UsagePlan(id="gold", stages=stages, throttle=Throttle(rate_limit=1, burst_limit=2))
    clients.update(access(plans=(both,)))
    one, two = clients.find(b"one"), clients.find(b"two")
    assert one is not None and two is not None
    dev, prod, other = clients.grant(one, DEV), clients.grant(one, ("api1", "prod")), clients.grant(two, DEV)
    assert dev is not None and prod is not None and other is not None
    ((of_dev,), (of_prod,), (of_other,)) = (grant.buckets("/pets/GET") for grant in (dev, prod, other))
    assert of_dev is of_prod and dev.allowance is prod.allowance
    assert of_dev is not of_other and dev.allowance is not other.allowance


def test_a_method_with_a_limit_of_its_own_has_to_keep_both_its_own_first(clients: Clients) -> None:
    stage = PlanStage(api_id="api1", stage_name="dev", throttles={"/pets/GET": Throttle(rate_limit=5, burst_limit=5)})
    gold = UsagePlan(id="gold", stages=(stage,), throttle=Throttle(rate_limit=1, burst_limit=2))
    clients.update(access(plans=(gold,)))
    one = clients.find(b"one")
    grant = None if one is None else clients.grant(one, DEV)
    assert grant is not None
    assert [bucket.limit for bucket in grant.buckets("/pets/GET")] == [Limit(5, 5), Limit(1, 2)]
    assert [bucket.limit for bucket in grant.buckets("/pets/POST")] == [Limit(1, 2)]


def test_a_changed_plan_is_the_next_grants(clients: Clients) -> None:
    one = clients.find(b"one")
    assert one is not None
    before = clients.grant(one, DEV)
    assert before is not None and not before.buckets("/pets/GET")
    clients.update(access(plans=(plan(throttle=Throttle(rate_limit=1, burst_limit=2)),)))
    after = clients.grant(one, DEV)
    assert after is not None
    assert [bucket.limit for bucket in after.buckets("/pets/GET")] == [Limit(1, 2)]


@pytest.mark.parametrize(("path", "name"), [("/pets", "/pets/GET"), ("/", "/GET"), ("/pets/{id}", "/pets/{id}/GET")])
def test_a_method_is_named_as_plans_name_it(path: str, name: str) -> None:
    assert method_name(path, "GET") == name
