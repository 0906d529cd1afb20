import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from console.accounts.models import AccessKey, User
from console.core.actor import Role
from console.core.seal import unseal

pytestmark = pytest.mark.django_db


def create_admin(*args: str) -> dict:
    out = StringIO()
    call_command("create_admin", *args, stdout=out)
    return json.loads(out.getvalue())


def test_a_new_console_gets_an_admin_with_a_password_and_a_key():
    told = create_admin()
    user = User.objects.get()
    assert (told["created"], told["username"], user.role) == (True, "admin", Role.ADMIN)
    assert user.check_password(told["password"])
    key = AccessKey.objects.get()
    assert (key.id, unseal(key.secret_sealed)) == (told["access_key_id"], told["secret_access_key"])


def test_a_second_time_changes_nothing():
    create_admin()
    assert create_admin() == {"created": False}
    assert (User.objects.count(), AccessKey.objects.count()) == (1, 1)


def test_a_further_key_can_be_asked_for():
    create_admin()
    told = create_admin("--access-key-for", "admin")
    assert told["created"] is False
    assert unseal(AccessKey.objects.get(id=told["access_key_id"]).secret_sealed) == told["secret_access_key"]


def test_a_further_key_of_nobody_is_one_sentence():
    create_admin()
    with pytest.raises(CommandError, match="The user with name bob cannot be found"):
        create_admin("--access-key-for", "bob")
