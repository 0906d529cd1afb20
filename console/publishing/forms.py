"""What people say when they deploy, and when they test."""

import re
from typing import Any, ClassVar
from urllib.parse import quote

from django import forms

from console.core.forms import Form, MapField, MapWidget, dress, offer

NEW_STAGE = "+"


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
