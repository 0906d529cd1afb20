"""What people say when they deploy, on a canary or for all, and when they test."""

import re
from typing import Any, ClassVar
from urllib.parse import quote

from django import forms

from console.core.faults import Fault
from console.core.forms import Form, MapField, MapWidget, PatchForm, dress, keep, offer, patch_operations
from console.stages.models import Deployment, Stage

NEW_STAGE = "+"
DRAWING = "+"
FIRST_PERCENT = 10


class DeployForm(Form):
    stage = forms.ChoiceField(label="Stage", widget=forms.Select(attrs={"data-reload": ""}))
    stage_name = forms.CharField(
        label="Name of the new stage",
        required=False,
        max_length=128,
        widget=forms.TextInput(
            attrs={"data-class": "mono", "placeholder": "dev", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="Letters, digits, - and _. It is part of the address that callers use.",
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "What changes, and why"}),
        help_text="Shown in the history beside your name.",
    )

    def __init__(self, *args: Any, stages: list[str], **kwargs: Any) -> None:
        # It opens over pages that have a description of their own.
        super().__init__(*args, **{"auto_id": "deploy_%s", **kwargs})
        offer(self, "stage", [*((name, name) for name in stages), (NEW_STAGE, "a new stage…")])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("stage") == NEW_STAGE and not found.get("stage_name"):
            self.add_error("stage_name", "Give the new stage a name, such as dev.")
        return found

    @property
    def chosen(self) -> str:
        """The stage's name as it stands in the form now, complete or not."""
        stage = self["stage"].value()
        return str(self["stage_name"].value() or "") if stage in (NEW_STAGE, None) else str(stage)

    def values(self) -> dict[str, Any]:
        new = self.cleaned_data["stage"] == NEW_STAGE
        name = self.cleaned_data["stage_name"] if new else self.cleaned_data["stage"]
        return {"stage_name": name, "description": self.cleaned_data["description"]}


