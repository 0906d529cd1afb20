import pytest
from django.db import IntegrityError, transaction

from console.accounts.models import AuditEntry
from console.accounts.services import record
from console.core.actor import Actor, Role

pytestmark = pytest.mark.django_db

ACTOR = Actor("ada", Role.ADMIN, 7, access_key_id="AKIA", source_ip="10.0.0.1", door="wire", request_id="r")


def test_an_entry_says_who_what_where_and_by_which_door():
    entry = record(ACTOR, "CreateRestApi", "arn:aws:apigateway:us-east-1::/restapis/abc", {"name": "pets"})
    kept = AuditEntry.objects.values(
        "actor_name", "access_key_id", "source_ip", "door", "request_id", "operation", "changes"
    ).get(pk=entry.pk)
    assert kept == {
        "actor_name": "ada",
        "access_key_id": "AKIA",
        "source_ip": "10.0.0.1",
        "door": "wire",
        "request_id": "r",
        "operation": "CreateRestApi",
        "changes": {"name": "pets"},
    }


def test_an_entry_is_part_of_its_mutation_s_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        record(ACTOR, "CreateRestApi", "arn")
        raise RuntimeError
    assert not AuditEntry.objects.exists()


def test_the_database_refuses_to_change_or_to_lose_an_entry():
    record(ACTOR, "CreateRestApi", "arn")
    with pytest.raises(IntegrityError, match="append only: UPDATE refused"), transaction.atomic():
        AuditEntry.objects.update(actor_name="nobody")
    with pytest.raises(IntegrityError, match="append only: DELETE refused"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.get().actor_name == "ada"
