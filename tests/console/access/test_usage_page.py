"""What was used, as the pages show it and as a file."""

import csv
import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.access.models import UsageDay, UsagePlan
from console.access.services import get_usage
from console.core.actor import SYSTEM, Role
from tests.console.access.plans import MONTH, join, key, plan, use
from tests.console.people import PIECE, browser, text

pytestmark = pytest.mark.django_db

DATES = {"start_date": "2026-11-01", "end_date": "2026-11-03"}


@pytest.fixture
def client() -> Client:
    return browser(Role.VIEWER)


def used(of: UsagePlan, name: str, *counts: int) -> str:
    """The key's id."""
    one = key(name)
    join(of, one)
    for number, count in enumerate(counts):
        UsageDay.objects.create(usage_plan=of, api_key=one, day=dt.date(2026, 11, 1 + number), used=count)
    return str(one.pk)


def said(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_charts_are_of_thirty_days_of_utc(client: Client):
    gold, one = plan(quota=MONTH), key()
    join(gold, one)
    empty = text(client.get(f"/usage-plans/{gold.pk}"))
    assert "No requests in the last 30 days" in empty
    use(gold, one, 7)
    use(gold, one, 5, days_ago=29)
    use(gold, one, 3, days_ago=30)
    for path in (f"/usage-plans/{gold.pk}", f"/api-keys/{one.pk}"):
        response = client.get(path)
        chart = response.context["chart"]
        today = dt.datetime.combine(timezone.now().date(), dt.time(), dt.UTC)
        assert (len(chart["x"]), chart["x"][-1], chart["count"]) == (30, int(today.timestamp()), 12)
        assert [chart["series"][0]["values"][at] for at in (0, 1, -1)] == [5, 0, 7]
        assert 'data-chart="usage-chart"' in text(response)


def test_the_dialog_asks_for_days_and_begins_with_this_month(client: Client):
    shown = text(client.get(f"/usage-plans/{plan().pk}/usage", headers=PIECE))
    today = timezone.now().date()
    assert f'value="{today.replace(day=1)}"' in shown and f'value="{today}"' in shown
    assert "aws apigateway get-usage" in shown


def test_the_csv_has_a_line_for_each_key_and_day(client: Client):
    gold = plan(quota=MONTH)
    rows = {used(gold, "one", 10, 80): ([10, 90], [80, 10], [0, 10]), used(gold, "two"): ([0, 100],) * 3}
    response = client.get(f"/usage-plans/{gold.pk}/usage", {**DATES, "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="usage-{gold.pk}-2026-11-01-2026-11-03.csv"'
    lines = list(csv.reader(said(response).splitlines()))
    assert lines[0] == ["keyId", "date", "used", "remaining"]
    expected = [[one, f"2026-11-0{1 + at}", *map(str, day)] for one in sorted(rows) for at, day in enumerate(rows[one])]
    assert lines[1:] == expected


def test_the_json_is_what_get_usage_answers_with_all_pages_in_one(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.access.pages.usage.MAX_LIMIT", 2)
    gold = plan(quota=MONTH)
    for number in range(5):
        used(gold, str(number), number)
    response = client.get(f"/usage-plans/{gold.pk}/usage", {**DATES, "format": "json"})
    assert response["Content-Type"] == "application/json"
    whole = get_usage(SYSTEM, usage_plan_id=gold.pk, start_date="2026-11-01", end_date="2026-11-03")
    assert json.loads(said(response)) == {
        "usagePlanId": gold.pk,
        "startDate": "2026-11-01",
        "endDate": "2026-11-03",
        "values": whole.values,
    }


def test_a_plan_without_keys_is_an_empty_file(client: Client):
    path = f"/usage-plans/{plan().pk}/usage"
    assert said(client.get(path, {**DATES, "format": "csv"})) == "keyId,date,used,remaining\r\n"
    assert json.loads(said(client.get(path, {**DATES, "format": "json"})))["values"] == {}


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({"start_date": "yesterday"}, "id_start_date_error", "Invalid startDate specified: yesterday"),
        ({"end_date": "2026-10-01"}, "id_end_date_error", "endDate is not before startDate"),
        ({"end_date": "2028-01-01"}, "id_end_date_error", "366 days are the most"),
        ({"format": "xml"}, "id_format_error", "Select a valid choice"),
    ],
)
def test_a_refusal_is_shown_at_the_field_that_it_names(client: Client, sent: dict[str, str], error: str, message: str):
    refused = client.get(f"/usage-plans/{plan().pk}/usage", {**DATES, "format": "csv", **sent})
    assert refused.status_code == 422
    assert f'id="{error}"' in text(refused) and message in text(refused)


def test_it_is_for_whom_the_plan_may_be_seen():
    path, nobody = f"/usage-plans/{plan().pk}/usage", browser(Role.NONE)
    for sent in ({}, {**DATES, "format": "csv"}):
        assert nobody.get(path, sent).status_code == 403
    assert Client().get(path, {**DATES, "format": "csv"}).status_code == 302
