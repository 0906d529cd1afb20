"""What a stage's parts may hold, in AWS's texts where they are known.

Source: botocore's `apigateway` model and the developer guide ("Stage variables", "Canary release", "Quotas").
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from console.core.faults import BadRequest
from console.core.limits import reached

CACHE_CLUSTER_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
MAX_VARIABLE_NAME = 64
MAX_VARIABLE_VALUE = 512
MAX_ACCESS_LOG_FORMAT = 3 * 1024

# botocore, CloudWatch Logs: LogGroupName; API reference, AccessLogSettings.
_LOG_GROUP = re.compile(r"arn:[a-z0-9-]+:logs:[a-z0-9-]*:\d{12}:log-group:[.\-_/#A-Za-z0-9]{1,512}(:\*)?")
_DELIVERY_STREAM = re.compile(
    r"arn:[a-z0-9-]+:firehose:[a-z0-9-]*:\d{12}:deliverystream/amazon-apigateway-[A-Za-z0-9_.-]{1,64}"
)
_STAGE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]+")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]+")


def stage_name(name: str) -> None:
    if not _STAGE_NAME.fullmatch(name):
        raise BadRequest("Stage name only allows a-zA-Z0-9_- characters, at most 128", field="stageName")


def variables(values: Mapping[str, str] | None, *, field: str = "variables") -> dict[str, str]:
    found = dict(values or {})
    if len(found) > settings.LIMITS["stage_variables_per_stage"]:
        raise reached("stage_variables_per_stage", "stage variables", "this stage")
    for name, value in found.items():
        _variable(name, value, field)
    return found


def _variable(name: str, value: str, field: str) -> None:
    if not _VARIABLE_NAME.fullmatch(name) or len(name) > MAX_VARIABLE_NAME:
        raise BadRequest(
            f"Invalid stage variable name: {name}. Please use at most {MAX_VARIABLE_NAME} alphanumeric characters and "
            "underscores.",
            field=f"{field}/{name}",
        )
    if not isinstance(value, str) or not _VARIABLE_VALUE.fullmatch(value) or len(value) > MAX_VARIABLE_VALUE:
        raise BadRequest(
            f"Invalid stage variable value: {value}. Please use at most {MAX_VARIABLE_VALUE} alphanumeric characters "
            "and the symbols '-', '.', '_', '~', ':', '/', '?', '#', '&', '=' and ','.",
            field=f"{field}/{name}",
        )


def percent_traffic(value: float) -> float:
    if not 0 <= value <= 100:
        raise BadRequest("Canary percentTraffic must be between 0.0 and 100.0", field="canarySettings/percentTraffic")
    return value


def canary(given: Mapping[str, Any], deployment_id: str) -> dict[str, Any]:
    """All members of a stage's `canarySettings`, those that were not given by AWS's defaults."""
    overrides = given.get("stageVariableOverrides")
    return {
        "deploymentId": deployment_id,
        "percentTraffic": percent_traffic(float(given.get("percentTraffic") or 0.0)),
        "stageVariableOverrides": variables(overrides, field="canarySettings/stageVariableOverrides"),
        "useStageCache": bool(given.get("useStageCache") or False),
    }


def cache_cluster_size(size: str) -> str:
    if size not in CACHE_CLUSTER_SIZES:
        raise BadRequest(
            f"Invalid cache cluster size. Must be one of: [{', '.join(CACHE_CLUSTER_SIZES)}]", field="cacheClusterSize"
        )
    return size


def access_log_format(text: str) -> str:
    if len(text.encode()) > MAX_ACCESS_LOG_FORMAT:
        raise BadRequest("Access log format must be at most 3 KB", field="accessLogSettings/format")
    if "$context.requestId" not in text and "$context.extendedRequestId" not in text:
        raise BadRequest(
            "Access log format must contain $context.requestId or $context.extendedRequestId",
            field="accessLogSettings/format",
        )
    if "\n" in text.removesuffix("\n") or "\r" in text:
        raise BadRequest(
            "Access Log format must be single line, new line character is allowed only at end of the format",
            field="accessLogSettings/format",
        )
    return text


def access_log_destination(arn: str) -> str:
    """Of a log group, or of a delivery stream of Firehose, whose name begins as AWS asks."""
    if not _LOG_GROUP.fullmatch(arn) and not _DELIVERY_STREAM.fullmatch(arn):
        raise BadRequest(
            "Invalid ARN specified in the request. ARN must be of a CloudWatch Logs log group or of a Kinesis Data "
            "Firehose delivery stream named amazon-apigateway-...",
            field="accessLogSettings/destinationArn",
        )
    return arn
