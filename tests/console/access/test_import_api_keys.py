"""ImportApiKeys; the files are those of the developer guide, "API Gateway API key file format"."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.access.models import ApiKey, UsagePlanKey
from console.access.services import ImportedKeys, create_usage_plan, get_api_key, import_api_keys
from console.accounts.models import AuditEntry
from console.core.faults import AccessDenied, BadRequest
from tests.console.stages.drawn import DEPLOYER, DEVELOPER

pytestmark = pytest.mark.django_db

VALUE = "apikey1234abcdefghij0123456789"
OTHER = "another1234abcdefghij0123456789"


def imported(text: str | bytes, *, fail_on_warnings: bool | None = None) -> ImportedKeys:
    body = text if isinstance(text, bytes) else text.encode()
    return import_api_keys(DEPLOYER, body=body, format="csv", fail_on_warnings=fail_on_warnings)


def plans_of(key: ApiKey) -> set[str]:
    return set(UsagePlanKey.objects.filter(api_key=key).values_list("usage_plan_id", flat=True))


def test_two_columns_are_enough_in_any_order_and_case() -> None:
    found = imported(f"Key,name\n{VALUE},MyFirstApiKey\n")
    key = ApiKey.objects.get()
    assert found == ImportedKeys([key.pk], [])
    assert (key.name, key.description, key.enabled) == ("MyFirstApiKey", "", True)
    assert get_api_key(DEPLOYER, api_key=key.pk, include_value=True).value == VALUE


def test_all_columns_are_taken_and_others_passed_over() -> None:
    plan = create_usage_plan(DEPLOYER, name="gold")
    imported(
        "Name,key,description,Enabled,usageplanIds,colour\r\n"
        f"MyFirstApiKey,{VALUE},An imported key,FALSE,{plan.pk},red\r\n"
    )
    key = ApiKey.objects.get()
    assert (key.description, key.enabled, plans_of(key)) == ("An imported key", False, {plan.pk})


@pytest.mark.parametrize("quote", ['"', "'"])
def test_several_plans_stand_in_quotes_of_either_kind(quote: str) -> None:
    plans = [create_usage_plan(DEPLOYER, name=name).pk for name in ("gold", "silver")]
    imported(f"Enabled,Name,key,UsageplanIds\ntrue,MyFirstApiKey,{VALUE},{quote}{', '.join(plans)}{quote}\n")
    assert plans_of(ApiKey.objects.get()) == set(plans)


def test_an_apostrophe_in_a_name_is_no_quote() -> None:
    imported(f"name,key\nAda's key,{VALUE}\n")
    assert ApiKey.objects.get().name == "Ada's key"


def test_the_same_value_overwrites_the_key_that_has_it() -> None:
    first = imported(f"name,key,enabled\nold,{VALUE},true\n")
    second = imported(f"name,key,enabled\nnew,{VALUE},false\nnewer,{VALUE},false\n")
    key = ApiKey.objects.get()
    assert first.ids == second.ids == [key.pk]
    assert (key.name, key.enabled) == ("newer", False)
    assert key.last_updated_date > key.created_date


def test_a_line_that_cannot_be_taken_is_a_warning() -> None:
    found = imported(f"name,key,enabled\nshort,abc,\nodd,{OTHER},maybe\n\ngood,{VALUE},\n")
    assert [row.name for row in ApiKey.objects.all()] == ["good"]
    assert found.warnings == [
        "Line 2: API Key value should be between 30 and 128 characters",
        "Line 3: Invalid boolean value 'maybe' specified for column Enabled",
    ]


def test_a_plan_that_is_not_there_is_a_warning_and_the_key_stays() -> None:
    plan = create_usage_plan(DEPLOYER, name="gold")
    found = imported(f'name,key,usageplanids\nmine,{VALUE},"nosuch,{plan.pk}"\n')
    assert found.warnings == ["Line 2: usage plan nosuch: Invalid Usage Plan ID specified"]
    assert plans_of(ApiKey.objects.get()) == {plan.pk}


def test_with_fail_on_warnings_nothing_is_taken() -> None:
    with pytest.raises(BadRequest, match="Line 3: API Key value should be between"):
        imported(f"name,key\ngood,{VALUE}\nshort,abc\n", fail_on_warnings=True)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"/tmp/apikey.csv", "Missing required column 'Key'"),
        (b"", "Missing required column 'Key'"),
        (b"key,description", "Missing required column 'Name'"),
        (b"\xff\xfe", "in UTF-8"),
        (b"name,key\n\0,x", r"U\+0000"),
        (b"name,key\n" + b"x" * 200_000, "not valid CSV"),
    ],
)
def test_what_is_no_such_file_is_refused(body: bytes, text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        imported(body)


def test_a_byte_order_mark_is_no_part_of_a_column() -> None:
    assert imported(f"\ufeffname,key\nmine,{VALUE}\n").warnings == []


def test_a_limit_that_is_reached_is_a_warning_of_each_line(settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_keys": 1}
    found = imported(f"name,key\na,{VALUE}\nb,{OTHER}\n")
    assert len(found.ids) == 1 and "Maximum number of API keys" in found.warnings[0]


def test_an_import_is_one_entry_without_values() -> None:
    found = imported(f"name,key\nmine,{VALUE}\n")
    entry = AuditEntry.objects.get()
    assert (entry.operation, entry.changes) == ("ImportApiKeys", {"ids": found.ids, "warnings": []})


def test_who_draws_imports_none() -> None:
    with pytest.raises(AccessDenied):
        import_api_keys(DEVELOPER, body=b"name,key", format="csv")


def test_limits_are_held_before_anything_is_written_as_by_those_who_add_one_key() -> None:
    """Who writes has the generation, for which those wait who hold a limit: the other order would be a deadlock."""
    plan = create_usage_plan(DEPLOYER, name="gold")
    with CaptureQueriesContext(connection) as asked:
        imported(f"name,key,usageplanids\nada,{VALUE},{plan.pk}\n")
    said = [query["sql"] for query in asked]
    first_write = next(at for at, sql in enumerate(said) if sql.startswith(("INSERT", "UPDATE")))
    before = " ".join(said[:first_write])
    assert "stagedoor.limits.api_keys" in before and "stagedoor.limits.usage_plans_per_api_key" in before
