"""Whatever was frozen is read back from its export, in each form and syntax: a property of all documents."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.apis import openapi
from console.apis.drawing import Drawing, IntegrationDraft, MethodDraft
from console.apis.models import CONTENT_HANDLING, HTTP_METHODS, INTEGRATION_TYPES, PASSTHROUGH
from console.apis.openapi import export
from console.apis.openapi.export import Exported
from tests.console.apis.test_authorizers import URI

ID = "a1b2c3d4e5"
JSON = "application/json"
# Characters that a syntax could lose: line ends of all kinds, quotes, what begins something in YAML, what is no ASCII.
HARD = "\t\n\r\x7f\x85\xa0\u2028\ufeff'\"\\#:{}[]&*!|>%@`,-?~ éπ😀"
TEXT = st.one_of(
    st.text(max_size=12).filter(lambda text: "\0" not in text),
    st.text(alphabet=HARD, max_size=6),
    st.sampled_from(["yes", "null", "~", "1e3", "0o7", "=", "<<", "- a", "2026-01-01", " a ", "a: b", "{{", "\n\n"]),
)
NAME = st.from_regex(r"[a-zA-Z0-9._$-]{1,8}", fullmatch=True)
WORD = st.from_regex(r"[A-Z][A-Za-z0-9]{0,6}", fullmatch=True)
MEDIA = st.sampled_from([JSON, "text/plain", "application/xml", "image/*", "*/*", "application/vnd.a+json"])
STATUS = st.from_regex(r"[1-5][0-9]{2}", fullmatch=True)
SEGMENT = st.from_regex(r"[a-z0-9_.-]{1,5}|\{[a-z]{1,4}\}", fullmatch=True)
PATH = st.lists(SEGMENT, max_size=3).map(lambda parts: "/" + "/".join(parts))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORD, inner, max_size=2),
    max_leaves=5,
)
MODELS = ("Pet", "Pets", "Empty")


def sparse(**members: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Members that may be absent; what is empty is said by absence."""
    return st.fixed_dictionaries({}, optional=members).map(
        lambda found: {name: value for name, value in found.items() if value not in ("", {}, [])}
    )


@st.composite
def integrations(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(INTEGRATION_TYPES))
    said: dict[str, Any] = {"type": kind}
    if kind != "MOCK":
        said["httpMethod"] = draw(st.sampled_from(HTTP_METHODS))
        said["uri"] = draw(TEXT.filter(bool))
        said |= draw(st.sampled_from([{}, {"connectionType": "VPC_LINK", "connectionId": "abc123"}]))
    responses = draw(
        st.lists(
            st.tuples(STATUS, st.one_of(st.just(""), TEXT).filter(lambda pattern: pattern != "default"), answers()),
            max_size=3,
            unique_by=(lambda one: one[0], lambda one: one[1]),
        )
    )
    said["responses"] = [
        {"statusCode": status, **({"selectionPattern": pattern} if pattern else {}), **more}
        for status, pattern, more in responses
    ]
    return said | draw(
        sparse(
            credentials=TEXT,
            requestParameters=st.dictionaries(NAME, TEXT, max_size=2),
            requestTemplates=st.dictionaries(MEDIA, TEXT, max_size=2),
            passthroughBehavior=st.sampled_from(PASSTHROUGH),
            contentHandling=st.sampled_from(CONTENT_HANDLING),
            timeoutInMillis=st.integers(50, 29_000),
            responseTransferMode=st.sampled_from(["BUFFERED", "STREAM"]),
            cacheNamespace=TEXT,
            cacheKeyParameters=st.lists(NAME, max_size=2),
            insecureSkipVerification=st.just(True),
        )
    )


def answers() -> st.SearchStrategy[dict[str, Any]]:
    return sparse(
        responseParameters=st.dictionaries(NAME, TEXT, max_size=2),
        responseTemplates=st.dictionaries(MEDIA, TEXT, max_size=2),
        contentHandling=st.sampled_from(CONTENT_HANDLING),
    )


