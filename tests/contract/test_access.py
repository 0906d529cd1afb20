"""Keys, plans and usage between the real console and a node's own code."""

import datetime as dt

import pytest
from django.utils import timezone

from console.access.services import (
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    get_usage,
    periods,
)
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.limits.quota import beginning, period_name
from dataplane.snapshot import Quota, QuotaUse, ReportAnswer, UsageCount, decode
from tests.console.publishing.nodes import Node
from tests.console.stages.drawn import DEPLOYER, deploy, pets


@pytest.mark.parametrize("period", ["DAY", "WEEK", "MONTH"])
def test_both_sides_agree_on_when_a_period_begins(period: str) -> None:
    for offset in range({"DAY": 1, "WEEK": 7, "MONTH": 28}[period]):
        quota = Quota(limit=1, period=period, offset=offset)  # type: ignore[arg-type]
        for number in range(0, 800, 3):
            day = dt.date(2026, 1, 1) + dt.timedelta(number)
            assert beginning(quota, day) == periods.beginning({"period": period, "offset": offset}, day)


@pytest.mark.django_db
def test_a_key_of_the_console_is_known_to_a_node_and_what_it_reports_is_its_usage() -> None:
    api = pets()
    deploy(api)
    gold = create_usage_plan(
        DEPLOYER,
        name="gold",
        quota={"limit": 3, "period": "MONTH"},
        api_stages=[{"apiId": api.pk, "stage": "dev"}],
    )
    key = create_api_key(DEPLOYER, enabled=True)
    create_usage_plan_key(DEPLOYER, usage_plan_id=gold.pk, key_id=key.pk, key_type="API_KEY")
    node = Node()
    node.poll()
    clients = Clients(Meter(lambda: 0.0))
    assert node.access is not None and key.value is not None
    clients.update(node.access)
    client = clients.find(key.value.encode())
    assert client is not None and client.id == key.pk
    grant = clients.grant(client, (api.pk, "dev"))
    assert grant is not None
    now = timezone.now()
    for _ in range(3):
        assert not clients.meter.exhausted(grant.allowance, now.timestamp())
        clients.meter.use(grant.allowance)
    assert clients.meter.exhausted(grant.allowance, now.timestamp())
    spent = clients.meter.spent()
    assert spent is not None
    (used,) = spent.used
    usage = UsageCount(plan_id=used.plan_id, key_id=used.key_id, day=used.day, used=used.count)
    answer = decode(node.report(usage_life="life", usage=(usage,)).content, ReportAnswer)
    period = period_name(Quota(limit=3, period="MONTH"), now.date())
    assert used.period == period
    assert answer.quotas == (QuotaUse(plan_id=gold.pk, key_id=key.pk, period=period, used=3),)
    found = get_usage(DEPLOYER, usage_plan_id=gold.pk, start_date=used.day, end_date=used.day)
    assert found.values == {key.pk: [[3, 0]]}
