"""What these pages do, as other tools would say it."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from console.access.models import ApiKey, UsagePlan
from console.access.services.usage_plan_keys import KEY_TYPE
from console.core.calls import Block, Call, Raw, hcl, label


def create_api_key(name: str, description: str) -> Call:
    """Without a value, which is nobody's to copy."""
    params = {"name": name, **({"description": description} if description else {}), "enabled": True}
    attributes = {"name": name, "description": description}
    return Call("CreateApiKey", params, hcl("aws_api_gateway_api_key", label(name), attributes))


def update_api_key(key: ApiKey) -> Call:
    operations = [{"op": "replace", "path": "/enabled", "value": "true" if key.enabled else "false"}]
    attributes = {
        "name": key.name,
        "description": key.description,
        "customer_id": key.customer_id,
        "enabled": key.enabled,
    }
    terraform = hcl("aws_api_gateway_api_key", label(key.name), attributes)
    return Call("UpdateApiKey", {"apiKey": key.pk, "patchOperations": operations}, terraform)


def delete_api_key(key: ApiKey) -> Call:
    return Call("DeleteApiKey", {"apiKey": key.pk})


def import_api_keys() -> Call:
    reason = "# Keys of a file are taken once: Terraform has no resource for it, and one for each key."
    return Call("ImportApiKeys", {"format": "csv"}, reason, blob=("body", "keys.csv"))


def create_usage_plan(plan: UsagePlan) -> Call:
    """As it is, or is about to be."""
    members = {
        "name": plan.name,
        "description": plan.description,
        "apiStages": plan.api_stages,
        "throttle": plan.throttle,
        "quota": plan.quota,
    }
    params = {name: value for name, value in members.items() if value}
    return Call("CreateUsagePlan", params, _plan_hcl(plan))


def update_usage_plan(plan: UsagePlan, *operations: dict[str, str]) -> Call:
    return Call("UpdateUsagePlan", {"usagePlanId": plan.pk, "patchOperations": list(operations)}, _plan_hcl(plan))


def delete_usage_plan(plan: UsagePlan) -> Call:
    return Call("DeleteUsagePlan", {"usagePlanId": plan.pk})


def create_usage_plan_key(plan: UsagePlan, key_id: str) -> Call:
    attributes = {
        "usage_plan_id": Raw(f"aws_api_gateway_usage_plan.{label(plan.name)}.id"),
        "key_id": key_id,
        "key_type": KEY_TYPE,
    }
    terraform = hcl("aws_api_gateway_usage_plan_key", label(f"{plan.name} {key_id}"), attributes)
    return Call("CreateUsagePlanKey", {"usagePlanId": plan.pk, "keyId": key_id, "keyType": KEY_TYPE}, terraform)


def delete_usage_plan_key(plan: UsagePlan, key_id: str) -> Call:
    return Call("DeleteUsagePlanKey", {"usagePlanId": plan.pk, "keyId": key_id})


def update_usage(plan: UsagePlan, key_id: str, remaining: int) -> Call:
    operations = [{"op": "replace", "path": "/remaining", "value": str(remaining)}]
    reason = "# What remains of a quota is no state that Terraform keeps."
    return Call("UpdateUsage", {"usagePlanId": plan.pk, "keyId": key_id, "patchOperations": operations}, reason)


def get_usage(plan: UsagePlan, *, start_date: str, end_date: str) -> Call:
    return Call("GetUsage", {"usagePlanId": plan.pk, "startDate": start_date, "endDate": end_date})


def _plan_hcl(plan: UsagePlan) -> str:
    attributes: dict[str, Any] = {
        "name": plan.name,
        "description": plan.description,
        "api_stages": [_stage_block(stage) for stage in plan.api_stages],
        "throttle_settings": _block(plan.throttle),
        "quota_settings": _block(plan.quota),
    }
    return hcl("aws_api_gateway_usage_plan", label(plan.name), attributes)


def _stage_block(stage: Mapping[str, Any]) -> Block:
    throttles = stage.get("throttle", {}).items()
    blocks = [Block({"path": method, **_block(limits)}) for method, limits in throttles]
    return Block({"api_id": stage["apiId"], "stage": stage["stage"], "throttle": blocks})


def _block(members: Mapping[str, Any] | None) -> Block:
    return Block({xform_name(name): value for name, value in (members or {}).items()})