@st.composite
def methods(draw: st.DrawFn, verb: str) -> dict[str, Any]:
    declared = {
        f"method.request.{place}.{name}": required or place == "path"  # OpenAPI knows no other path parameters
        for place, name, required in draw(
            st.lists(st.tuples(st.sampled_from(["path", "querystring", "header"]), NAME, st.booleans()), max_size=3)
        )
    }
    statuses = draw(st.lists(STATUS, max_size=2, unique=True))
    headers = st.lists(NAME.map("method.response.header.{}".format), max_size=2)
    models = st.dictionaries(MEDIA, st.sampled_from(MODELS), max_size=2)
    guarded = st.sampled_from(
        [
            {},
            {"authorizationType": "AWS_IAM"},
            {"authorizationType": "CUSTOM", "authorizerId": "guard1", "authorizationScopes": ["a/b"]},
            {"apiKeyRequired": True},
        ]
    )
    return {
        "httpMethod": verb,
        "integration": draw(integrations()),
        **draw(guarded),
        **draw(sparse(operationName=TEXT, requestValidatorId=st.just("valid1"), requestModels=models)),
        **({"requestParameters": declared} if declared else {}),
        "responses": [
            {
                "statusCode": status,
                "responseParameters": dict.fromkeys(draw(headers), False),
                "responseModels": draw(models),
            }
            for status in statuses
        ],
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    paths = draw(st.lists(PATH, max_size=3, unique=True))
    verbs = st.lists(st.sampled_from(HTTP_METHODS), min_size=1, max_size=2, unique=True)
    return {
        "schemaVersion": 1,
        "apiId": ID,
        "name": draw(TEXT.map(str.strip).filter(bool)),
        "resources": [
            {"id": f"res{index}", "path": path, "methods": [draw(methods(verb)) for verb in draw(verbs)]}
            for index, path in enumerate(paths)
        ],
        "models": [{"name": name, "schema": json.dumps(draw(schemas(name)))} for name in MODELS],
        "requestValidators": [{"id": "valid1", "name": "all", "validateRequestBody": True}],
        **draw(
            sparse(
                apiKeySource=st.just("AUTHORIZER"),
                binaryMediaTypes=st.lists(MEDIA, max_size=2, unique=True),
                minimumCompressionSize=st.integers(0, 10_485_760),
                policy=st.dictionaries(st.just("Id"), WORD).map(lambda said: json.dumps({**said, "Statement": []})),
                gatewayResponses=st.just(
                    [{"responseType": "THROTTLED", "statusCode": "420", "responseTemplates": {JSON: "{}"}}]
                ),
            )
        ),
    }


@st.composite
def schemas(draw: st.DrawFn, name: str) -> dict[str, Any]:
    other = f"https://apigateway.amazonaws.com/restapis/{ID}/models/{draw(st.sampled_from(MODELS))}"
    return {"type": "object", "properties": {"x": {"$ref": other}, "y": draw(VALUES)}, "title": name}


def exported(document: Mapping[str, Any]) -> Exported:
    guard = {"name": "guard", "type": "TOKEN", "authorizerUri": URI, "identitySource": "method.request.header.Auth"}
    return Exported(document, "http://x.example", "/dev", version="1", authorizers={"guard1": guard})


def back(document: Mapping[str, Any], kind: str, media_type: str) -> Drawing:
    form = export.form(kind, {"extensions": "apigateway"})
    body = export.to_text(export.write(exported(document), form), media_type)
    reading = openapi.read(body, rest_api_id=ID, options=openapi.options(None))
    assert reading.warnings == []
    return reading.drawing


def frozen(document: Mapping[str, Any]) -> dict[str, Any]:
    """What `said` says of the drawing that was read."""
    return {
        f"{method['httpMethod']} {resource['path']}": _frozen(method)
        for resource in document["resources"]
        for method in resource["methods"]
    }


def _frozen(method: dict[str, Any]) -> dict[str, Any]:
    integration = {
        "connectionType": "INTERNET",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29_000,
        "responseTransferMode": "BUFFERED",
    }
    integration |= method["integration"]
    integration["responses"] = {one["statusCode"]: one for one in integration["responses"]}
    return {
        **{name: value for name, value in method.items() if name not in ("requestValidatorId", "authorizerId")},
        "authorizationType": method.get("authorizationType", "NONE"),
        "responses": {one["statusCode"]: kept(one) for one in method["responses"]},
        "integration": integration,
        **({"requestValidator": "all"} if "requestValidatorId" in method else {}),
        **({"authorizer": "guard"} if "authorizerId" in method else {}),
    }


def said(drawing: Drawing) -> dict[str, Any]:
    return {f"{one.http_method} {path}": _said(one) for path, drawn in drawing.paths.items() for one in drawn}


def _said(method: MethodDraft) -> dict[str, Any]:
    assert method.integration is not None
    found = kept(
        {
            "httpMethod": method.http_method,
            "authorizationType": method.authorization_type,
            "authorizer": method.authorizer if method.authorization_type == "CUSTOM" else "",
            "authorizationScopes": method.authorization_scopes,
            "apiKeyRequired": method.api_key_required,
            "operationName": method.operation_name,
            "requestParameters": method.request_parameters,
            "requestModels": method.request_models,
            "requestValidator": method.request_validator,
        }
    )
    responses = {
        one.status_code: kept(
            {
                "statusCode": one.status_code,
                "responseParameters": one.response_parameters,
                "responseModels": one.response_models,
            }
        )
        for one in method.responses
    }
    return {**found, "responses": responses, "integration": _integration(method.integration)}


def _integration(drawn: IntegrationDraft) -> dict[str, Any]:
    found = kept(
        {
            "type": drawn.type,
            "httpMethod": drawn.http_method,
            "uri": drawn.uri,
            "connectionType": drawn.connection_type,
            "connectionId": drawn.connection_id,
            "credentials": drawn.credentials,
            "requestParameters": drawn.request_parameters,
            "requestTemplates": drawn.request_templates,
            "passthroughBehavior": drawn.passthrough_behavior,
            "contentHandling": drawn.content_handling,
            "timeoutInMillis": drawn.timeout_in_millis,
            "responseTransferMode": drawn.response_transfer_mode,
            "cacheNamespace": drawn.cache_namespace,
            "cacheKeyParameters": drawn.cache_key_parameters,
            "insecureSkipVerification": drawn.insecure_skip_verification,
        }
    )
    responses = {
        one.status_code: kept(
            {
                "statusCode": one.status_code,
                "selectionPattern": one.selection_pattern,
                "responseParameters": one.response_parameters,
                "responseTemplates": one.response_templates,
                "contentHandling": one.content_handling,
            }
        )
        for one in drawn.responses
    }
    return {**found, "responses": responses}


def kept(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", {}, [], False, None)}


@pytest.mark.parametrize("media_type", export.MEDIA_TYPES)
@settings(max_examples=40, deadline=None)
@given(document=documents())
def test_what_was_frozen_is_read_back(document: dict[str, Any], media_type: str) -> None:
    drawing = back(document, "oas30", media_type)
    assert said(drawing) == frozen(document)
    assert {name: json.loads(model.schema) for name, model in drawing.models.items()} == {
        model["name"]: json.loads(model["schema"]) for model in document["models"]
    }
    assert settings_of(drawing) == settings_frozen(document)
    assert [(one.name, one.validate_request_body) for one in drawing.request_validators] == [("all", True)]
    responses = [(one.response_type, one.status_code) for one in drawing.gateway_responses]
    assert responses == [(one["responseType"], one["statusCode"]) for one in document.get("gatewayResponses", ())]


@pytest.mark.parametrize("media_type", export.MEDIA_TYPES)
@settings(max_examples=15, deadline=None)
@given(document=documents())
def test_swagger_keeps_all_but_which_body_is_of_which_type(document: dict[str, Any], media_type: str) -> None:
    drawing = back(document, "swagger", media_type)
    assert settings_of(drawing) == settings_frozen(document)
    found, expected = said(drawing), frozen(document)
    assert found.keys() == expected.keys()
    for name, method in found.items():
        assert method["integration"] == expected[name]["integration"]
        assert set(method.get("requestModels", ())) == set(expected[name].get("requestModels", ()))
        assert method["responses"].keys() == expected[name]["responses"].keys()


def settings_of(drawing: Drawing) -> dict[str, Any]:
    found = {name: value for name, value in drawing.settings.items() if value not in ("", [])}
    return {**found, "policy": json.loads(found.get("policy", "null"))}


def settings_frozen(document: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "name": document["name"],
        "version": "1",
        "api_key_source": document.get("apiKeySource"),
        "binary_media_types": document.get("binaryMediaTypes"),
        "minimum_compression_size": document.get("minimumCompressionSize"),
    }
    kept_ones = {name: value for name, value in found.items() if value is not None}
    return {**kept_ones, "policy": json.loads(document.get("policy", "null"))}
