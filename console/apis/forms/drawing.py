"""What people type when they draw an API. Initial values and results are named by AWS's members."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from console.apis.models import AUTHORIZERS_OF, CONTENT_HANDLING, HTTP_METHODS, PASSTHROUGH, Authorizer
from console.core.forms import Form, LinesField, MapField, MapWidget, PatchForm, choices_of, keep, offer

MONO = {"data-class": "mono", "spellcheck": "false", "autocomplete": "off"}
REQUIRED = (("false", "optional"), ("true", "required"))
TYPES = (
    ("HTTP_PROXY", "HTTP proxy", "Passes the request on to an HTTP endpoint and its answer back, as they are."),
    ("HTTP", "HTTP", "Calls an HTTP endpoint; parameters and bodies can be mapped both ways."),
    ("AWS_PROXY", "Lambda proxy", "Gives a Lambda function the whole request; what it returns is the answer."),
    ("AWS", "AWS service", "Calls a Lambda function or any other service of AWS; both ways can be mapped."),
    ("MOCK", "Mock", "Answers by itself, without a backend."),
)
SERVICES = ("AWS", "AWS_PROXY")
FUNCTION_ARN = re.compile(r"arn:aws[a-z-]*:lambda:(?P<region>[^:]+):\S+:function:\S+")
PASSTHROUGH_WORDS = {
    "WHEN_NO_MATCH": "if no template matches its type",
    "WHEN_NO_TEMPLATES": "only if there are no templates",
    "NEVER": "never: 415 Unsupported Media Type instead",
}
HANDLING_WORDS = {"": "as it is", "CONVERT_TO_BINARY": "decode from Base64", "CONVERT_TO_TEXT": "encode as Base64"}


class RestApiForm(Form):
    name = forms.CharField(max_length=1024, widget=forms.TextInput(attrs={"autofocus": True}))
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RestApiSettingsForm(PatchForm):
    patches = {
        "name": "name",
        "description": "description",
        "binary_media_types": "binaryMediaTypes",
        "minimum_compression_size": "minimumCompressionSize",
        "disable_execute_api_endpoint": "disableExecuteApiEndpoint",
    }

    name = forms.CharField(max_length=1024)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    binary_media_types = LinesField(
        label="Binary media types",
        help_text="One a line, such as image/png or */*. Bodies of these types are not read as text.",
    )
    minimum_compression_size = forms.IntegerField(
        label="Compress answers from this many bytes on",
        required=False,
        min_value=0,
        help_text="Empty: never. 0: always.",
    )
    disable_execute_api_endpoint = forms.BooleanField(
        label="Disable the execute-api endpoint",
        required=False,
        help_text="The API then answers under custom domain names only.",
    )


class ResourceForm(Form):
    path_part = forms.CharField(
        label="Path part",
        max_length=255,
        widget=forms.TextInput(attrs={**MONO, "autofocus": True, "placeholder": "pets"}),
        help_text="One segment: pets, or {petId} for a variable, or {proxy+} for everything below.",
    )


class CorsForm(Form):
    """What the preflight's answer says, as its headers are sent."""

    allow_origin = forms.CharField(
        label="Access-Control-Allow-Origin",
        widget=forms.TextInput(attrs=MONO),
        help_text="* for every site, or one: https://shop.example.com",
    )
    allow_methods = forms.CharField(label="Access-Control-Allow-Methods", widget=forms.TextInput(attrs=MONO))
    allow_headers = forms.CharField(
        label="Access-Control-Allow-Headers", widget=forms.Textarea(attrs={**MONO, "rows": 2})
    )


