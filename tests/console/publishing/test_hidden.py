"""An API that somebody may not see is nowhere: on no page that links lead to, and in no answer of the admin API."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.access.services import create_api_key, create_usage_plan, create_usage_plan_key
from console.accounts.models import User
from console.accounts.services import grant_role
from console.apis.models import RestApi
from console.core.actor import SYSTEM, Role
from console.domains.services import create_base_path_mapping, create_domain_name, generate_client_certificate
from console.publishing.models import Node
from console.stages.services import update_stage
from tests.console.people import person, text
from tests.console.stages.drawn import deploy, pets

pytestmark = pytest.mark.django_db

LISTS = (
    *("restapis", "apikeys", "usageplans", "domainnames", "vpclinks", "clientcertificates", "account", "sdktypes"),
    *("domainnames/api.example.com", "domainnames/api.example.com/basepathmappings", "domainnameaccessassociations"),
)
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0f2a"


class Drawn:
    """Two APIs, and all that names them both."""

    def __init__(self) -> None:
        self.shown, self.hidden = pets(), pets()
        RestApi.objects.filter(pk=self.hidden.pk).update(name="the secret one", description="nobody knows")
        self.deployments = [deploy(api) for api in (self.shown, self.hidden)]
        both = [{"apiId": api.pk, "stage": "dev"} for api in (self.shown, self.hidden)]
        self.plan = create_usage_plan(SYSTEM, name="gold", api_stages=both)
        quota = {"limit": 5, "period": "DAY"}
        self.mine = create_usage_plan(SYSTEM, name="silver", api_stages=both[:1], quota=quota)
        stages = [{"restApiId": one["apiId"], "stageName": one["stage"]} for one in both]
        self.key = create_api_key(SYSTEM, name="carl", stage_keys=stages)
        create_usage_plan_key(SYSTEM, usage_plan_id=self.mine.pk, key_id=self.key.pk, key_type="API_KEY")
        self.certificate = generate_client_certificate(SYSTEM)
        create_domain_name(SYSTEM, domain_name="api.example.com", regional_certificate_arn=CERTIFICATE)
        for path, api in (("shown", self.shown), ("hidden", self.hidden)):
            create_base_path_mapping(
                SYSTEM, domain_name="api.example.com", rest_api_id=api.pk, base_path=path, stage="dev"
            )
            update_stage(
                SYSTEM,
                rest_api_id=api.pk,
                stage_name="dev",
                patch_operations=[{"op": "replace", "path": "/clientCertificateId", "value": self.certificate.pk}],
            )
        refusals = [{"apiId": api.pk, "stageName": "dev", "generation": 1, "reason": "no"} for api in self.apis]
        Node.objects.create(id="n", generation=1, seen_date=timezone.now(), report={"refusals": refusals})

    @property
    def apis(self) -> tuple[RestApi, RestApi]:
        return self.shown, self.hidden

    def secrets(self) -> tuple[str, ...]:
        return self.hidden.pk, "the secret one", "nobody knows", self.deployments[1].pk


@pytest.fixture
def drawn() -> Drawn:
    return Drawn()


@pytest.fixture(params=["hidden from a deployer", "shown to one with no access"])
def client(request: Any, drawn: Drawn) -> Client:
    if request.param.startswith("hidden"):
        user = person(Role.DEPLOYER)
        grant_role(SYSTEM, username=user.username, rest_api_id=drawn.hidden.pk, role=Role.NONE)
    else:
        user = person(Role.NONE)
        grant_role(SYSTEM, username=user.username, rest_api_id=drawn.shown.pk, role=Role.DEPLOYER)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def crawled(client: Client) -> Iterator[tuple[str, str]]:
    """Each page that links lead to, from home, the palette and the record."""
    ways, been = ["/", "/palette?q=dev", "/palette?q=pets", "/audit", "/nodes", "/apis/?q=e"], set()
    while ways:
        path = ways.pop()
        if path in been or path.startswith(("/static/", "/sign-out")):
            continue
        been.add(path)
        shown = text(client.get(path))
        yield path, shown
        ways += re.findall(r'(?:href|hx-get)="(/[^"#]*)"', shown)


def test_no_page_shows_it(client: Client, drawn: Drawn):
    pages = dict(crawled(client))
    assert f"/apis/{drawn.shown.pk}/stages/dev" in pages, "what may be seen is found"
    assert len(pages) > 20
    if client.get("/api-keys/").status_code == 200:
        plan = f"/usage-plans/{drawn.mine.pk}"
        inside = f"{plan}/stages/{drawn.shown.pk}/dev"
        ways = (
            "edit",
            "delete",
            "stages/add",
            "keys/add",
            f"keys/{drawn.key.pk}/extend",
            f"keys/{drawn.key.pk}/remove",
        )
        assert {f"{plan}/{way}" for way in ways} | {f"{inside}/throttles", f"{inside}/remove"} <= pages.keys()
        assert {f"/usage-plans/{drawn.plan.pk}", f"/api-keys/{drawn.key.pk}/delete"} <= pages.keys()
        assert f"/usage-plans/{drawn.plan.pk}/edit" not in pages, "of an API that may not be deployed"
    for path, shown in pages.items():
        assert [secret for secret in drawn.secrets() if secret in shown] == [], path


def test_every_page_of_it_is_refused(client: Client, drawn: Drawn):
    there = {path for path, _ in crawled(client) if drawn.shown.pk in path}
    assert len(there) > 10
    method = drawn.hidden.resources.get(path="/pets")
    mine = drawn.shown.resources.get(path="/pets")
    for path in sorted(there):
        other = path.replace(drawn.shown.pk, drawn.hidden.pk).replace(mine.pk, method.pk)
        other = other.replace(drawn.deployments[0].pk, drawn.deployments[1].pk)
        assert client.get(other).status_code == 403, other


def test_no_answer_names_it(client: Client, drawn: Drawn):
    for path in (*LISTS, f"usageplans/{drawn.plan.pk}", f"apikeys/{drawn.key.pk}"):
        answer = client.get(f"/api/{path}")
        assert answer.status_code in (200, 403), path
        assert [secret for secret in drawn.secrets() if secret in text(answer)] == [], path
    found = client.get("/api/restapis").json()["item"]
    assert [api["id"] for api in found] == [drawn.shown.pk]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("delete", "usageplans/{plan}", None),
        ("post", "usageplans/{plan}/keys", {"keyId": "{key}", "keyType": "API_KEY"}),
        ("delete", "domainnames/api.example.com", None),
        ("delete", "domainnames/api.example.com/basepathmappings/hidden", None),
        ("get", "domainnames/api.example.com/basepathmappings/hidden", None),
        ("get", "tags/arn:aws:apigateway:us-east-1::%2Frestapis%2F{hidden}", None),
        ("post", "apikeys", {"stageKeys": [{"restApiId": "{hidden}", "stageName": "dev"}]}),
        ("post", "usageplans", {"name": "x", "apiStages": [{"apiId": "{hidden}", "stage": "dev"}]}),
        ("post", "restapis", {"name": "x", "cloneFrom": "{hidden}"}),
        (
            "patch",
            "domainnames/api.example.com/basepathmappings/shown",
            {"patchOperations": [{"op": "replace", "path": "/restapiId", "value": "{hidden}"}]},
        ),
        (
            "patch",
            "apikeys/{key}",
            {"patchOperations": [{"op": "remove", "path": "/stages", "value": "{hidden}/dev"}]},
        ),
    ],
)
def test_what_is_the_account_s_and_would_change_it_is_refused(
    method: str, path: str, body: dict[str, Any] | None, client: Client, drawn: Drawn
):
    named = {"{plan}": drawn.plan.pk, "{key}": drawn.key.pk, "{hidden}": drawn.hidden.pk}
    sent = json.dumps(body) if body is not None else ""
    for name, value in named.items():
        path, sent = path.replace(name, value), sent.replace(name, value)
    answer = getattr(client, method)(f"/api/{path}", sent or None, content_type="application/json")
    assert (answer.status_code, answer["x-amzn-ErrorType"]) == (403, "AccessDeniedException")


def test_a_certificate_in_use_is_told_without_the_stage_that_uses_it(client: Client, drawn: Drawn):
    answer = client.delete(f"/api/clientcertificates/{drawn.certificate.pk}")
    assert answer.status_code in (400, 403)
    assert drawn.hidden.pk not in text(answer)
