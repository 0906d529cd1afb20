"""What people say of API keys and usage plans."""

from collections.abc import Mapping
from typing import Any

from django import forms

from console.access.models import UsagePlan
from console.access.services.usage import MAX_REMAINING
from console.core.faults import BadRequest, Fault
from console.core.forms import Form, PatchForm, offer, patch_operations
from console.core.patch import escape

_NO_WORDS = {"autocomplete": "off", "spellcheck": "false"}
_DESCRIPTION = forms.Textarea(attrs={"rows": 2})


class ApiKeyForm(Form):
    name = forms.CharField(
        max_length=1024,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text="Whose key it is: that is how you find it again.",
    )
    description = forms.CharField(required=False, widget=_DESCRIPTION)
    customer_id = forms.CharField(
        label="Customer id",
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs=_NO_WORDS),
        help_text="What a marketplace calls the customer.",
    )
    value = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={**_NO_WORDS, "data-class": "mono"}),
        help_text="20 to 128 characters that nobody guesses. Empty: one of 40 letters and digits is made.",
    )
    enabled = forms.BooleanField(required=False)


class ApiKeyEditForm(PatchForm):
    patches = {"name": "name", "description": "description", "customer_id": "customerId"}

    name = forms.CharField(max_length=1024, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(required=False, widget=_DESCRIPTION)
    customer_id = forms.CharField(
        label="Customer id", required=False, max_length=255, widget=forms.TextInput(attrs=_NO_WORDS)
    )


class RotateForm(Form):
    disable = forms.BooleanField(
        label="Disable the old key at once",
        required=False,
        help_text="Else both are good until you disable it: time for the caller to change over.",
    )


class ImportKeysForm(Form):
    """`body` may come as text, or, from a browser without scripts, as a file."""

    body = forms.CharField(
        label="Keys as CSV",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 12,
                "data-class": "mono",
                "spellcheck": "false",
                "placeholder": "Key,Name,Description,Enabled,UsageplanIds",
            }
        ),
    )
    file = forms.FileField(label="or a file", required=False)
    fail_on_warnings = forms.BooleanField(label="Take no key if there is a warning", required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        given = found.get("file")
        found["bytes"] = given.read() if given else str(found.get("body") or "").encode()
        if not found["bytes"].strip():
            self.add_error("body", "Paste the lines, drop a file here or choose one.")
        return found

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"body": said["bytes"], "format": "csv", "fail_on_warnings": said["fail_on_warnings"]}


PERIODS = {"DAY": "a day", "WEEK": "a week", "MONTH": "a month"}
_LIMITS = ("rate_limit", "burst_limit")
# Patch paths of a plan's limits, by field.
_PATHS = {
    "rate_limit": "throttle/rateLimit",
    "burst_limit": "throttle/burstLimit",
    "quota_limit": "quota/limit",
    "quota_period": "quota/period",
    "quota_offset": "quota/offset",
}


def limits_of(throttle: Mapping[str, Any] | None) -> dict[str, Any]:
    """As the fields show them: 50, and not 50.0."""
    return {"rate_limit": f"{throttle['rateLimit']:g}", "burst_limit": throttle["burstLimit"]} if throttle else {}