class EndpointForm(PatchForm):
    """An integration's own half: where a request goes."""

    refused_as = {"httpMethod": "integration_http_method"}
    row_names = {"integration_http_method": "http_method"}
    patches = {
        "type": "type",
        "integration_http_method": "httpMethod",
        "uri": "uri",
        "credentials": "credentials",
        "timeout_in_millis": "timeoutInMillis",
        "insecure_skip_verification": "tlsConfig/insecureSkipVerification",
    }

    type = forms.ChoiceField(label="Type", choices=[(name, title) for name, title, _ in TYPES])
    integration_http_method = forms.ChoiceField(
        label="HTTP method", required=False, choices=[(verb, verb) for verb in HTTP_METHODS]
    )
    uri = forms.CharField(
        label="Endpoint URI",
        required=False,
        widget=forms.TextInput(attrs={**MONO, "placeholder": "https://pets.example.com/v1/pets/{petId}"}),
        help_text="Path parameters as {petId}, stage variables as ${stageVariables.host}. A Lambda function's ARN, "
        "another service's arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders or …:sns:action/Publish.",
    )
    credentials = forms.CharField(
        label="Role",
        required=False,
        widget=forms.TextInput(attrs={**MONO, "placeholder": "arn:aws:iam::123456789012:role/gateway"}),
        help_text="Assumed for the call. Empty: the node's own credentials make it.",
    )
    timeout_in_millis = forms.IntegerField(
        label="Timeout (ms)", min_value=50, max_value=29000, initial=29000, help_text="From 50 to 29 000."
    )
    insecure_skip_verification = forms.BooleanField(
        label="Accept any certificate of the endpoint",
        required=False,
        help_text="For a private authority or a self-signed certificate: whoever stands between can read along.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep(self, "type")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("type") not in ("MOCK", None) and not found.get("uri"):
            self.add_error("uri", "Say where requests go: an address that begins with http:// or https://, or an ARN.")
        if found.get("type") in SERVICES:
            found["uri"] = service_uri(found.get("uri", ""))
        if found.get("type") == "AWS_PROXY":
            found["integration_http_method"] = "POST"  # whatever the client's: so a function is invoked
        return found

    @property
    def types(self) -> list[tuple[str, str, str, bool]]:
        """value, title, what it does, chosen."""
        words = {name: what for name, _, what in TYPES}
        chosen = self["type"].value() or TYPES[0][0]
        return [
            (name, title, words.get(name, "As it was imported."), name == chosen)
            for name, title in choices_of(self, "type")
        ]

    def patched(self) -> dict[str, Any]:
        found = super().patched()
        if found["type"] == "MOCK":  # the rest is kept, for the day on which there is a backend
            return {name: found[name] for name in ("type", "timeout_in_millis")}
        return found


def service_uri(said: str) -> str:
    """A function's ARN stands for its invocation."""
    function = FUNCTION_ARN.fullmatch(said)
    if function is None:
        return said
    return f"arn:aws:apigateway:{function['region']}:lambda:path/2015-03-31/functions/{said}/invocations"


class MethodForm(EndpointForm):
    """A new method with its integration: complete, so that the API can be deployed at once."""

    field_order = ["http_method"]

    http_method = forms.ChoiceField(label="Method")
    api_key_required = forms.BooleanField(label="An API key is required", required=False)

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "ANY")
        offer(self, "http_method", [(verb, verb) for verb in order if verb not in taken])


