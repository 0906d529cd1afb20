"""The pages of usage plans, their stages and their keys."""

import pytest
from django.test import Client

from console.access.models import UsageDay, UsagePlan, UsagePlanKey
from console.accounts.models import User
from console.accounts.services import grant_role
from console.core.actor import SYSTEM, Role
from tests.console.access.plans import MONTH, join, key, plan, served, use
from tests.console.people import PIECE, browser, person, text

pytestmark = pytest.mark.django_db

FORM = {
    "name": "gold",
    "description": "",
    "rate_limit": "10",
    "burst_limit": "20",
    "quota_limit": "1000",
    "quota_period": "MONTH",
    "quota_offset": "",
}
NO_LIMITS = {"rate_limit": "", "burst_limit": "", "quota_limit": ""}


@pytest.fixture
def client() -> Client:
    return browser(Role.DEPLOYER)


def ways(of: UsagePlan) -> tuple[tuple[str, dict[str, str]], ...]:
    """Every page that changes the plan, and what to send there; it has a stage and a key."""
    stage = of.api_stages[0]
    inside = f"/usage-plans/{of.pk}/stages/{stage['apiId']}/{stage['stage']}"
    key_id = of.plan_keys.get().api_key_id
    return (
        (f"/usage-plans/{of.pk}/edit", FORM),
        (f"/usage-plans/{of.pk}/delete", {}),
        (f"/usage-plans/{of.pk}/stages/add", {"api_stage": f"{stage['apiId']}:dev"}),
        (f"{inside}/throttles", {"method": "/pets/GET", "rate_limit": "1", "burst_limit": "1"}),
        (f"{inside}/remove", {}),
        (f"/usage-plans/{of.pk}/keys/add", {"key_id": key_id}),
        (f"/usage-plans/{of.pk}/keys/{key_id}/extend", {"remaining": "5"}),
        (f"/usage-plans/{of.pk}/keys/{key_id}/remove", {}),
    )


def whole() -> UsagePlan:
    gold = plan(of=served(), quota=MONTH)
    join(gold, key())
    return gold


def state(of: UsagePlan) -> tuple[object, ...]:
    row = UsagePlan.objects.get(pk=of.pk)
    return row.name, row.api_stages, row.throttle, row.quota, row.plan_keys.count(), UsageDay.objects.count()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DEVELOPER])
def test_who_may_not_deploy_looks_and_has_no_button(role: Role):
    gold, client = whole(), browser(role)
    before = state(gold)
    assert "/usage-plans/new" not in text(client.get("/usage-plans/"))
    shown = text(client.get(f"/usage-plans/{gold.pk}"))
    assert "may look and not change plans" in shown
    for path, sent in ways(gold):
        assert path not in shown, path
        assert client.get(path).status_code == 403, path
        assert client.post(path, sent).status_code == 403, path
    assert client.get("/usage-plans/new").status_code == client.post("/usage-plans/new", FORM).status_code == 403
    assert state(gold) == before


def test_who_has_no_access_comes_to_none_of_them():
    gold, client = whole(), browser(Role.NONE)
    for path in ("/usage-plans/", "/usage-plans/new", f"/usage-plans/{gold.pk}", *(path for path, _ in ways(gold))):
        assert client.get(path).status_code == 403, path


def test_a_plan_that_names_an_api_of_which_one_is_no_deployer_is_looked_at_alone():
    gold, user = whole(), person(Role.DEPLOYER)
    grant_role(SYSTEM, username=user.username, rest_api_id=gold.api_stages[0]["apiId"], role=Role.VIEWER)
    client, before = Client(), state(gold)
    client.force_login(User.objects.get(pk=user.pk))
    shown = text(client.get(f"/usage-plans/{gold.pk}"))
    assert "The plan names an API that you may not deploy" in shown
    for path, sent in ways(gold):
        assert path not in shown, path
        assert client.get(path).status_code == 403, path
        assert client.post(path, sent).status_code == 403, path
    assert state(gold) == before


def test_without_plans_the_list_says_what_to_do(client: Client):
    shown = text(client.get("/usage-plans/"))
    assert "No usage plans yet" in shown and "/usage-plans/new" in shown