class CanaryForm(PatchForm):
    """A stage's `canarySettings`; the deployment may be one that is made of the drawing now."""

    patches = {
        "deployment_id": "canarySettings/deploymentId",
        "percent_traffic": "canarySettings/percentTraffic",
        "stage_variable_overrides": "canarySettings/stageVariableOverrides",
        "use_stage_cache": "canarySettings/useStageCache",
    }

    deployment_id = forms.ChoiceField(label="Deployment")
    description = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "What changes, and why"}),
        help_text="Of the deployment that is made. Shown beside your name.",
    )
    percent_traffic = forms.FloatField(
        label="Share of the requests (%)",
        min_value=0,
        max_value=100,
        help_text="From 0 to 100. Each request is drawn by itself: a caller may meet both arms.",
    )
    stage_variable_overrides = MapField(
        label="Stage variables of the canary",
        widget=MapWidget(key="host", value="pets-new.example.com", add="Override a variable"),
        help_text="The canary takes all others from the stage.",
    )
    use_stage_cache = forms.BooleanField(
        label="Use the stage's cache",
        required=False,
        help_text="Else the canary's answers are kept apart, and neither arm is answered from the other's.",
    )

    def __init__(self, *args: Any, deployments: list[Deployment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = [(one.pk, f"{one.pk}, {one.description or one.created_by}") for one in deployments]
        offer(self, "deployment_id", [(DRAWING, "the drawing as it is now"), *there])
        keep(self, "deployment_id")

    @classmethod
    def state(cls, row: Stage) -> dict[str, Any]:
        settings = row.canary_settings or {"deploymentId": DRAWING, "percentTraffic": FIRST_PERCENT}
        return {
            "deployment_id": settings["deploymentId"],
            "percent_traffic": f"{settings['percentTraffic']:.15g}",
            "stage_variable_overrides": settings.get("stageVariableOverrides", {}),
            "use_stage_cache": settings.get("useStageCache", False),
        }

    @property
    def of_drawing(self) -> bool:
        return bool(self.cleaned_data["deployment_id"] == DRAWING)

    def operations(self, row: Stage) -> list[dict[str, str]]:
        """Of a canary that is made, all of it is said."""
        before = self.state(row) if row.canary_settings else dict.fromkeys(self.patches)
        after = {**self.cleaned_data, "percent_traffic": f"{self.cleaned_data['percent_traffic']:.15g}"}
        return patch_operations(
            {path: before[name] for name, path in self.patches.items()},
            {path: after[name] for name, path in self.patches.items()},
        )

    def values(self) -> dict[str, Any]:
        """`create_deployment`'s, for the drawing; an earlier deployment is patched in."""
        if not self.of_drawing:
            return {}
        data = self.cleaned_data
        canary = {
            "percentTraffic": data["percent_traffic"],
            "stageVariableOverrides": data["stage_variable_overrides"],
            "useStageCache": data["use_stage_cache"],
        }
        return {"description": data["description"], "canary_settings": canary}

    def refuse(self, fault: Fault) -> None:
        """`/canarySettings/percentTraffic` is said of the field `percent_traffic`."""
        field = fault.field.lstrip("/").removeprefix("canarySettings/")
        super().refuse(type(fault)(fault.message, field=field))


_VARIABLE = re.compile(r"\{([^{}]+?)(\+?)\}")
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_CODE = {"data-class": "mono", "autocomplete": "off", "spellcheck": "false"}


class InvokeForm(Form):
    """A request to a method as it is drawn: one field for each parameter of its path, and the rest of a request."""

    http_method = forms.ChoiceField(label="Method", required=False)
    query = forms.CharField(
        label="Query string", required=False, widget=forms.TextInput(attrs={**_CODE, "placeholder": "type=cat&page=1"})
    )
    headers = MapField(widget=MapWidget(key="Header", value="Value", add="Add a header"))
    stage_variables = MapField(
        label="Stage variables", widget=MapWidget(key="Variable", value="Value", add="Add a variable")
    )
    body = forms.CharField(
        required=False, strip=False, widget=forms.Textarea(attrs={"rows": 5, "data-code": "json", **_CODE})
    )

    refused_as: ClassVar[dict[str, str]] = {"pathWithQueryString": "query"}

    def __init__(self, *args: Any, http_method: str, resource_path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn_method, self.resource_path = http_method, resource_path
        self.path_names = [f"path.{name}" for name, _ in _VARIABLE.findall(resource_path)]
        for name in self.path_names:
            self.fields[name] = forms.CharField(label=name.removeprefix("path."), required=False)
            self.fields[name].widget.attrs.update(_CODE)
            dress(self.fields[name], invalid=False)
        offer(self, "http_method", [(verb, verb) for verb in _VERBS] if http_method == "ANY" else [])
        if http_method != "ANY":
            del self.fields["http_method"]
        if http_method in ("GET", "HEAD"):
            del self.fields["body"]

    @property
    def path_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.path_names]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        query = data["query"].strip().removeprefix("?")
        return {
            "http_method": data.get("http_method") or self.drawn_method,
            "path_with_query_string": self._path() + (f"?{query}" if query else ""),
            "headers": data["headers"],
            "body": data.get("body", ""),
            "stage_variables": data["stage_variables"],
        }

    def _path(self) -> str:
        """Values are encoded, so that each stays one segment; those of a greedy parameter may be several."""

        def filled(match: "re.Match[str]") -> str:
            return quote(self.cleaned_data[f"path.{match[1]}"], safe="/" if match[2] else "")

        return _VARIABLE.sub(filled, self.resource_path)


class AuthorizerTestForm(Form):
    """A caller whom one makes up: a field for each header that the authorizer looks at, and the rest of a request."""

    path_with_query_string = forms.CharField(
        label="Path and query string",
        required=False,
        widget=forms.TextInput(attrs={**_CODE, "placeholder": "/pets?type=cat"}),
    )
    headers = MapField(label="Other headers", widget=MapWidget(key="Header", value="Value", add="Add a header"))
    stage_variables = MapField(
        label="Stage variables", widget=MapWidget(key="Variable", value="Value", add="Add a variable")
    )

    def __init__(self, *args: Any, sources: list[str], whole: bool, **kwargs: Any) -> None:
        """`whole`: all of a request is looked at, and not the token alone."""
        super().__init__(*args, **kwargs)
        self.source_names = [f"source.{name}" for name in sources]
        for name in self.source_names:
            widget = forms.Textarea(attrs={"rows": 3, "autofocus": name == self.source_names[0], **_CODE})
            self.fields[name] = forms.CharField(
                label=name.removeprefix("source."), required=False, strip=False, widget=widget
            )
            dress(self.fields[name], invalid=False)
        if not whole:
            del self.fields["path_with_query_string"], self.fields["headers"]

    @property
    def source_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.source_names]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        sources = {name.removeprefix("source."): data[name] for name in self.source_names if data[name]}
        return {
            "headers": {**data.get("headers", {}), **sources},
            "path_with_query_string": data.get("path_with_query_string", ""),
            "stage_variables": data["stage_variables"],
        }