class MethodRequestForm(PatchForm):
    """`authorization` is both the type and whom it asks: `CUSTOM a1b2c3`."""

    refused_as = {"authorizationType": "authorization", "authorizerId": "authorization"}
    valued = frozenset(("authorizationScopes",))
    patches = {
        "authorization_type": "authorizationType",
        "authorizer_id": "authorizerId",
        "authorization_scopes": "authorizationScopes",
        "api_key_required": "apiKeyRequired",
        "operation_name": "operationName",
        "request_parameters": "requestParameters",
        "request_models": "requestModels",
    }

    authorization = forms.ChoiceField(
        label="Authorization", choices=[("NONE", "none"), ("AWS_IAM", "AWS IAM: requests must be signed")]
    )
    authorization_scopes = LinesField(
        label="Scopes",
        help_text="One a line. A token must have one of them; a user pool's must then be an access token.",
    )
    api_key_required = forms.BooleanField(label="An API key is required", required=False)
    operation_name = forms.CharField(
        label="Operation name", required=False, widget=forms.TextInput(attrs=MONO), help_text="Names it in SDKs."
    )
    request_parameters = MapField(
        label="Parameters",
        widget=MapWidget(
            key="method.request.querystring.status", value="Required", add="Add parameter", choices=REQUIRED
        ),
        help_text="method.request.path.name, method.request.querystring.name or method.request.header.name",
    )
    request_models = MapField(
        label="Body models",
        widget=MapWidget(key="application/json", value="Model name", add="Add model"),
        help_text="A content type and the name of the model that its bodies follow.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind := self.initial.get("authorization_type"):
            self.initial["authorization"] = f"{kind} {self.initial.get('authorizer_id') or ''}".strip()
        keep(self, "authorization")

    def offer_authorizers(self, authorizers: Iterable[Authorizer]) -> None:
        kinds = {type: kind for kind, types in AUTHORIZERS_OF.items() for type in types}
        named = [(f"{kinds[one.type]} {one.pk}", f"{one.name} ({one.type})") for one in authorizers]
        plain = [choice for choice in choices_of(self, "authorization") if choice[0] not in dict(named)]
        offer(self, "authorization", [*plain, *named])

    def patched(self) -> dict[str, Any]:
        kind, _, authorizer_id = self.cleaned_data["authorization"].partition(" ")
        said = {"authorization_type": kind, "authorizer_id": authorizer_id}
        return {name: said.get(name, self.cleaned_data.get(name)) for name in self.patches}


class IntegrationRequestForm(PatchForm):
    """An integration's other half: how the request is made into the endpoint's."""

    patches = {
        "request_parameters": "requestParameters",
        "request_templates": "requestTemplates",
        "passthrough_behavior": "passthroughBehavior",
        "content_handling": "contentHandling",
    }

    refused_as = {"templates": "request_templates"}

    request_parameters = MapField(
        label="Parameters",
        widget=MapWidget(key="integration.request.path.petId", value="method.request.path.petId", add="Add parameter"),
        help_text="What the endpoint gets: from method.request, context, stageVariables or 'a literal'.",
    )
    request_templates = MapField(
        label="Body templates",
        widget=MapWidget(key="application/json", value="Template", add="Add template", code="vtl"),
        help_text="A content type of the request and the template (VTL) that makes the body.",
    )
    passthrough_behavior = forms.ChoiceField(
        label="Pass the body on unmapped", choices=[(name, PASSTHROUGH_WORDS[name]) for name in PASSTHROUGH]
    )
    content_handling = forms.ChoiceField(
        label="Request body",
        required=False,
        choices=[(name, HANDLING_WORDS[name]) for name in ("", *CONTENT_HANDLING)],
    )


class StatusField(forms.RegexField):
    def __init__(self) -> None:
        super().__init__(
            r"^[1-5]\d\d$",
            label="Status",
            widget=forms.TextInput(attrs={**MONO, "inputmode": "numeric", "placeholder": "200"}),
            error_messages={"invalid": "A status code is a number from 100 to 599."},
        )


class IntegrationResponseForm(Form):
    refused_as = {"templates": "response_templates"}

    status_code = StatusField()
    selection_pattern = forms.CharField(
        label="Selection pattern",
        required=False,
        widget=forms.TextInput(attrs={**MONO, "placeholder": "5\\d{2}"}),
        help_text="A regular expression over the endpoint's status. Empty: the default, for all that matches no other.",
    )
    response_parameters = MapField(
        label="Headers",
        widget=MapWidget(
            key="method.response.header.Location", value="integration.response.header.Location", add="Add header"
        ),
        help_text="Declare a header in the method response of the same status first.",
    )
    response_templates = MapField(
        label="Body templates",
        widget=MapWidget(key="application/json", value="Template", add="Add template", code="vtl"),
    )
    content_handling = forms.ChoiceField(
        label="Answer's body",
        required=False,
        choices=[(name, HANDLING_WORDS[name]) for name in ("", *CONTENT_HANDLING)],
    )


class MethodResponseForm(Form):
    refused_as = {"responseModels": "response_models"}

    status_code = StatusField()
    response_parameters = MapField(
        label="Headers",
        widget=MapWidget(key="method.response.header.Location", value="Required", add="Add header", choices=REQUIRED),
    )
    response_models = MapField(
        label="Body models", widget=MapWidget(key="application/json", value="Model name", add="Add model")
    )

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "response_parameters": {k: v == "true" for k, v in found["response_parameters"].items()}}


class ImportForm(Form):
    """`body` may come as text, or, from a browser without scripts, as a file."""

    refused_as = {"document": "body"}

    body = forms.CharField(
        label="Document",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 24,
                "data-class": "mono",
                "data-code": "auto",
                "data-tall": "",
                "spellcheck": "false",
                "placeholder": "Paste an OpenAPI 3 or Swagger 2 document (JSON or YAML), or drop a file here.",
            }
        ),
    )
    file = forms.FileField(label="or a file", required=False)
    basepath = forms.ChoiceField(
        label="Base path of the document",
        required=False,
        choices=[
            ("ignore", "ignore it: the stage takes its place"),
            ("prepend", "put it before every path"),
            ("split", "leave its first part to the stage"),
        ],
    )
    fail_on_warnings = forms.BooleanField(label="Refuse the document if there are warnings", required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("file"):
            found["body"] = found["file"].read().decode("utf-8", errors="replace")
        if not (found.get("body") or "").strip():
            self.add_error("body", "Paste a document, drop one here or choose a file.")
        return found

    @property
    def text(self) -> str:
        return str(self.data.get("body") or "")

    def parameters(self) -> dict[str, str]:
        return {"basepath": self.cleaned_data["basepath"] or "ignore"}

    def values(self) -> dict[str, Any]:
        return {
            "body": self.cleaned_data["body"].encode(),
            "fail_on_warnings": self.cleaned_data["fail_on_warnings"],
            "parameters": self.parameters(),
        }


class ImportIntoForm(ImportForm):
    mode = forms.ChoiceField(
        label="What is drawn already",
        choices=[
            ("merge", "merge: it stays, the document's methods are added or replace theirs"),
            ("overwrite", "overwrite: it goes, the document is the whole drawing"),
        ],
    )

    def values(self) -> dict[str, Any]:
        return super().values() | {"mode": self.cleaned_data["mode"]}
