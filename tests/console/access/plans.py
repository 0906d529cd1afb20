"""Keys, plans and what was used of them, for the tests of the pages."""

import datetime as dt
from typing import Any

from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan
from console.access.services import create_api_key, create_usage_plan, create_usage_plan_key
from console.apis.models import RestApi
from console.core.actor import SYSTEM
from tests.console.stages.drawn import deploy, pets

MONTH = {"limit": 100, "period": "MONTH"}


def key(name: str = "mobile", **given: Any) -> ApiKey:
    return create_api_key(SYSTEM, name=name, **{"enabled": True, **given})


def plan(name: str = "gold", *, of: RestApi | None = None, throttles: Any = None, **given: Any) -> UsagePlan:
    """`of` is an API that is deployed to dev."""
    stages = [{"apiId": of.pk, "stage": "dev", "throttle": throttles}] if of else None
    return create_usage_plan(SYSTEM, name=name, api_stages=stages, **given)


def join(to: UsagePlan, *keys: ApiKey) -> None:
    for one in keys:
        create_usage_plan_key(SYSTEM, usage_plan_id=to.pk, key_id=one.pk, key_type="API_KEY")


def served() -> RestApi:
    api = pets()
    deploy(api)
    return api


def use(of: UsagePlan, one: ApiKey, used: int, *, days_ago: int = 0) -> None:
    day = timezone.now().date() - dt.timedelta(days_ago)
    UsageDay.objects.create(usage_plan=of, api_key=one, day=day, used=used)