def test_the_list_says_for_what_and_how_much(client: Client, django_assert_num_queries):
    api = served()
    quota = {"limit": 500, "period": "WEEK", "offset": 1}
    join(plan(of=api, throttle={"rateLimit": 2.5, "burstLimit": 5}, quota=quota), key())
    plan("free", quota={"limit": 7, "period": "MONTH", "offset": 4})
    with django_assert_num_queries(6):  # session, user, savepoint, release, count, plans
        shown = text(client.get("/usage-plans/"))
    assert f'href="/apis/{api.pk}/stages/dev"' in shown
    assert "2.5 a second, 5 at once" in shown
    assert "500 requests a week, from Monday on" in shown and "7 requests a month, from day 5 on" in shown
    assert "No plan matches" in text(client.get("/usage-plans/?q=silver", headers=PIECE))
    assert "free" not in text(client.get("/usage-plans/?q=gol", headers=PIECE))


def test_a_plan_is_made(client: Client):
    assert "Create a usage plan" in text(client.get("/usage-plans/new", headers=PIECE))
    done = client.post("/usage-plans/new", FORM)
    row = UsagePlan.objects.get()
    assert done["Location"] == f"/usage-plans/{row.pk}"
    assert (row.throttle, row.quota) == (
        {"rateLimit": 10.0, "burstLimit": 20},
        {"limit": 1000, "offset": 0, "period": "MONTH"},
    )
    assert "For no stage yet" in text(client.get(done["Location"]))


def test_a_plan_without_limits_has_none(client: Client):
    client.post("/usage-plans/new", {**FORM, **NO_LIMITS})
    row = UsagePlan.objects.get()
    assert (row.throttle, row.quota) == (None, None)


@pytest.mark.parametrize("way", ["new", "edit"])
@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({"name": " "}, "id_name_error", "This field is required"),
        ({"burst_limit": ""}, "id_burst_limit_error", "Give both limits, or leave both empty"),
        ({"rate_limit": "fast"}, "id_rate_limit_error", "Enter a number"),
        ({"quota_limit": "0"}, "id_quota_limit_error", "Usage Plan quota limit must be greater than zero"),
        (
            {"quota_period": "WEEK", "quota_offset": "7"},
            "id_quota_offset_error",
            "Usage Plan quota offset must be between zero and six inclusive in the WEEK period",
        ),
        ({"quota_period": "DAY", "quota_offset": "1"}, "id_quota_offset_error", "must be zero in the DAY period"),
    ],
)
def test_a_refusal_is_shown_at_the_field_that_it_names(
    client: Client, way: str, sent: dict[str, str], error: str, message: str
):
    path = "/usage-plans/new" if way == "new" else f"/usage-plans/{plan('silver').pk}/edit"
    before = UsagePlan.objects.count()
    refused = client.post(path, {**FORM, **sent}, headers=PIECE)
    assert refused.status_code == 422
    assert f'id="{error}"' in text(refused) and message in text(refused)
    assert UsagePlan.objects.filter(name="gold").count() == 0
    assert UsagePlan.objects.count() == before


def test_a_plan_is_changed_member_by_member_and_its_limits_are_taken_away(client: Client):
    gold = plan(quota=MONTH)
    path = f"/usage-plans/{gold.pk}/edit"
    assert 'value="100"' in text(client.get(path, headers=PIECE))
    client.post(path, {**FORM, "name": "silver", "quota_period": "WEEK", "quota_offset": "3"})
    gold.refresh_from_db()
    assert (gold.name, gold.throttle) == ("silver", {"rateLimit": 10.0, "burstLimit": 20})
    assert gold.quota == {"limit": 1000, "offset": 3, "period": "WEEK"}
    client.post(path, {**FORM, **NO_LIMITS, "name": "silver"})
    gold.refresh_from_db()
    assert (gold.throttle, gold.quota) == (None, None)
    assert client.post(path, {**FORM, **NO_LIMITS, "name": "silver"}).status_code == 302


