import pytest

from console.accounts.models import AuditEntry, User
from console.accounts.services import create_user, set_password, set_role
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, BadRequest, Conflict, NotFound
from tests.console.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_user_has_a_role_and_a_password(ada: User):
    assert (ada.role, ada.check_password(PASSWORD)) == (Role.DEVELOPER, True)


def test_making_a_user_is_recorded_without_the_password(ada: User):
    entry = AuditEntry.objects.get()
    assert (entry.operation, entry.subject) == ("CreateUser", "arn:aws:iam::000000000000:user/ada")
    assert entry.changes == {"role": "DEVELOPER"}


def test_a_name_is_taken_once(ada: User):
    with pytest.raises(Conflict, match="User with name ada already exists") as refused:
        create_user(SYSTEM, username="ada", password=PASSWORD, role=Role.VIEWER)
    assert refused.value.field == "username"


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [("bob", "short", "password"), ("bob", "password123", "password"), ("b o b", PASSWORD, "username")],
)
def test_a_weak_password_or_an_odd_name_is_refused_at_its_field(username: str, password: str, field: str):
    with pytest.raises(BadRequest) as refused:
        create_user(SYSTEM, username=username, password=password, role=Role.VIEWER)
    assert refused.value.field == field


def test_only_an_admin_makes_users(as_ada: Actor):
    with pytest.raises(AccessDenied, match="User: ada is not authorized to perform: CreateUser"):
        create_user(as_ada, username="bob", password=PASSWORD, role=Role.VIEWER)


def test_a_role_is_changed_and_recorded(ada: User):
    set_role(SYSTEM, username="ada", role=Role.DEPLOYER)
    ada.refresh_from_db()
    assert ada.role == Role.DEPLOYER
    assert AuditEntry.objects.get(operation="SetRole").changes == {"from": "DEVELOPER", "to": "DEPLOYER"}


def test_the_last_admin_stays_one():
    create_user(SYSTEM, username="grace", password=PASSWORD, role=Role.ADMIN)
    with pytest.raises(Conflict, match="The last admin cannot lose the role"):
        set_role(SYSTEM, username="grace", role=Role.VIEWER)
    create_user(SYSTEM, username="alan", password=PASSWORD, role=Role.ADMIN)
    assert set_role(SYSTEM, username="grace", role=Role.VIEWER).role == Role.VIEWER


def test_an_unknown_user_is_not_found(db: None):
    with pytest.raises(NotFound, match="The user with name bob cannot be found"):
        set_role(SYSTEM, username="bob", role=Role.ADMIN)


def test_everyone_may_change_their_own_password_and_nobody_else_s(as_ada: Actor):
    create_user(SYSTEM, username="bob", password=PASSWORD, role=Role.VIEWER)
    assert set_password(as_ada, username="ada", password="another engine").check_password("another engine")
    with pytest.raises(AccessDenied):
        set_password(as_ada, username="bob", password="another engine")
