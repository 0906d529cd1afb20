"""What people say when they deploy."""

from typing import Any

from django import forms

from console.core.forms import Form, offer

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