class _ThrottleForm(Form):
    """Both limits or none: one alone would let nothing pass."""

    rate_limit = forms.FloatField(label="Requests a second", required=False, min_value=0)
    burst_limit = forms.IntegerField(
        label="At once", required=False, min_value=0, help_text="The burst: how many may come together."
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        missing = [name for name in _LIMITS if found.get(name) is None and name not in self.errors]
        if len(missing) == 1:
            self.add_error(missing[0], "Give both limits, or leave both empty.")
        return found


class UsagePlanForm(_ThrottleForm):
    """Limits that are empty are none."""

    refused_as = {
        "throttle": "rate_limit",
        **{path: field for field, path in _PATHS.items()},
        **{f"/{path}": field for field, path in _PATHS.items()},
    }
    field_order = ("name", "description")

    name = forms.CharField(max_length=1024, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}))
    description = forms.CharField(required=False, widget=_DESCRIPTION)
    quota_limit = forms.IntegerField(label="Requests", required=False)
    quota_period = forms.ChoiceField(label="In", choices=list(PERIODS.items()))
    quota_offset = forms.IntegerField(
        label="Offset in days",
        required=False,
        help_text="By how much a week begins after Sunday, a month after the 1st; of a day, 0.",
    )

    @staticmethod
    def state(plan: UsagePlan) -> dict[str, Any]:
        quota = plan.quota or {}
        return {
            "name": plan.name,
            "description": plan.description,
            **limits_of(plan.throttle),
            "quota_limit": quota.get("limit"),
            "quota_period": quota.get("period", "MONTH"),
            "quota_offset": quota.get("offset"),
        }

    def _throttle(self) -> dict[str, Any]:
        rate, burst = (self.cleaned_data[name] for name in _LIMITS)
        return {} if rate is None else {"rateLimit": rate, "burstLimit": burst}

    def _quota(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said["quota_limit"] is None:
            return {}
        return {"limit": said["quota_limit"], "period": said["quota_period"], "offset": said["quota_offset"] or 0}

    def values(self) -> dict[str, Any]:
        """Of CreateUsagePlan."""
        said = self.cleaned_data
        made = {"name": said["name"], "description": said["description"]}
        return {**made, "throttle": self._throttle() or None, "quota": self._quota() or None}

    def operations(self, plan: UsagePlan) -> list[dict[str, str]]:
        """Of UpdateUsagePlan."""
        words = ("name", "description")
        found = patch_operations({name: getattr(plan, name) for name in words}, self.values_of(words))
        for part, was, now in (("throttle", plan.throttle, self._throttle()), ("quota", plan.quota, self._quota())):
            if was and not now:
                found.append({"op": "remove", "path": f"/{part}"})
            said = {f"{part}/{name}": value for name, value in now.items()}
            found += patch_operations({f"{part}/{name}": value for name, value in (was or {}).items()}, said)
        return found

    def values_of(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}


class UsagePlanEditForm(UsagePlanForm):
    """Its values are said as patch operations."""

    def values(self) -> dict[str, Any]:
        return {}


class MethodThrottleForm(_ThrottleForm):
    method = forms.ChoiceField()
    field_order = ("method",)

    def __init__(self, *args: Any, methods: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "method", [(one, method_words(one)) for one in methods])
        for name in _LIMITS:
            self.fields[name].required = True

    def operations(self, api_stage: str) -> list[dict[str, str]]:
        said = self.cleaned_data
        place = f"/apiStages/{escape(api_stage)}/throttle/{escape(said['method'])}"
        limits = {"rateLimit": said["rate_limit"], "burstLimit": said["burst_limit"]}
        return [{"op": "replace", "path": f"{place}/{name}", "value": str(value)} for name, value in limits.items()]

    def values(self) -> dict[str, Any]:
        return {}

    def refuse(self, fault: Fault) -> None:
        """`/apiStages/abc:dev/throttle/~1pets~1GET/burstLimit` is said of the field `burst_limit`."""
        super().refuse(BadRequest(fault.message, field=fault.field.rpartition("/")[2]))


def method_words(method: str) -> str:
    """`/pets/GET`, as plans name methods, is GET /pets."""
    path, _, verb = method.rpartition("/")
    return f"{verb} {path or '/'}"


def _day(label: str) -> forms.CharField:
    """As text: what a date is, and which, is GetUsage's to say."""
    return forms.CharField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class UsageForm(Form):
    """Of which days GetUsage is asked, and what the file is to be."""

    start_date = _day("First day")
    end_date = _day("Last day")
    format = forms.ChoiceField(
        label="File", choices=[("csv", "CSV: a line for each key and day"), ("json", "JSON: as GetUsage answers")]
    )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("start_date", "end_date")}


class RemainingForm(Form):
    remaining = forms.IntegerField(
        label="Requests that remain",
        min_value=0,
        max_value=MAX_REMAINING,
        widget=forms.NumberInput(attrs={"autofocus": True}),
    )

    def operations(self) -> list[dict[str, str]]:
        return [{"op": "replace", "path": "/remaining", "value": str(self.cleaned_data["remaining"])}]

    def values(self) -> dict[str, Any]:
        return {}
