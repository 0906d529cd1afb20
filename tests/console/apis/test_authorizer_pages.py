"""The pages that list, make, change and delete authorizers, and the choice of one in a method request."""

import json
from typing import Any

import pytest
from django.test import Client

from console.apis.models import Authorizer, Method, RestApi
from console.core.actor import Role
from tests.console.people import PIECE, browser, text
from tests.console.stages import drawn

pytestmark = pytest.mark.django_db

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:authorize:live"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"
CONFIGURATION = {"issuers": [{"issuer": "https://a.example", "audiences": ["app"]}], "defaultAlgorithms": ["RS256"]}
TOKEN = {
    "name": "guard",
    "authorizer_uri": FUNCTION,
    "identity_source": "Auth",
    "identity_validation_expression": "Bearer .+",
    "authorizer_credentials": "",
    "authorizer_result_ttl_in_seconds": "60",
}
SENT: dict[str, dict[str, Any]] = {
    "TOKEN": TOKEN,
    "REQUEST": {
        "name": "guard",
        "authorizer_uri": URI,
        "identity_source": "method.request.header.Auth, stageVariables.stage",
        "authorizer_result_ttl_in_seconds": "0",
    },
    "COGNITO_USER_POOLS": {"name": "guard", "provider_arns": POOL, "identity_source": "Authorization"},
    "JWT": {"name": "guard", "identity_source": "Authorization", "jwt_configuration": json.dumps(CONFIGURATION)},
}


@pytest.fixture
def api() -> RestApi:
    return drawn.pets()


def make(client: Client, api: RestApi, kind: str, **changed: Any) -> Any:
    return client.post(f"/apis/{api.pk}/authorizers/new?type={kind}", {**SENT[kind], **changed})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "TOKEN",
            {
                "authorizer_uri": URI,
                "identity_source": "method.request.header.Auth",
                "identity_validation_expression": "Bearer .+",
                "authorizer_result_ttl_in_seconds": 60,
            },
        ),
        (
            "REQUEST",
            {
                "authorizer_uri": URI,
                "identity_source": "method.request.header.Auth, stageVariables.stage",
                "authorizer_result_ttl_in_seconds": 0,
            },
        ),
        (
            "COGNITO_USER_POOLS",
            {"provider_arns": [POOL], "identity_source": "method.request.header.Authorization"},
        ),
        ("JWT", {"jwt_configuration": CONFIGURATION, "identity_source": "method.request.header.Authorization"}),
    ],
)
def test_each_type_is_made_with_its_own_form(api: RestApi, kind: str, expected: dict[str, Any]) -> None:
    client = browser(Role.DEVELOPER)
    assert client.get(f"/apis/{api.pk}/authorizers/new?type={kind}").status_code == 200
    answer = make(client, api, kind)
    row = Authorizer.objects.get(rest_api=api)
    assert answer["Location"] == f"/apis/{api.pk}/authorizers/{row.pk}/test"
    assert (row.type, row.name) == (kind, "guard")
    assert {name: getattr(row, name) for name in expected} == expected


@pytest.mark.parametrize("kind", SENT)
def test_a_form_shows_what_is_there_and_saves_what_was_changed(api: RestApi, kind: str) -> None:
    client = browser(Role.DEVELOPER)
    make(client, api, kind)
    row = Authorizer.objects.get(rest_api=api)
    before = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    address = f"/apis/{api.pk}/authorizers/{row.pk}/edit"
    shown = client.get(address).context["form"].initial
    answer = client.post(address, {**shown, "provider_arns": POOL, "name": "watch"})
    assert answer.status_code == 302, text(answer)
    row.refresh_from_db()
    assert {field: getattr(row, field) for field in before} == {**before, "name": "watch"}


def test_user_pools_are_added_and_removed(api: RestApi) -> None:
    client = browser(Role.DEVELOPER)
    make(client, api, "COGNITO_USER_POOLS")
    row = Authorizer.objects.get(rest_api=api)
    address = f"/apis/{api.pk}/authorizers/{row.pk}/edit"
    for pools in ([POOL, f"{POOL}d"], [f"{POOL}d"]):
        sent = {**SENT["COGNITO_USER_POOLS"], "provider_arns": "\n".join(pools)}
        assert client.post(address, sent).status_code == 302
        row.refresh_from_db()
        assert row.provider_arns == pools


