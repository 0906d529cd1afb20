"""The pages of users, which are an admin's."""

import pytest
from django.test import Client

from console.accounts.models import User
from console.accounts.services import create_access_key, grant_role
from console.core.actor import SYSTEM, Role
from tests.console.people import PASSWORD, PIECE, browser, person, text
from tests.console.stages.drawn import pets

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return browser(Role.ADMIN)


@pytest.fixture
def vera() -> User:
    return person(Role.VIEWER)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_comes_to_them(role: Role):
    user = person(Role.ADMIN)
    client = browser(role)
    for path in ("/users/", "/users/create", f"/users/of/{user.username}"):
        assert client.get(path).status_code == 403, path
    for path, sent in (
        ("/users/create", {"username": "eve", "password": PASSWORD, "role": "4"}),
        (f"/users/of/{role.name.lower()}/role", {"role": "4"}),
        (f"/users/of/{user.username}/active", {"active": "false"}),
        (f"/users/of/{user.username}/password", {"password": PASSWORD}),
        (f"/users/of/{role.name.lower()}/grants", {"rest_api_id": pets().pk, "role": "3"}),
        (f"/users/of/{role.name.lower()}/grants/abc/revoke", {}),
    ):
        assert client.post(path, sent).status_code in (403, 422), path
    assert User.objects.count() == 2
    assert set(User.objects.values_list("role", "is_active", "grants__abc")) == {(4, True, None), (role, True, None)}
    assert User.objects.get(username="admin").check_password(PASSWORD)
    assert 'href="/users/"' not in text(client.get("/account"))
    assert "Users and their roles" not in text(client.get("/palette"))


def test_the_list_says_who_may_what(client: Client, vera: User):
    create_access_key(SYSTEM, username="viewer")
    grant_role(SYSTEM, username="viewer", rest_api_id=pets().pk, role=Role.DEPLOYER)
    shown = text(client.get("/users/"))
    assert "another role on 1" in shown
    assert "/users/of/viewer" in shown
    assert 'href="/users/"' in shown
    assert "No user matches" in text(client.get("/users/?q=nobody", headers=PIECE))
    assert "Users and their roles" in text(client.get("/palette"))


def test_the_list_is_read_in_pages(client: Client):
    User.objects.bulk_create(User(username=f"user{number:02}") for number in range(60))
    first = client.get("/users/")
    assert "user10" in text(first)
    assert "user55" not in text(first)
    assert "user55" in text(client.get(f"/users/?position={first.context['page'].position}"))


def test_the_list_takes_the_same_queries_however_long(client: Client, django_assert_num_queries):
    for number in range(2):
        User.objects.bulk_create(User(username=f"user{number}{one}") for one in range(20))
        with django_assert_num_queries(5):  # session, user, savepoint, users, release
            client.get("/users/")


def test_a_user_is_made_and_may_sign_in(client: Client):
    assert "Create a user" in text(client.get("/users/create", headers=PIECE))
    weak = client.post("/users/create", {"username": "grace", "password": "short", "role": "2"})
    assert weak.status_code == 422
    assert 'id="id_password_error"' in text(weak)
    assert "grace" in text(weak)
    done = client.post("/users/create", {"username": "grace", "password": PASSWORD, "role": "2"})
    assert done["Location"] == "/users/of/grace"
    assert User.objects.get(username="grace").role == Role.DEVELOPER
    assert Client().post("/sign-in", {"username": "grace", "password": PASSWORD}).status_code == 302


def test_a_role_is_changed_but_for_the_last_admin_s(client: Client, vera: User):
    client.post("/users/of/viewer/role", {"role": "3"})
    vera.refresh_from_db()
    assert vera.role == Role.DEPLOYER
    refused = client.post("/users/of/admin/role", {"role": "1"})
    assert refused.status_code == 422
    assert "The last admin cannot lose the role" in text(refused)


def test_a_role_on_an_api_is_given_and_revoked(client: Client, vera: User):
    api = pets()
    client.post("/users/of/viewer/grants", {"rest_api_id": api.pk, "role": "0"})
    shown = text(client.get("/users/of/viewer"))
    assert f'href="/apis/{api.pk}/"' in shown
    assert "<td>no access</td>" in shown
    client.post(f"/users/of/viewer/grants/{api.pk}/revoke")
    vera.refresh_from_db()
    assert vera.grants == {}


def test_a_role_is_given_on_an_api_that_is_there(client: Client, vera: User):
    refused = client.post("/users/of/viewer/grants", {"rest_api_id": "gone", "role": "2"})
    assert refused.status_code == 422
    assert 'id="grant_rest_api_id_error"' in text(refused)


def test_a_role_on_an_api_that_is_deleted_can_still_be_revoked(client: Client, vera: User):
    grant_role(SYSTEM, username="viewer", rest_api_id="gone000000", role=Role.NONE)
    shown = text(client.get("/users/of/viewer"))
    assert "deleted" in shown
    assert "/users/of/viewer/grants/gone000000/revoke" in shown


def test_who_is_switched_off_is_out_at_once(client: Client, vera: User):
    theirs = Client()
    theirs.force_login(vera)
    assert theirs.get("/account").status_code == 200
    client.post("/users/of/viewer/active", {"active": "false"})
    assert theirs.get("/account").status_code == 302
    assert Client().post("/sign-in", {"username": "viewer", "password": PASSWORD}).status_code == 422
    assert "Switched off: does not sign in" in text(client.get("/users/of/viewer"))
    client.post("/users/of/viewer/active", {"active": "true"})
    assert Client().post("/sign-in", {"username": "viewer", "password": PASSWORD}).status_code == 302


def test_the_last_admin_is_not_switched_off(client: Client):
    refused = client.post("/users/of/admin/active", {"active": "false"})
    assert refused.status_code == 409
    assert "The last admin cannot be switched off" in text(refused)


def test_an_admin_gives_another_password(client: Client, vera: User):
    assert client.post("/users/of/viewer/password", {"password": "short"}).status_code == 422
    client.post("/users/of/viewer/password", {"password": "another engine of 1843"})
    vera.refresh_from_db()
    assert vera.check_password("another engine of 1843")


def test_an_unknown_user_is_not_here(client: Client):
    assert client.get("/users/of/nobody").status_code == 404
    assert client.post("/users/of/nobody/active", {"active": "true"}).status_code == 404
