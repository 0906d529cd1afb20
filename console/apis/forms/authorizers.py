"""What people type when they say who decides about callers: a form for each type of authorizer."""

import json
from typing import Any, ClassVar

from django import forms

from console.apis.forms.drawing import MONO, service_uri
from console.core.forms import LinesField, PatchForm, patch_operations

_HEADER_SOURCE = "method.request.header."
_JWT_EXAMPLE = """\
{
  "issuers": [{"issuer": "https://accounts.example.com", "audiences": ["my-app"]}],
  "defaultAlgorithms": ["RS256"]
}"""


class AuthorizerForm(PatchForm):
    """What every kind has; `kind` is AWS's type. Where tools give an expression, people give the header's name."""

    kind: ClassVar[str] = ""
    patches: ClassVar[dict[str, str]] = {"name": "name", "identity_source": "identitySource"}

    name = forms.CharField(max_length=128, widget=forms.TextInput(attrs={**MONO, "autofocus": True}))
    identity_source = forms.CharField(
        label="Header of the token", initial="Authorization", widget=forms.TextInput(attrs=MONO)
    )

    @classmethod
    def state(cls, row: Any) -> dict[str, Any]:
        found = super().state(row)
        return {**found, "identity_source": found["identity_source"].removeprefix(_HEADER_SOURCE)}

    def clean_identity_source(self) -> str:
        return str(self.cleaned_data["identity_source"]).removeprefix(_HEADER_SOURCE)

    def patched(self) -> dict[str, Any]:
        found = super().patched()
        return {**found, "identity_source": f"{_HEADER_SOURCE}{found['identity_source']}"}

    def operations(self, row: Any) -> list[dict[str, str]]:
        return patch_operations(
            {path: getattr(row, name) for name, path in self.patches.items()},
            {self.patches[name]: value for name, value in self.patched().items()},
            valued=self.valued,
        )

    def made(self) -> dict[str, Any]:
        """For the verb that makes one."""
        return {"type": self.kind, **self.patched()}


class FunctionAuthorizerForm(AuthorizerForm):
    authorizer_uri = forms.CharField(
        label="Lambda function",
        widget=forms.TextInput(
            attrs={**MONO, "placeholder": "arn:aws:lambda:us-east-1:123456789012:function:authorize"}
        ),
        help_text="Its ARN, with or without a version or an alias. Nodes call it with their own AWS credentials.",
    )
    authorizer_credentials = forms.CharField(
        label="Role to call it as", required=False, widget=forms.TextInput(attrs=MONO), help_text="The ARN of a role."
    )
    authorizer_result_ttl_in_seconds = forms.IntegerField(
        label="Keep its answers for (s)",
        min_value=0,
        max_value=3600,
        initial=300,
        help_text="0: ask for every request. What is kept is the policy: make it fit all methods.",
    )

    patches = {
        **AuthorizerForm.patches,
        "authorizer_uri": "authorizerUri",
        "authorizer_credentials": "authorizerCredentials",
        "authorizer_result_ttl_in_seconds": "authorizerResultTtlInSeconds",
    }

    def clean_authorizer_uri(self) -> str:
        return service_uri(str(self.cleaned_data["authorizer_uri"]).strip())


class TokenAuthorizerForm(FunctionAuthorizerForm):
    kind = "TOKEN"
    field_order = ["name", "authorizer_uri", "identity_source", "identity_validation_expression"]
    patches = {
        **FunctionAuthorizerForm.patches,
        "identity_validation_expression": "identityValidationExpression",
    }

    identity_validation_expression = forms.CharField(
        label="Token validation",
        required=False,
        widget=forms.TextInput(attrs={**MONO, "placeholder": "Bearer .+"}),
        help_text="A regular expression. A token that does not match it whole is refused, and the function not asked.",
    )


class RequestAuthorizerForm(FunctionAuthorizerForm):
    kind = "REQUEST"
    field_order = ["name", "authorizer_uri", "identity_source"]

    identity_source = forms.CharField(
        label="Identity sources",
        required=False,
        widget=forms.TextInput(attrs={**MONO, "placeholder": "method.request.header.Auth, stageVariables.stage"}),
        help_text="Parted by commas. All must be there, and together they are the key of what is kept.",
    )

    @classmethod
    def state(cls, row: Any) -> dict[str, Any]:
        return {**super().state(row), "identity_source": row.identity_source}

    def clean_identity_source(self) -> str:
        return str(self.cleaned_data["identity_source"])

    def patched(self) -> dict[str, Any]:
        return {**super().patched(), "identity_source": self.cleaned_data["identity_source"]}


class CognitoAuthorizerForm(AuthorizerForm):
    kind = "COGNITO_USER_POOLS"
    field_order = ["name", "provider_arns", "identity_source"]
    refused_as = {"providerARNs": "provider_arns", "providerArns": "provider_arns"}
    valued = frozenset(("providerARNs",))
    patches = {
        **AuthorizerForm.patches,
        "provider_arns": "providerARNs",
        "identity_validation_expression": "identityValidationExpression",
    }

    provider_arns = LinesField(
        label="User pools",
        required=True,
        help_text="One ARN a line: arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc",
    )
    identity_validation_expression = forms.CharField(
        label="Audience validation",
        required=False,
        widget=forms.TextInput(attrs=MONO),
        help_text="A regular expression that the token's aud must match: the id of an app client.",
    )


class JwtAuthorizerForm(AuthorizerForm):
    kind = "JWT"
    patches = {**AuthorizerForm.patches, "jwt_configuration": "jwtConfiguration"}

    jwt_configuration = forms.CharField(
        label="Issuers and algorithms",
        initial=_JWT_EXAMPLE,
        widget=forms.Textarea(attrs={**MONO, "rows": 12, "data-code": "json"}),
        help_text="As AWS's jwtConfiguration. An issuer's keys are found through its discovery document.",
    )

    @classmethod
    def state(cls, row: Any) -> dict[str, Any]:
        return {**super().state(row), "jwt_configuration": json.dumps(row.jwt_configuration, indent=2)}

    def clean_jwt_configuration(self) -> str:
        given = str(self.cleaned_data["jwt_configuration"])
        try:
            json.loads(given)
        except ValueError as error:
            raise forms.ValidationError(f"It is no JSON: {error}.") from error
        return given

    def made(self) -> dict[str, Any]:
        return {**super().made(), "jwt_configuration": json.loads(self.cleaned_data["jwt_configuration"])}


AUTHORIZER_FORMS: dict[str, type[AuthorizerForm]] = {
    form.kind: form for form in (TokenAuthorizerForm, RequestAuthorizerForm, CognitoAuthorizerForm, JwtAuthorizerForm)
}
