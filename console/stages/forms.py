"""What people set on a stage."""

from django import forms

from console.core.forms import MapField, MapWidget, PatchForm


class StageForm(PatchForm):
    patches = {"description": "description", "variables": "variables"}

    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    variables = MapField(
        label="Stage variables",
        widget=MapWidget(key="host", value="pets.example.com", add="Add variable"),
        help_text="In URIs as ${stageVariables.host}. They act at once, without a deployment.",
    )
