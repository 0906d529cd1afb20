import re

import pytest
from django.test import Client

from console.accounts.models import AccessKey, AuditCheck, AuditEntry, Token, User
from console.core.actor import Role
from tests.console.people import PASSWORD, PIECE, browser, person, text

pytestmark = pytest.mark.django_db


def test_who_is_not_signed_in_signs_in_first_and_comes_back():
    response = Client().get("/audit?q=x")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in?next=%2Faudit%3Fq%3Dx"


def test_a_piece_sends_the_whole_page_to_sign_in():
    response = Client().get("/nodes/strip", headers={**PIECE, "HX-Current-URL": "http://testserver/apis/"})
    assert response["HX-Redirect"] == "/sign-in?next=%2Fapis%2F"


def test_signing_in_goes_where_one_was_going():
    person(Role.VIEWER)
    sent = {"username": "viewer", "password": PASSWORD, "next": "/audit"}
    assert Client().post("/sign-in", sent)["Location"] == "/audit"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_off_this_console(elsewhere):
    person(Role.VIEWER)
    sent = {"username": "viewer", "password": PASSWORD, "next": elsewhere}
    assert Client().post("/sign-in", sent)["Location"] == "/"


def test_a_wrong_password_is_said_and_the_name_stays_typed():
    person(Role.VIEWER)
    response = Client().post("/sign-in", {"username": "viewer", "password": "wrong"})
    assert response.status_code == 422
    assert "The user name or the password is wrong." in text(response)
    assert 'value="viewer"' in text(response)
    assert "wrong" not in text(response).replace("is wrong.", "")


def test_signing_out_ends_the_session():
    client = browser(Role.VIEWER)
    client.post("/sign-out")
    assert client.get("/account").status_code == 302


def test_a_link_cannot_sign_anybody_out():
    assert browser(Role.VIEWER).get("/sign-out").status_code == 405


def test_a_secret_is_shown_at_its_making_and_never_again():
    client = browser(Role.VIEWER)
    made = text(client.post("/account/access-keys"))
    key = AccessKey.objects.get()
    assert key.pk in made
    assert "shown this once" in made
    again = text(client.get("/account"))
    assert key.pk in again
    assert "AWS_SECRET_ACCESS_KEY" not in again


def test_a_key_is_switched_off_and_on():
    client = browser(Role.VIEWER)
    client.post("/account/access-keys")
    key = AccessKey.objects.get()
    for said, active in (("false", False), ("true", True)):
        client.post(f"/account/access-keys/{key.pk}", {"active": said})
        key.refresh_from_db()
        assert key.active is active


def test_deleting_a_key_asks_once_and_says_what_follows():
    client = browser(Role.VIEWER)
    client.post("/account/access-keys")
    key = AccessKey.objects.get()
    assert "is refused from the next request on" in text(client.get(f"/account/access-keys/{key.pk}/delete"))
    assert AccessKey.objects.exists()
    client.post(f"/account/access-keys/{key.pk}/delete")
    assert not AccessKey.objects.exists()


def test_a_token_is_shown_at_its_making_with_a_command_and_never_again():
    client = browser(Role.VIEWER)
    made = text(client.post("/account/tokens", {"name": "nightly", "days": "30"}))
    token = re.search(r"stagedoor_\w{40}", made)
    assert token is not None
    assert 'curl -H "Authorization: Bearer $STAGEDOOR_TOKEN" http://testserver/api/restapis' in made
    again = text(client.get("/account"))
    assert "nightly" in again
    assert token[0] not in again
    unnamed = client.post("/account/tokens", {"name": "", "days": "30"})
    assert unnamed.status_code == 422
    assert 'id="token_name_error"' in text(unnamed)


def test_revoking_a_token_asks_once_and_says_what_follows():
    client = browser(Role.VIEWER)
    client.post("/account/tokens", {"name": "nightly", "days": "7"})
    token = Token.objects.get()
    assert "is refused from the next request on" in text(client.get(f"/account/tokens/{token.pk}/revoke"))
    assert browser(Role.DEVELOPER).get(f"/account/tokens/{token.pk}/revoke").status_code == 403
    assert browser(Role.DEPLOYER).post(f"/account/tokens/{token.pk}/revoke").status_code == 403
    done = client.post(f"/account/tokens/{token.pk}/revoke")
    assert done["Location"] == "/account"
    assert "No tokens yet" in text(client.get("/account"))


