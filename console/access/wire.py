"""AWS's operations on API keys, usage plans, usage and the account, as they are said on the wire."""

from typing import Any

from django.conf import settings

from console.access import services
from console.access.models import Account, ApiKey, UsagePlan, UsagePlanKey
from console.access.services.usage_plan_keys import KEY_TYPE
from console.core.paging import Page
from console.core.wire import serve

# Of keys that usage plans meter; earlier ones of AWS's knew stages alone.
API_KEY_VERSION = "4"


def api_key(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.pk,
        "value": row.value,
        "name": row.name or None,
        "customerId": row.customer_id or None,
        "description": row.description or None,
        "enabled": row.enabled,
        "createdDate": row.created_date,
        "lastUpdatedDate": row.last_updated_date,
        "stageKeys": row.stage_keys,
        "tags": row.tags or None,
    }


def api_keys(found: Page[ApiKey]) -> dict[str, Any]:
    return {"items": [api_key(row) for row in found.items], "position": found.position}


def usage_plan(row: UsagePlan) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description or None,
        "apiStages": row.api_stages,
        "throttle": row.throttle,
        "quota": row.quota,
        "productCode": row.product_code or None,
        "tags": row.tags or None,
    }


def usage_plans(found: Page[UsagePlan]) -> dict[str, Any]:
    return {"items": [usage_plan(row) for row in found.items], "position": found.position}


def usage_plan_key(row: UsagePlanKey) -> dict[str, Any]:
    key = row.api_key
    return {"id": key.pk, "type": KEY_TYPE, "value": key.value, "name": key.name or None}


def usage_plan_keys(found: Page[UsagePlanKey]) -> dict[str, Any]:
    return {"items": [usage_plan_key(row) for row in found.items], "position": found.position}


def usage(found: services.Usage) -> dict[str, Any]:
    return {
        "usagePlanId": found.usage_plan_id,
        "startDate": found.start.isoformat(),
        "endDate": found.end.isoformat(),
        "position": found.position,
        "items": found.values,
    }


def imported_keys(found: services.ImportedKeys) -> dict[str, Any]:
    return {"ids": found.ids, "warnings": found.warnings}


def account(row: Account) -> dict[str, Any]:
    limits = settings.LIMITS
    return {
        "cloudwatchRoleArn": row.cloudwatch_role_arn or None,
        "throttleSettings": {"burstLimit": limits["burst"], "rateLimit": limits["requests_per_second"]},
        "features": row.features,
        "apiKeyVersion": API_KEY_VERSION,
    }


operations = [
    serve("CreateApiKey", services.create_api_key, api_key),
    serve("GetApiKey", services.get_api_key, api_key),
    serve("GetApiKeys", services.get_api_keys, api_keys),
    serve("UpdateApiKey", services.update_api_key, api_key),
    serve("DeleteApiKey", services.delete_api_key),
    serve("CreateUsagePlan", services.create_usage_plan, usage_plan),
    serve("GetUsagePlan", services.get_usage_plan, usage_plan),
    serve("GetUsagePlans", services.get_usage_plans, usage_plans),
    serve("UpdateUsagePlan", services.update_usage_plan, usage_plan),
    serve("DeleteUsagePlan", services.delete_usage_plan),
    serve("CreateUsagePlanKey", services.create_usage_plan_key, usage_plan_key),
    serve("GetUsagePlanKey", services.get_usage_plan_key, usage_plan_key),
    serve("GetUsagePlanKeys", services.get_usage_plan_keys, usage_plan_keys),
    serve("DeleteUsagePlanKey", services.delete_usage_plan_key),
    serve("ImportApiKeys", services.import_api_keys, imported_keys),
    serve("GetUsage", services.get_usage, usage),
    serve("UpdateUsage", services.update_usage, usage),
    serve("GetAccount", services.get_account, account),
    serve("UpdateAccount", services.update_account, account),
]
