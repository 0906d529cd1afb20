import pytest

from console.access.services import (
    search_api_keys,
    search_keys_to_add,
    search_stages_to_add,
    search_usage_plan_keys,
    search_usage_plans,
)
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied
from tests.console.access.plans import join, key, plan, served

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
NOBODY = Actor(name="eve", role=Role.NONE)


def test_keys_are_found_by_words_in_whatever_is_said_of_them() -> None:
    mobile, web = key("Mobile", description="of the team"), key("web", customer_id="C-7")
    found = {words: list(search_api_keys(VIEWER, words=words)) for words in ("mob team", "c-7", web.pk, "mob c-7")}
    assert list(found.values()) == [[mobile], [web], [web], []]
    assert list(search_api_keys(VIEWER, words="")) == [mobile, web]


def test_plans_are_found_by_words_with_how_many_keys_they_have() -> None:
    gold = plan("gold", description="for partners")
    plan("free")
    join(gold, key("a"), key("b"))
    assert [(row.name, row.keys) for row in search_usage_plans(VIEWER, words="")] == [("free", 0), ("gold", 2)]
    assert list(search_usage_plans(VIEWER, words="partners GOLD")) == [gold]


def test_what_is_in_a_plan_is_found_in_it_and_not_to_be_added() -> None:
    gold, inside, outside = plan(), key("inside"), key("outside")
    join(gold, inside)
    assert [row.api_key for row in search_usage_plan_keys(VIEWER, usage_plan_id=gold.pk, words="side")] == [inside]
    deployer = Actor(name="dora", role=Role.DEPLOYER)
    assert list(search_keys_to_add(deployer, usage_plan_id=gold.pk, words="side")) == [outside]


def test_stages_to_add_are_those_of_apis_that_the_actor_may_deploy() -> None:
    mine, theirs, inside = served(), served(), served()
    dora = Actor(name="dora", role=Role.DEPLOYER, grants={theirs.pk: Role.VIEWER})
    gold = plan(of=inside)
    found = search_stages_to_add(dora, usage_plan_id=gold.pk, words="pets dev")
    assert [stage.rest_api_id for stage in found] == [mine.pk]


def test_they_take_the_role_of_the_operation_that_they_prepare() -> None:
    gold = plan()
    for search in (search_api_keys, search_usage_plans):
        with pytest.raises(AccessDenied):
            search(NOBODY, words="")
    with pytest.raises(AccessDenied):
        search_usage_plan_keys(NOBODY, usage_plan_id=gold.pk, words="")
    for offer in (search_keys_to_add, search_stages_to_add):
        with pytest.raises(AccessDenied):
            offer(VIEWER, usage_plan_id=gold.pk, words="")
