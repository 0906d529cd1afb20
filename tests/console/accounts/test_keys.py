import re

import pytest
from django.db import connection

from console.accounts.models import AccessKey, AuditEntry, User
from console.accounts.services import create_access_key, delete_access_key, list_access_keys, set_access_key_active
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, NotFound
from console.core.seal import unseal

pytestmark = pytest.mark.django_db


def test_a_key_looks_like_aws_s(ada: User):
    key = create_access_key(SYSTEM, username="ada")
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.row.id)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", key.secret)


def test_the_secret_is_sealed_in_the_database(ada: User):
    key = create_access_key(SYSTEM, username="ada")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_sealed FROM accounts_accesskey")
        (kept,) = cursor.fetchone()
    assert key.secret.encode() not in bytes(kept)
    assert unseal(kept) == key.secret


def test_the_secret_is_in_no_record(ada: User):
    key = create_access_key(SYSTEM, username="ada")
    entry = AuditEntry.objects.get(operation="CreateAccessKey")
    assert entry.changes == {"accessKeyId": key.row.id}


def test_everyone_has_their_own_keys_in_hand(as_ada: Actor):
    key = create_access_key(as_ada, username="ada")
    assert list_access_keys(as_ada, username="ada") == [key.row]
    assert set_access_key_active(as_ada, access_key_id=key.row.id, active=False).active is False
    delete_access_key(as_ada, access_key_id=key.row.id)
    assert not AccessKey.objects.exists()
    operations = list(AuditEntry.objects.order_by("pk").values_list("operation", flat=True))
    assert operations == ["CreateUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"]


def test_nobody_but_an_admin_has_another_s_in_hand(ada: User):
    key = create_access_key(SYSTEM, username="ada")
    bob = Actor(name="bob", role=Role.DEPLOYER)
    for act in (
        lambda: create_access_key(bob, username="ada"),
        lambda: list_access_keys(bob, username="ada"),
        lambda: set_access_key_active(bob, access_key_id=key.row.id, active=False),
        lambda: delete_access_key(bob, access_key_id=key.row.id),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert AccessKey.objects.get().active


def test_an_unknown_key_is_not_found():
    with pytest.raises(NotFound, match="The Access Key with id AKIANONE cannot be found"):
        delete_access_key(SYSTEM, access_key_id="AKIANONE")
