"""What a usage plan's parts may hold.

Source: botocore's `apigateway` model; the texts of offsets and API stages as AWS's users quote them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from console.core.faults import BadRequest
from console.stages.models import Stage

PERIODS = ("DAY", "WEEK", "MONTH")
_OFFSETS = {
    "DAY": (0, "Usage Plan quota offset must be zero in the DAY period"),
    "WEEK": (6, "Usage Plan quota offset must be between zero and six inclusive in the WEEK period"),
    "MONTH": (27, "Usage Plan quota offset must be between zero and 27 inclusive in the MONTH period"),
}


def plan_name(name: str) -> str:
    if not name.strip():
        raise BadRequest("Usage plan name cannot be blank", field="name")
    return name


def throttle(given: Mapping[str, Any] | None, *, field: str = "throttle") -> dict[str, Any] | None:
    """A burst may exceed the rate, as AWS allows."""
    if not given:
        return None
    rate, burst = float(given.get("rateLimit") or 0.0), int(given.get("burstLimit") or 0)
    if rate < 0 or burst < 0:
        raise BadRequest("Usage Plan throttle limits must not be negative", field=field)
    return {"rateLimit": rate, "burstLimit": burst}


def quota(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    period, limit, offset = given.get("period"), int(given.get("limit") or 0), int(given.get("offset") or 0)
    if period not in _OFFSETS:
        raise BadRequest(f"Usage Plan quota period must be one of: [{', '.join(PERIODS)}]", field="quota/period")
    if limit < 1:
        raise BadRequest("Usage Plan quota limit must be greater than zero", field="quota/limit")
    highest, text = _OFFSETS[period]
    if not 0 <= offset <= highest:
        raise BadRequest(text, field="quota/offset")
    return {"limit": limit, "offset": offset, "period": period}


def api_stages(given: Iterable[Mapping[str, Any]] | None, plan: str) -> list[dict[str, Any]]:
    """Each once, and each of a stage that is there."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in given or ():
        api_id, stage = one.get("apiId") or "", one.get("stage") or ""
        found[api_id, stage] = {"apiId": api_id, "stage": stage, **_throttles(one.get("throttle"))}
    for api_id, stage in found:
        if not Stage.objects.filter(rest_api_id=api_id, stage_name=stage).exists():
            raise BadRequest(
                f"Invalid API Stage {{api: {api_id}, stage: {stage}}} specified for usageplan {plan}",
                field="apiStages",
            )
    return list(found.values())


def _throttles(given: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any]:
    if not given:
        return {}
    return {"throttle": {method: throttle(limits, field="apiStages/throttle") for method, limits in given.items()}}
