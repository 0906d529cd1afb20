import threading

import pytest
from django.db import connection

from console.accounts.models import AuditEntry, User
from console.accounts.services import (
    as_actor,
    create_user,
    grant_role,
    list_audit_entries,
    record,
    revoke_role,
    set_role,
)
from console.core.actor import SYSTEM, Actor, Role
from console.core.arns import apigateway
from console.core.faults import AccessDenied, BadRequest, NotFound
from tests.console.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def role_there(name: str, rest_api_id: str) -> Role:
    return User.objects.get(username=name).role_on(rest_api_id)


def test_a_grant_is_given_replaced_and_revoked_and_all_of_it_recorded(ada: User):
    grant_role(SYSTEM, username="ada", rest_api_id="abc", role=Role.DEPLOYER)
    assert (role_there("ada", "abc"), role_there("ada", "other")) == (Role.DEPLOYER, Role.DEVELOPER)
    grant_role(SYSTEM, username="ada", rest_api_id="abc", role=Role.NONE)
    assert role_there("ada", "abc") == Role.NONE
    revoke_role(SYSTEM, username="ada", rest_api_id="abc")
    assert role_there("ada", "abc") == Role.DEVELOPER
    told = AuditEntry.objects.filter(operation__in=["GrantRole", "RevokeRole"]).order_by("pk")
    assert list(told.values_list("operation", "changes")) == [
        ("GrantRole", {"restApiId": "abc", "from": None, "to": "DEPLOYER"}),
        ("GrantRole", {"restApiId": "abc", "from": "DEPLOYER", "to": "NONE"}),
        ("RevokeRole", {"restApiId": "abc", "from": "NONE"}),
    ]


def test_only_an_admin_grants_and_revokes(ada: User):
    dora = Actor("dora", Role.DEPLOYER, grants={"abc": Role.DEPLOYER})
    with pytest.raises(AccessDenied):
        grant_role(dora, username="ada", rest_api_id="abc", role=Role.VIEWER)
    with pytest.raises(AccessDenied):
        revoke_role(dora, username="ada", rest_api_id="abc")


def test_nobody_is_admin_of_one_api(ada: User):
    with pytest.raises(BadRequest, match="no admins of single APIs") as refused:
        grant_role(SYSTEM, username="ada", rest_api_id="abc", role=Role.ADMIN)
    assert refused.value.field == "role"


def test_an_admin_is_not_restricted_and_the_grants_of_before_count_again(ada: User):
    grant_role(SYSTEM, username="ada", rest_api_id="abc", role=Role.VIEWER)
    create_user(SYSTEM, username="grace", password=PASSWORD, role=Role.ADMIN)
    set_role(SYSTEM, username="ada", role=Role.ADMIN)
    assert role_there("ada", "abc") == Role.ADMIN
    with pytest.raises(BadRequest, match="ada is an admin"):
        grant_role(SYSTEM, username="ada", rest_api_id="abc", role=Role.NONE)
    set_role(SYSTEM, username="ada", role=Role.DEPLOYER)
    assert role_there("ada", "abc") == Role.VIEWER


def test_what_is_not_there_is_not_found(ada: User):
    with pytest.raises(NotFound, match="ada has no role of their own on the API abc"):
        revoke_role(SYSTEM, username="ada", rest_api_id="abc")
    with pytest.raises(NotFound, match="The user with name bob cannot be found"):
        grant_role(SYSTEM, username="bob", rest_api_id="abc", role=Role.VIEWER)


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_are_both_kept(ada: User):
    def give(rest_api_id: str) -> None:
        grant_role(SYSTEM, username="ada", rest_api_id=rest_api_id, role=Role.VIEWER)
        connection.close()

    threads = [threading.Thread(target=give, args=[f"api{number}"]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ada.refresh_from_db()
    assert sorted(ada.grants) == [f"api{number}" for number in range(6)]


def shown(user: User) -> list[str]:
    found = list_audit_entries(as_actor(user, door="page", source_ip="", request_id="")).items
    return sorted(entry.changes["about"] for entry in found if "about" in entry.changes)


@pytest.mark.parametrize(
    ("role", "grants", "about"),
    [
        (Role.VIEWER, {}, ["a key", "a plan of abc", "abc", "its stage", "xyz"]),
        (Role.VIEWER, {"abc": "NONE"}, ["a key", "xyz"]),
        (Role.NONE, {"abc": "VIEWER"}, ["abc", "its stage"]),
        (Role.NONE, {"xyz": "DEPLOYER", "abc": "NONE"}, ["xyz"]),
        (Role.NONE, {}, []),
        (Role.ADMIN, {"abc": "NONE"}, ["a key", "a plan of abc", "abc", "its stage", "xyz"]),
    ],
)
def test_the_record_shows_what_may_be_seen(ada: User, role: Role, grants: dict[str, str], about: list[str]):
    for path, what, changes in (
        ("/restapis/abc", "abc", {}),
        ("/restapis/abc/stages/dev", "its stage", {}),
        ("/restapis/xyz", "xyz", {}),
        ("/apikeys/k", "a key", {}),
        ("/usageplans/p", "a plan of abc", {"apiStages": [{"apiId": "abc"}]}),
    ):
        record(SYSTEM, "PutThing", apigateway(path), {"about": what, **changes})
    ada.role, ada.grants = role, grants
    assert shown(ada) == about
