"""What people set on a stage."""

from typing import Any

from botocore import xform_name
from django import forms

from console.core.faults import BadRequest, Fault
from console.core.forms import Form, MapField, MapWidget, PatchForm, patch_operations
from console.stages.models import Stage
from console.stages.services.method_settings import DEFAULTS, NO_LIMIT, PATHS
from console.stages.services.rules import CACHE_CLUSTER_SIZES

_NO_SIZE = {"op": "replace", "path": "/cacheClusterSize", "value": ""}  # which AWS does not know
_FORMAT = "accessLogSettings/format"
_DESTINATION = "accessLogSettings/destinationArn"
# Developer guide, "Set up CloudWatch API logging in API Gateway".
ACCESS_LOG_FORMATS = {
    "CLF": (
        "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "
        '"$context.httpMethod $context.resourcePath $context.protocol" '
        "$context.status $context.responseLength $context.requestId"
    ),
    "JSON": (
        '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", '
        '"caller":"$context.identity.caller", "user":"$context.identity.user", '
        '"requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod", '
        '"resourcePath":"$context.resourcePath", "status":"$context.status", '
        '"protocol":"$context.protocol", "responseLength":"$context.responseLength" }'
    ),
    "XML": (
        '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> '
        "<caller>$context.identity.caller</caller> <user>$context.identity.user</user> "
        "<requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> "
        "<resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> "
        "<protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>"
    ),
    "CSV": (
        "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,"
        "$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,"
        "$context.requestId"
    ),
}


class StageForm(PatchForm):
    patches = {
        "description": "description",
        "variables": "variables",
        "cache_cluster_enabled": "cacheClusterEnabled",
        "cache_cluster_size": "cacheClusterSize",
    }
    refused_as = {_FORMAT: "access_log_format", _DESTINATION: "access_log_destination"}

    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    variables = MapField(
        label="Stage variables",
        widget=MapWidget(key="host", value="pets.example.com", add="Add variable"),
        help_text="In URIs as ${stageVariables.host}. They act at once, without a deployment.",
    )
    cache_cluster_enabled = forms.BooleanField(
        label="Cache answers",
        required=False,
        help_text="Of GET, for 300 seconds, unless the stage's method settings say otherwise.",
    )
    cache_cluster_size = forms.ChoiceField(
        label="Cache size",
        required=False,
        choices=[("", "the smallest"), *((size, f"{size} GB") for size in CACHE_CLUSTER_SIZES)],
        help_text="At most, in each worker of each node.",
    )
    access_log_format = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-class": "mono", "spellcheck": "false"}),
        help_text="One line per request, of $context variables and with $context.requestId. Empty: none is written.",
    )
    access_log_destination = forms.CharField(
        label="Access log destination",
        required=False,
        widget=forms.TextInput(
            attrs={"data-class": "mono", "placeholder": "arn:aws:logs:us-east-1:000000000000:log-group:pets"}
        ),
        help_text="The ARN of a log group. Each node writes to a file of its name; nothing is sent to CloudWatch.",
    )

    @classmethod
    def state(cls, row: Stage) -> dict[str, Any]:
        settings = row.access_log_settings or {}
        return {
            **super().state(row),
            "access_log_format": settings.get("format", ""),
            "access_log_destination": settings.get("destinationArn", ""),
        }

    def operations(self, row: Stage) -> list[dict[str, str]]:
        found = [each for each in super().operations(row) if each != _NO_SIZE]
        return found + self._access_log(row)

    def _access_log(self, row: Stage) -> list[dict[str, str]]:
        """AWS knows no way to take away one of the two alone."""
        before, wanted = row.access_log_settings or {}, self.cleaned_data
        after = {_FORMAT: wanted["access_log_format"], _DESTINATION: wanted["access_log_destination"]}
        given = {path: value for path, value in after.items() if value}
        had = {path: value for path in after if (value := before.get(path.partition("/")[2]))}
        if had.keys() <= given.keys():
            return patch_operations(had, given)
        return [{"op": "remove", "path": "/accessLogSettings"}, *patch_operations({}, given)]


STRATEGY_WORDS = {
    "FAIL_WITH_403": "refuse with 403",
    "SUCCEED_WITH_RESPONSE_HEADER": "answer from the cache, with a Warning header",
    "SUCCEED_WITHOUT_RESPONSE_HEADER": "answer from the cache, without a word",
}
LOGGING_WORDS = {"OFF": "none", "ERROR": "errors", "INFO": "errors and information"}
_LIMITS = ("throttlingRateLimit", "throttlingBurstLimit")


class MethodSettingsForm(Form):
    """The settings of one method, or of all. Fields are AWS's members in snake case; a limit that is none is empty."""

    caching_enabled = forms.BooleanField(label="Cache answers", required=False)
    cache_ttl_in_seconds = forms.IntegerField(
        label="Time to live (s)", min_value=0, max_value=3600, help_text="From 0 to 3600; 0 keeps nothing."
    )
    cache_data_encrypted = forms.BooleanField(label="Encrypt what is kept", required=False)
    require_authorization_for_cache_control = forms.BooleanField(
        label="Invalidation takes an authorization",
        required=False,
        help_text="Else every caller who sends Cache-Control: max-age=0 is answered anew.",
    )
    unauthorized_cache_control_header_strategy = forms.ChoiceField(
        label="Callers without it", choices=list(STRATEGY_WORDS.items())
    )
    throttling_rate_limit = forms.FloatField(
        label="Requests a second", required=False, min_value=0, help_text="Empty: no limit but the account's."
    )
    throttling_burst_limit = forms.IntegerField(
        label="At once", required=False, min_value=0, help_text="The burst: how many may come together."
    )
    logging_level = forms.ChoiceField(label="Execution log", choices=list(LOGGING_WORDS.items()))
    data_trace_enabled = forms.BooleanField(label="Log whole requests and responses", required=False)
    metrics_enabled = forms.BooleanField(label="Detailed metrics", required=False)

    @staticmethod
    def state(values: dict[str, Any]) -> dict[str, Any]:
        return {
            xform_name(member): None if member in _LIMITS and value < 0 else value for member, value in values.items()
        }

    def wanted(self) -> dict[str, Any]:
        """By AWS's members."""
        said = {member: self.cleaned_data[xform_name(member)] for member in DEFAULTS}
        return {member: NO_LIMIT if value is None else value for member, value in said.items()}

    def values(self) -> dict[str, Any]:
        return {}

    def refuse(self, fault: Fault) -> None:
        """`/~1pets/GET/throttling/rateLimit` is said of the field `throttling_rate_limit`."""
        named = PATHS.get("/".join(fault.field.split("/")[3:]))
        super().refuse(fault if named is None else BadRequest(fault.message, field=xform_name(named[0])))
