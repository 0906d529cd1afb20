import pytest

from console.access.models import Account
from console.access.services import get_account, update_account
from console.accounts.models import AuditEntry
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, BadRequest
from tests.console.stages.drawn import DEPLOYER

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
ROLE = "arn:aws:iam::000000000000:role/service-role/logs"


def patch(op: str, path: str, value: str | None = None) -> Account:
    return update_account(SYSTEM, patch_operations=[{"op": op, "path": path, "value": value}])


def test_an_account_is_there_before_anybody_changed_it() -> None:
    account = get_account(VIEWER)
    assert (account.cloudwatch_role_arn, account.features) == ("", ["UsagePlans"])
    assert not Account.objects.exists()


def test_the_role_is_set_and_taken_away() -> None:
    patch("replace", "/cloudwatchRoleArn", ROLE)
    assert get_account(VIEWER).cloudwatch_role_arn == ROLE
    assert patch("replace", "/cloudwatchRoleArn", "").cloudwatch_role_arn == ""
    assert Account.objects.count() == 1


def test_usage_plans_can_be_asked_for_again() -> None:
    assert patch("add", "/features", "UsagePlans").features == ["UsagePlans"]


@pytest.mark.parametrize(
    ("op", "path", "value", "text"),
    [
        ("replace", "/cloudwatchRoleArn", "mine", "The role ARN is not well formed"),
        ("add", "/cloudwatchRoleArn", ROLE, r"Must be one of: \[replace\]"),
        ("remove", "/features", "UsagePlans", "cannot be removed"),
        ("add", "/features", "Magic", "Invalid feature specified"),
        ("replace", "/throttleSettings/rateLimit", "1", "Invalid patch path"),
    ],
)
def test_nothing_else_can_be_patched(op: str, path: str, value: str, text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        patch(op, path, value)
    assert not Account.objects.exists()


def test_a_change_is_recorded_and_an_admin_s_to_make() -> None:
    patch("replace", "/cloudwatchRoleArn", ROLE)
    entry = AuditEntry.objects.get()
    assert (entry.operation, entry.subject) == ("UpdateAccount", "arn:aws:apigateway:us-east-1::/account")
    assert entry.changes == {"/cloudwatchRoleArn": ROLE}
    with pytest.raises(AccessDenied):
        update_account(DEPLOYER)