def test_an_admin_takes_keys_and_tokens_from_others_and_is_back_at_their_page():
    theirs, admin = browser(Role.VIEWER), browser(Role.ADMIN)
    theirs.post("/account/tokens", {"name": "nightly", "days": "7"})
    theirs.post("/account/access-keys")
    key, token = AccessKey.objects.get(), Token.objects.get()
    shown = text(admin.get("/users/of/viewer"))
    assert f"/account/tokens/{token.pk}/revoke" in shown
    assert f"/account/access-keys/{key.pk}/delete" in shown
    for path, sent in (
        (f"/account/tokens/{token.pk}/revoke", {}),
        (f"/account/access-keys/{key.pk}", {"active": "false"}),
        (f"/account/access-keys/{key.pk}/delete", {}),
    ):
        assert admin.post(path, sent)["Location"] == "/users/of/viewer"
    assert not AccessKey.objects.exists()


def test_the_record_names_the_token_and_finds_what_it_did():
    client = browser(Role.VIEWER)
    client.post("/account/tokens", {"name": "nightly", "days": "7"})
    token = Token.objects.get()
    for key in (token.pk, "AKIAOTHER"):
        AuditEntry.objects.create(actor_name="x", door="wire", operation="PutMethod", subject="arn", access_key_id=key)
    shown = text(client.get("/audit?q=nightly"))
    assert "token nightly" in shown
    assert "AKIAOTHER" not in shown
    assert "AKIAOTHER" in text(client.get("/audit"))


def test_nobody_deletes_the_key_of_another():
    owner = browser(Role.DEVELOPER)
    owner.post("/account/access-keys")
    key = AccessKey.objects.get()
    response = browser(Role.VIEWER).post(f"/account/access-keys/{key.pk}/delete")
    assert response.status_code == 403
    assert "Your role does not allow this" in text(response)
    assert AccessKey.objects.filter(pk=key.pk).exists()


def test_a_password_is_changed_by_who_knows_the_one_before():
    client = browser(Role.VIEWER)
    refused = client.post("/account/password", {"current_password": "no", "password": "another engine of 1843"})
    assert refused.status_code == 422
    assert "This is not your password now." in text(refused)
    client.post("/account/password", {"current_password": PASSWORD, "password": "another engine of 1843"})
    assert User.objects.get().check_password("another engine of 1843")
    assert client.get("/account").status_code == 200, "the browser that changed it stays signed in"


def test_a_weak_password_is_refused_at_its_field():
    client = browser(Role.VIEWER)
    response = client.post("/account/password", {"current_password": PASSWORD, "password": "short"})
    assert response.status_code == 422
    assert 'id="id_password_error"' in text(response)


def test_the_record_is_found_by_words_and_read_in_pages():
    client = browser(Role.VIEWER)
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_name="ada", door="page", operation="PutMethod", subject=f"arn:aws:apigateway:x::/restapis/{n}")
        for n in range(60)
    )
    first = client.get("/audit")
    assert "/restapis/59" in text(first)
    assert "/restapis/9<" not in text(first)
    position = first.context["page"].position
    assert "/restapis/9<" in text(client.get(f"/audit?position={position}"))
    assert "Nothing matches" in text(client.get("/audit?q=ada+nothing", headers=PIECE))


def test_the_record_takes_the_same_queries_however_long(django_assert_num_queries):
    client = browser(Role.VIEWER)
    for _ in range(2):
        AuditEntry.objects.bulk_create(
            AuditEntry(actor_name="ada", door="page", operation="PutMethod", subject="x") for _ in range(20)
        )
        with django_assert_num_queries(6):  # session, user, savepoint, entries, release, check
            client.get("/audit")


def test_the_record_s_page_says_whether_the_chain_holds():
    client = browser(Role.VIEWER)
    assert "has not been verified yet" in text(client.get("/audit"))
    AuditCheck.objects.create(entries=1)
    assert "The chain holds: 1 entry, verified" in text(client.get("/audit"))
    AuditCheck.objects.update(entries=7, problem="The entry 8 of link 8 is gone.")
    shown = text(client.get("/audit"))
    assert "The chain breaks after 7 entries." in shown
    assert "The entry 8 of link 8 is gone." in shown


def test_a_page_older_than_its_session_says_so_and_does_nothing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(Role.VIEWER))
    response = client.post("/account/access-keys")
    assert response.status_code == 403
    assert "older than your session" in text(response)
    assert not AccessKey.objects.exists()