@pytest.mark.parametrize(
    ("kind", "changed", "says"),
    [
        ("TOKEN", {"authorizer_uri": "arn:x"}, "Invalid Authorizer URI"),
        ("TOKEN", {"identity_validation_expression": "("}, "Invalid identity validation expression"),
        ("TOKEN", {"authorizer_result_ttl_in_seconds": "4000"}, "less than or equal to 3600"),
        ("REQUEST", {"identity_source": "", "authorizer_result_ttl_in_seconds": "1"}, "Identity source must be set"),
        ("COGNITO_USER_POOLS", {"provider_arns": "arn:x"}, "Invalid Cognito User Pool ARN"),
        ("JWT", {"jwt_configuration": "{"}, "It is no JSON"),
        ("JWT", {"jwt_configuration": "{}"}, "issuers must be a list"),
    ],
)
def test_a_refusal_is_shown_where_it_was_typed(api: RestApi, kind: str, changed: dict[str, str], says: str) -> None:
    answer = make(browser(Role.DEVELOPER), api, kind, **changed)
    assert answer.status_code == 422
    (field,) = changed if len(changed) == 1 else ("identity_source",)
    assert says in str(answer.context["form"].errors[field])
    assert "guard" in text(answer)


def test_the_list_says_which_methods_ask_and_an_empty_one_the_next_step(api: RestApi) -> None:
    client = browser(Role.DEVELOPER)
    assert "Anybody may call" in text(client.get(f"/apis/{api.pk}/authorizers"))
    make(client, api, "TOKEN")
    row = Authorizer.objects.get(rest_api=api)
    Method.objects.filter(resource__rest_api=api).update(authorization_type="CUSTOM", authorizer_id=row.pk)
    found = client.get(f"/apis/{api.pk}/authorizers")
    assert [(one["authorizer"].name, one["used"]) for one in found.context["rows"]] == [("guard", 1)]
    assert "Lambda, by token" in text(found)


def test_one_that_is_asked_cannot_be_deleted_and_another_can(api: RestApi) -> None:
    client = browser(Role.DEVELOPER)
    make(client, api, "TOKEN")
    row = Authorizer.objects.get(rest_api=api)
    address = f"/apis/{api.pk}/authorizers/{row.pk}/delete"
    methods = Method.objects.filter(resource__rest_api=api)
    methods.update(authorization_type="CUSTOM", authorizer_id=row.pk)
    page = text(client.get(address, headers=PIECE))
    assert "cannot be deleted while 1 method asks it" in page
    assert "GET /pets" in page
    methods.update(authorization_type="NONE", authorizer_id="")
    assert client.post(address)["Location"] == f"/apis/{api.pk}/authorizers"
    assert not Authorizer.objects.exists()


def test_who_may_not_draw_may_look(api: RestApi) -> None:
    make(browser(Role.DEVELOPER), api, "TOKEN")
    client = browser(Role.VIEWER)
    assert "Add authorizer" not in text(client.get(f"/apis/{api.pk}/authorizers"))
    assert "not authorized to perform: CreateAuthorizer" in text(make(client, api, "TOKEN"))
    assert client.get(f"/apis/{api.pk}/authorizers/new?type=ELSE").status_code == 404


def test_a_method_request_offers_the_apis_authorizers(api: RestApi) -> None:
    client = browser(Role.DEVELOPER)
    make(client, api, "COGNITO_USER_POOLS")
    row = Authorizer.objects.get(rest_api=api)
    method = Method.objects.get(resource__rest_api=api)
    address = f"/apis/{api.pk}/resources/{method.resource_id}/methods/GET/method-request"
    page = text(client.get(address))
    assert "guard (COGNITO_USER_POOLS)" in page
    sent = {"authorization": f"COGNITO_USER_POOLS {row.pk}", "authorization_scopes": "pets/read\npets/all"}
    answer = client.post(address, sent)
    assert answer.status_code == 200, answer.context["form"].errors
    method.refresh_from_db()
    assert (method.authorization_type, method.authorizer_id) == ("COGNITO_USER_POOLS", row.pk)
    assert method.authorization_scopes == ["pets/read", "pets/all"]
    assert f'value="COGNITO_USER_POOLS {row.pk}" selected' in text(client.get(address))
    client.post(address, {"authorization": "NONE"})
    method.refresh_from_db()
    assert (method.authorization_type, method.authorizer_id, method.authorization_scopes) == ("NONE", "", [])
