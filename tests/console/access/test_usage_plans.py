from typing import Any

import pytest

from console.access.models import UsagePlan
from console.access.services import (
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    delete_usage_plan,
    get_usage_plan,
    get_usage_plans,
    update_usage_plan,
)
from console.core.faults import AccessDenied, BadRequest, Conflict, NotFound
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> str:
    api = pets()
    deploy(api)
    return f"{api.pk}:dev"


def api_stage(stage: str, **more: Any) -> dict[str, Any]:
    api_id, _, name = stage.partition(":")
    return {"apiId": api_id, "stage": name, **more}


def plan(**given: Any) -> UsagePlan:
    return create_usage_plan(DEPLOYER, **{"name": "gold", **given})


def patch(row: UsagePlan, *operations: tuple[str, str, str | None]) -> UsagePlan:
    wire = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    update_usage_plan(DEPLOYER, usage_plan_id=row.pk, patch_operations=wire)
    return UsagePlan.objects.get(pk=row.pk)


def test_a_plan_is_what_was_given(stage: str) -> None:
    made = plan(
        description="the best",
        api_stages=[api_stage(stage, throttle={"/pets/GET": {"rateLimit": 1.5, "burstLimit": 3}})],
        throttle={"rateLimit": 10.0, "burstLimit": 20},
        quota={"limit": 100, "offset": 2, "period": "WEEK"},
        tags={"team": "pets"},
    )
    found = get_usage_plan(DEPLOYER, usage_plan_id=made.pk)
    assert found.api_stages == [api_stage(stage, throttle={"/pets/GET": {"rateLimit": 1.5, "burstLimit": 3}})]
    assert found.throttle == {"rateLimit": 10.0, "burstLimit": 20}
    assert found.quota == {"limit": 100, "offset": 2, "period": "WEEK"}
    assert (found.name, found.description, found.tags) == ("gold", "the best", {"team": "pets"})


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"name": " "}, "name cannot be blank"),
        ({"throttle": {"rateLimit": -1}}, "must not be negative"),
        ({"quota": {"limit": 5}}, "period must be one of"),
        ({"quota": {"limit": 0, "period": "DAY"}}, "greater than zero"),
        ({"quota": {"limit": 5, "offset": 1, "period": "DAY"}}, "must be zero in the DAY period"),
        ({"quota": {"limit": 5, "offset": 7, "period": "WEEK"}}, "zero and six inclusive in the WEEK period"),
        ({"quota": {"limit": 5, "offset": 28, "period": "MONTH"}}, "zero and 27 inclusive in the MONTH period"),
        (
            {"api_stages": [{"apiId": "nosuch", "stage": "dev"}]},
            r"Invalid API Stage \{api: nosuch, stage: dev\} specified for usageplan gold",
        ),
        ({"api_stages": [{}]}, "Invalid API Stage"),
    ],
)
def test_what_a_plan_may_not_be_is_refused(given: dict[str, Any], text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        plan(**given)
    assert not UsagePlan.objects.exists()


def test_a_burst_may_exceed_the_rate() -> None:
    """Recorded from AWS: burst 20, rate 10."""
    assert plan(throttle={"rateLimit": 10.0, "burstLimit": 20}).throttle == {"rateLimit": 10.0, "burstLimit": 20}


def test_texts_are_patched() -> None:
    row = patch(
        plan(),
        ("replace", "/name", "silver"),
        ("replace", "/description", "second"),
        ("replace", "/productCode", "p1"),
    )
    assert (row.name, row.description, row.product_code) == ("silver", "second", "p1")


def test_a_quota_comes_member_by_member_and_goes_whole() -> None:
    """As Terraform sends it."""
    row = patch(
        plan(), ("add", "/quota/limit", "100"), ("add", "/quota/offset", "1"), ("add", "/quota/period", "MONTH")
    )
    assert row.quota == {"limit": 100, "offset": 1, "period": "MONTH"}
    assert patch(row, ("replace", "/quota/limit", "200")).quota == {"limit": 200, "offset": 1, "period": "MONTH"}
    with pytest.raises(BadRequest, match="DAY period"):
        patch(row, ("replace", "/quota/period", "DAY"))
    assert patch(row, ("remove", "/quota", None)).quota is None


def test_a_throttle_comes_member_by_member_and_goes_whole() -> None:
    row = patch(plan(), ("add", "/throttle/rateLimit", "2.5"), ("replace", "/throttle/burstLimit", "7"))
    assert row.throttle == {"rateLimit": 2.5, "burstLimit": 7}
    assert patch(row, ("remove", "/throttle", None)).throttle is None


def test_api_stages_are_added_and_removed_by_value(stage: str) -> None:
    row = patch(plan(), ("add", "/apiStages", stage), ("add", "/apiStages", stage))
    assert row.api_stages == [api_stage(stage)]
    assert patch(row, ("remove", "/apiStages", stage)).api_stages == []


@pytest.mark.parametrize("spelling", ["/pets/GET", "~1pets/GET", "pets/GET", "~1pets~1GET"])
def test_a_methods_throttle_has_one_name_however_its_path_is_spelled(stage: str, spelling: str) -> None:
    where = f"/apiStages/{stage}/throttle/{spelling}"
    row = patch(
        plan(api_stages=[api_stage(stage)]),
        ("replace", f"{where}/rateLimit", "1.5"),
        ("add", f"{where}/burstLimit", "3"),
    )
    assert row.api_stages == [api_stage(stage, throttle={"/pets/GET": {"rateLimit": 1.5, "burstLimit": 3}})]
    assert patch(row, ("remove", where, None)).api_stages == [api_stage(stage)]


def test_all_throttles_of_an_api_stage_are_removed_at_once(stage: str) -> None:
    row = plan(api_stages=[api_stage(stage, throttle={"/a/GET": {"rateLimit": 1}, "/b/GET": {"rateLimit": 1}})])
    assert patch(row, ("remove", f"/apiStages/{stage}/throttle", None)).api_stages == [api_stage(stage)]


@pytest.mark.parametrize(
    ("operation", "fault", "text"),
    [
        (("add", "/apiStages", "nosuch:dev"), BadRequest, "Invalid API Stage"),
        (("add", "/apiStages", "nosuch"), BadRequest, "Invalid API Stage"),
        (("remove", "/apiStages", "nosuch:dev"), NotFound, "API Stage not found: nosuch:dev"),
        (("replace", "/apiStages/nosuch:dev/throttle/a/GET/rateLimit", "1"), NotFound, "API Stage not found"),
        (("replace", "/throttle/rateLimit", "-1"), BadRequest, "not below 0"),
        (("replace", "/throttle/burstLimit", "x"), BadRequest, "Invalid integer value"),
        (("replace", "/quota/limit", "5"), BadRequest, "period must be one of"),
        (("replace", "/name", ""), BadRequest, "name cannot be blank"),
        (("remove", "/name", None), BadRequest, r"Must be one of: \[replace\]"),
        (("replace", "/nosuch", "x"), BadRequest, "Invalid patch path"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_stays(
    operation: tuple[str, str, str | None], fault: type[Exception], text: str
) -> None:
    row = plan()
    with pytest.raises(fault, match=text):
        patch(row, ("replace", "/description", "half done"), operation)
    assert UsagePlan.objects.get().description == ""


def test_plans_are_listed_and_found_by_key() -> None:
    gold, silver = plan(), plan(name="silver")
    key = create_api_key(DEPLOYER)
    create_usage_plan_key(DEPLOYER, usage_plan_id=silver.pk, key_id=key.pk, key_type="API_KEY")
    assert {row.pk for row in get_usage_plans(DEPLOYER).items} == {gold.pk, silver.pk}
    assert get_usage_plans(DEPLOYER, key_id=key.pk).items == [silver]


def test_a_plan_with_api_stages_is_not_deleted(stage: str) -> None:
    row = plan(api_stages=[api_stage(stage)])
    with pytest.raises(BadRequest, match=f"because there are API Stages associated with it, including {stage}"):
        delete_usage_plan(DEPLOYER, usage_plan_id=row.pk)
    patch(row, ("remove", "/apiStages", stage))
    delete_usage_plan(DEPLOYER, usage_plan_id=row.pk)
    with pytest.raises(NotFound, match="Invalid Usage Plan ID specified"):
        get_usage_plan(DEPLOYER, usage_plan_id=row.pk)


def test_a_stage_that_another_plan_of_a_key_has_is_refused(stage: str) -> None:
    first, second = plan(api_stages=[api_stage(stage)]), plan()
    key = create_api_key(DEPLOYER)
    for row in (first, second):
        create_usage_plan_key(DEPLOYER, usage_plan_id=row.pk, key_id=key.pk, key_type="API_KEY")
    with pytest.raises(Conflict, match="cannot reference multiple Usage Plans with the same API Stage"):
        patch(second, ("add", "/apiStages", stage))
    assert UsagePlan.objects.get(pk=second.pk).api_stages == []


def test_who_draws_makes_no_plans() -> None:
    with pytest.raises(AccessDenied):
        create_usage_plan(DEVELOPER, name="mine")