def test_a_stage_is_found_added_and_removed(client: Client):
    api, gold = served(), plan()
    path = f"/usage-plans/{gold.pk}/stages/add"
    assert f"{api.pk}:dev" in text(client.get(path, headers=PIECE))
    assert f"{api.pk}:dev" in text(client.get(f"{path}?piece=found&q=pets+dev", headers=PIECE))
    assert "No other stage" in text(client.get(f"{path}?piece=found&q=cats", headers=PIECE))
    assert client.post(path, {"api_stage": f"{api.pk}:dev"})["Location"] == f"/usage-plans/{gold.pk}"
    gold.refresh_from_db()
    assert gold.api_stages == [{"apiId": api.pk, "stage": "dev"}]
    assert "There is no other stage" in text(client.get(path, headers=PIECE))
    out = f"/usage-plans/{gold.pk}/stages/{api.pk}/dev/remove"
    join(gold, key())
    assert "1 key of the plan is refused there with 403" in text(client.get(out, headers=PIECE))
    client.post(out)
    gold.refresh_from_db()
    assert gold.api_stages == []


def test_a_stage_that_is_not_there_is_refused_in_aws_s_words(client: Client):
    refused = client.post(f"/usage-plans/{plan().pk}/stages/add", {"api_stage": "nosuch:dev"}, headers=PIECE)
    assert refused.status_code == 422
    assert "Invalid API Stage {api: nosuch, stage: dev} specified for usageplan gold" in text(refused)


def test_only_stages_that_one_may_deploy_are_offered():
    api, other, user = served(), served(), person(Role.DEPLOYER)
    grant_role(SYSTEM, username=user.username, rest_api_id=other.pk, role=Role.VIEWER)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    shown = text(client.get(f"/usage-plans/{plan().pk}/stages/add"))
    assert api.pk in shown and other.pk not in shown


def test_a_method_is_throttled_otherwise_and_no_longer(client: Client):
    api = served()
    gold = plan(of=api)
    inside = f"/usage-plans/{gold.pk}/stages/{api.pk}/dev"
    assert "GET /pets" in text(client.get(f"{inside}/throttles", headers=PIECE))
    sent = {"method": "/pets/GET", "rate_limit": "2.5", "burst_limit": "3"}
    assert client.post(f"{inside}/throttles", sent)["Location"] == f"/usage-plans/{gold.pk}"
    gold.refresh_from_db()
    assert gold.api_stages[0]["throttle"] == {"/pets/GET": {"rateLimit": 2.5, "burstLimit": 3}}
    assert "2.5 a second, 3 at once" in text(client.get(f"/usage-plans/{gold.pk}"))
    chosen = text(client.get(f"{inside}/throttles?method=/pets/GET", headers=PIECE))
    assert 'value="2.5"' in chosen and f"{inside}/remove?method=%2Fpets%2FGET" in chosen
    assert "has no throttle of its own" in text(client.get(f"{inside}/remove?method=/pets/GET", headers=PIECE))
    client.post(f"{inside}/remove?method=/pets/GET")
    gold.refresh_from_db()
    assert gold.api_stages == [{"apiId": api.pk, "stage": "dev"}]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"rate_limit": "-1"}, "id_rate_limit_error"),
        ({"burst_limit": ""}, "id_burst_limit_error"),
        ({"burst_limit": "many"}, "id_burst_limit_error"),
        ({"method": "/cats/GET"}, "id_method_error"),
    ],
)
def test_a_throttle_that_is_none_is_refused_at_its_field(client: Client, sent: dict[str, str], error: str):
    api = served()
    path = f"/usage-plans/{plan(of=api).pk}/stages/{api.pk}/dev/throttles"
    refused = client.post(path, {"method": "/pets/GET", "rate_limit": "1", "burst_limit": "1", **sent}, headers=PIECE)
    assert refused.status_code == 422
    assert f'id="{error}"' in text(refused)


def test_a_stage_that_the_plan_has_not_is_not_here(client: Client):
    api = served()
    for path in ("throttles", "remove"):
        assert client.get(f"/usage-plans/{plan().pk}/stages/{api.pk}/dev/{path}").status_code == 404
    assert client.get("/usage-plans/nosuch").status_code == 404


