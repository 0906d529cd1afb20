import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.accounts.models import AuditEntry, Token, User
from console.accounts.services import (
    create_token,
    create_user,
    get_token,
    list_tokens,
    revoke_token,
    token_names,
    used_token,
)
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, BadRequest, Conflict, ExpiredToken, NotFound, UnrecognizedClient
from tests.console.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def ask(text: str, method: str = "get", path: str = "restapis", body: object = None, **headers: str):
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {text}", **headers}
    return getattr(client, method)(f"/api/{path}", body, content_type="application/json", headers=headers)


def expire(token: Token) -> None:
    Token.objects.filter(pk=token.pk).update(expires_date=timezone.now())


def test_a_token_is_known_by_its_beginning_and_kept_as_a_digest(ada: User):
    made = create_token(SYSTEM, username="ada", name="nightly", days=30)
    assert re.fullmatch(r"stagedoor_[A-Za-z0-9]{40}", made.text)
    assert re.fullmatch(r"SDTK[A-Z2-7]{16}", made.row.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(accounts_token)::text FROM accounts_token")
        assert made.text not in cursor.fetchone()[0]
    assert used_token(made.text) == made.row
    left = made.row.expires_date - timezone.now()
    assert dt.timedelta(days=29, hours=23) < left <= dt.timedelta(days=30)


def test_making_and_revoking_are_recorded_without_the_token(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    revoke_token(as_ada, token_id=made.row.pk)
    entries = AuditEntry.objects.filter(operation__endswith="Token").order_by("pk")
    assert [(one.operation, one.changes["tokenId"], one.changes["name"]) for one in entries] == [
        ("CreateToken", made.row.pk, "nightly"),
        ("RevokeToken", made.row.pk, "nightly"),
    ]
    assert made.text not in str(list(entries.values()))


def test_a_revoked_token_is_unknown_and_its_name_free_again(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    with pytest.raises(Conflict, match="There is a token nightly already"):
        create_token(as_ada, username="ada", name=" nightly ", days=1)
    revoke_token(as_ada, token_id=made.row.pk)
    with pytest.raises(UnrecognizedClient):
        used_token(made.text)
    again = create_token(as_ada, username="ada", name="nightly", days=1)
    assert list_tokens(as_ada, username="ada") == [again.row]
    with pytest.raises(NotFound):
        revoke_token(as_ada, token_id=made.row.pk)


@pytest.mark.parametrize(
    ("name", "days", "field"), [("", 1, "name"), ("n" * 65, 1, "name"), ("n", 0, "days"), ("n", 366, "days")]
)
def test_a_token_has_a_name_and_an_end(as_ada: Actor, name: str, days: int, field: str):
    with pytest.raises(BadRequest) as refused:
        create_token(as_ada, username="ada", name=name, days=days)
    assert refused.value.field == field


def test_nobody_but_an_admin_has_another_s_in_hand(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    bob = Actor("bob", Role.DEPLOYER)
    for act in (
        lambda: create_token(bob, username="ada", name="mine", days=1),
        lambda: list_tokens(bob, username="ada"),
        lambda: get_token(bob, token_id=made.row.pk),
        lambda: revoke_token(bob, token_id=made.row.pk),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert used_token(made.text)
    revoke_token(SYSTEM, token_id=made.row.pk)


def test_a_token_opens_the_admin_api_as_its_user_without_csrf(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    assert ask(made.text).json() == {"item": []}
    done = ask(made.text, "post", body={"name": "pets"})
    assert done.status_code == 201
    entry = AuditEntry.objects.get(operation="CreateRestApi")
    assert (entry.actor_name, entry.access_key_id, entry.door) == ("ada", made.row.pk, "wire")
    assert token_names([made.row.pk, "AKIA", ""]) == {made.row.pk: "nightly"}
    refused = ask(made.text, "post", "vpclinks", {"name": "link", "targetArns": ["arn"]})
    assert (refused.status_code, refused["x-amzn-ErrorType"]) == (403, "AccessDeniedException")


def test_what_opens_nothing_is_told_as_aws_tells_it(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    unknown = (403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    for text in ("", "stagedoor_" + "a" * 40, made.text[:-1], f"{made.text}x", "ä"):
        answer = ask(text)
        assert (answer.status_code, answer["x-amzn-ErrorType"], answer.json()["message"]) == unknown, text
    expire(made.row)
    answer = ask(made.text)
    expired = (403, "ExpiredTokenException", "The security token included in the request is expired")
    assert (answer.status_code, answer["x-amzn-ErrorType"], answer.json()["message"]) == expired
    with pytest.raises(ExpiredToken):
        used_token(made.text)


def test_the_token_of_a_user_who_is_switched_off_is_unknown(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    User.objects.update(is_active=False)
    assert ask(made.text)["x-amzn-ErrorType"] == "UnrecognizedClientException"


def test_the_scheme_s_case_does_not_matter_and_a_token_counts_before_a_session(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    assert ask("", Authorization=f"bearer  {made.text}").status_code == 200
    create_user(SYSTEM, username="grace", password=PASSWORD, role=Role.ADMIN)
    client = Client()
    client.force_login(User.objects.get(username="grace"))
    refused = client.get("/api/restapis", headers={"Authorization": "Bearer gone"})
    assert refused.status_code == 403


def test_a_token_opens_no_page(as_ada: Actor):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    answer = Client().get("/account", headers={"Authorization": f"Bearer {made.text}"})
    assert answer["Location"].startswith("/sign-in")


def test_a_token_s_last_use_is_noted_once_a_minute(as_ada: Actor, django_assert_num_queries):
    made = create_token(as_ada, username="ada", name="nightly", days=1)
    ask(made.text)
    noted = Token.objects.get().last_used_date
    assert noted is not None
    with django_assert_num_queries(4):  # the token and its user, savepoint, APIs, release
        ask(made.text)
    assert Token.objects.get().last_used_date == noted