def test_a_key_is_found_added_and_removed(client: Client):
    gold, mobile, web = plan(of=served()), key("mobile"), key("web")
    path = f"/usage-plans/{gold.pk}/keys/add"
    found = text(client.get(f"{path}?piece=found&q=mob", headers=PIECE))
    assert mobile.pk in found and web.pk not in found
    client.post(path, {"key_id": mobile.pk})
    assert list(UsagePlanKey.objects.values_list("api_key", flat=True)) == [mobile.pk]
    again = client.post(path, {"key_id": mobile.pk}, headers=PIECE)
    assert again.status_code == 422
    assert f"API Key {mobile.pk} is already in Usage Plan {gold.pk}" in text(again)
    assert mobile.pk not in text(client.get(path, headers=PIECE))
    assert "mobile" not in text(client.get(f"/usage-plans/{gold.pk}?q=web", headers=PIECE))
    out = f"/usage-plans/{gold.pk}/keys/{mobile.pk}/remove"
    assert "is refused with 403 within a second" in text(client.get(out, headers=PIECE))
    client.post(out)
    assert not UsagePlanKey.objects.exists()
    assert client.get(out).status_code == 404


def test_a_key_of_another_plan_of_the_stage_is_refused_in_aws_s_words(client: Client):
    api, mobile = served(), key()
    join(plan("first", of=api), mobile)
    refused = client.post(f"/usage-plans/{plan(of=api).pk}/keys/add", {"key_id": mobile.pk}, headers=PIECE)
    assert refused.status_code == 422
    assert "cannot reference multiple Usage Plans with the same API Stage" in text(refused)


def test_the_plan_shows_what_each_key_used_with_the_same_queries_however_many(
    client: Client, django_assert_num_queries
):
    gold = plan(of=served(), quota=MONTH)
    for number in range(12):
        one = key(f"key{number:02}")
        join(gold, one)
        use(gold, one, 85 if number else 130)
        if number in (2, 11):
            with django_assert_num_queries(18):  # of them, six savepoints of three verbs, and the plan for each
                shown = text(client.get(f"/usage-plans/{gold.pk}"))
    assert "of 100 used" in shown
    assert 'class="bar bad"' in shown and 'class="bar warn"' in shown
    assert "15 remain<" in shown and "0 remain<" in shown


def test_a_quota_is_extended_until_its_period_ends(client: Client):
    gold, mobile = plan(quota=MONTH), key()
    join(gold, mobile)
    use(gold, mobile, 90)
    path = f"/usage-plans/{gold.pk}/keys/{mobile.pk}/extend"
    asked = text(client.get(path, headers=PIECE))
    assert "used 90 of 100 requests" in asked and 'value="10"' in asked
    assert client.post(path, {"remaining": "500"})["Location"] == f"/usage-plans/{gold.pk}"
    assert "500 remain<" in text(client.get(f"/usage-plans/{gold.pk}"))
    for sent in ("-1", "", "many"):
        refused = client.post(path, {"remaining": sent}, headers=PIECE)
        assert refused.status_code == 422
        assert 'id="id_remaining_error"' in text(refused)


def test_without_a_quota_nothing_is_extended(client: Client):
    gold, mobile = plan(), key()
    join(gold, mobile)
    path = f"/usage-plans/{gold.pk}/keys/{mobile.pk}/extend"
    assert path not in text(client.get(f"/usage-plans/{gold.pk}"))
    assert "has no quota" in text(client.get(path, headers=PIECE))
    refused = client.post(path, {"remaining": "5"}, headers=PIECE)
    assert refused.status_code == 422
    assert f"Usage Plan {gold.pk} has no quota" in text(refused)


def test_a_plan_with_stages_is_not_deleted_and_the_page_says_what_to_remove(client: Client):
    api = served()
    gold = plan(of=api)
    path = f"/usage-plans/{gold.pk}/delete"
    asked = text(client.get(path, headers=PIECE))
    assert "Remove it first" in asked and f"/usage-plans/{gold.pk}/stages/{api.pk}/dev/remove" in asked
    assert "btn-danger" not in asked
    refused = client.post(path, headers=PIECE)
    assert refused.status_code == 422
    assert f"Cannot delete Usage Plan {gold.pk} because there are API Stages" in text(refused)
    client.post(f"/usage-plans/{gold.pk}/stages/{api.pk}/dev/remove")
    assert "no caller will notice" in text(client.get(path, headers=PIECE))
    assert client.post(path)["Location"] == "/usage-plans/"
    assert not UsagePlan.objects.exists()
