"""The chain of the audit record, and what becomes visible when somebody writes past the verbs, in plain SQL."""

import datetime as dt
import threading
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from console.accounts import tasks
from console.accounts.models import AuditCheck, AuditEntry, AuditLink, AuditSeal
from console.accounts.services import Head, prune_audit, record, seal_audit, verify_audit
from console.core.actor import Actor, Role

pytestmark = pytest.mark.django_db

ACTOR = Actor("ada", Role.ADMIN, 7, access_key_id="AKIA", source_ip="10.0.0.1", door="wire", request_id="r")
INSERT = """INSERT INTO accounts_auditentry
    (at, actor_name, access_key_id, source_ip, door, request_id, operation, subject, changes)"""
GUARDS = ("accounts_auditentry", "accounts_auditlink")


def recorded(count: int) -> list[AuditEntry]:
    """Entries as their transactions' commit leaves them."""
    made = [record(ACTOR, "CreateRestApi", f"arn:{n}", {"name": "größe", "n": [n, 1.50, None]}) for n in range(count)]
    connection.check_constraints()  # what a commit does: the deferred triggers
    return made


def past_the_guards(sql: str, *params: object) -> None:
    """As somebody who owns the tables can."""
    with connection.cursor() as cursor:
        for table in GUARDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        for table in GUARDS:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_links_are_numbered_without_gaps_and_hold():
    entries = recorded(3)
    assert list(AuditLink.objects.order_by("number").values_list("number", "entry_id")) == [
        (number, entry.pk) for number, entry in enumerate(entries, start=1)
    ]
    verdict = verify_audit()
    assert (verdict.entries, verdict.head.number, verdict.problem) == (3, 3, "")


def test_a_record_without_entries_holds():
    assert verify_audit() == (0, Head(0, ""), "")
    assert seal_audit() == (0, Head(0, ""), "")


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'bob'",
        "at = at + interval '1 microsecond'",
        "access_key_id = ''",
        "source_ip = '10.0.0.2'",
        "door = 'page'",
        "request_id = 'q'",
        "operation = 'DeleteRestApi'",
        "subject = 'arn:9'",
        """changes = '{"name": "größe", "n": [1, 1.5]}'""",
        "actor_name = 'ad', access_key_id = 'aAKIA'",
    ],
)
def test_an_entry_that_was_changed_shows(change: str):
    entries = recorded(3)
    past_the_guards(f"UPDATE accounts_auditentry SET {change} WHERE id = %s", entries[1].pk)
    verdict = verify_audit()
    assert verdict.entries == 1
    assert verdict.problem.startswith(f"Entry {entries[1].pk} of link 2 is not as it was written")


def test_an_entry_that_is_gone_shows():
    entries = recorded(3)
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[1].pk)
    assert verify_audit().problem == f"The entry {entries[1].pk} of link 2 is gone."


def test_an_entry_that_is_gone_with_its_link_shows():
    entries = recorded(3)
    past_the_guards("DELETE FROM accounts_auditlink WHERE number = 2")
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[1].pk)
    assert verify_audit().problem == "After link 1 comes link 3: what was between them is gone."


def test_a_beginning_that_is_gone_shows():
    entries = recorded(3)
    past_the_guards("DELETE FROM accounts_auditlink WHERE number = 1")
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[0].pk)
    assert verify_audit().problem == "After link 0 comes link 2: what was between them is gone."


def test_an_entry_that_was_put_in_past_the_chain_shows():
    recorded(1)
    past_the_guards(f"{INSERT} VALUES (now(), 'ada', '', '', 'page', '', 'SignIn', 'arn', '{{}}')")
    stray = AuditEntry.objects.latest("pk")
    assert verify_audit().problem == f"Entry {stray.pk} is in no link: it was written past the chain."


def rewritten(after: int) -> None:
    """All that comes after a link is linked anew, as somebody does who knows how."""
    past_the_guards("DELETE FROM accounts_auditlink WHERE number > %s", after)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT accounts_audit_link(entry) FROM (SELECT * FROM accounts_auditentry ORDER BY id) AS entry"
            " WHERE id NOT IN (SELECT entry_id FROM accounts_auditlink)"
        )


def test_a_chain_that_was_written_anew_shows_where_it_was_sealed():
    entries = recorded(3)
    assert seal_audit().head.number == 3
    past_the_guards("UPDATE accounts_auditentry SET actor_name = 'bob' WHERE id = %s", entries[1].pk)
    rewritten(after=1)
    assert verify_audit().problem == "Link 3 is not the one that was noted: the record was written anew."
    assert seal_audit().problem.startswith("Link 3 is not the one")


def test_an_end_that_is_gone_shows_where_it_was_sealed():
    entries = recorded(3)
    seal_audit()
    past_the_guards("DELETE FROM accounts_auditlink WHERE number = 3")
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[2].pk)
    gone = "The record ends at link 2, though it had come to 3: its end is gone."
    assert verify_audit().problem == gone
    assert seal_audit().problem == gone


def test_an_end_that_is_gone_with_its_seal_shows_to_who_noted_the_head():
    entries = recorded(3)
    head = seal_audit().head
    past_the_guards("DELETE FROM accounts_auditlink WHERE number = 3")
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[2].pk)
    AuditSeal.objects.all().delete()
    assert verify_audit().problem == ""
    assert "its end is gone" in verify_audit(noted=head).problem


def test_a_seal_cannot_be_made_without_the_key(settings):
    recorded(1)
    seal_audit()
    settings.SEAL_KEYS = ["of another console"]
    assert verify_audit().problem.startswith("The seal of the record is broken")
    assert seal_audit().problem.startswith("The seal of the record is broken")


def test_a_seal_goes_on_from_the_one_before_and_looks_at_what_is_new():
    recorded(2)
    seal_audit()
    entries = recorded(2)
    assert seal_audit()[:2] == (2, Head.read(str(verify_audit().head)))
    assert seal_audit().entries == 0
    late = recorded(1)
    past_the_guards("UPDATE accounts_auditentry SET door = 'page' WHERE id = %s", late[0].pk)
    sealed = bytes(AuditSeal.objects.get().head_sealed)
    assert f"Entry {entries[1].pk + 1} of link 5" in seal_audit().problem
    assert bytes(AuditSeal.objects.get().head_sealed) == sealed, "what does not hold is not sealed"


def test_a_replaced_key_is_needed_until_the_next_seal(settings):
    recorded(1)
    settings.SEAL_KEYS = ["old"]
    seal_audit()
    settings.SEAL_KEYS = ["new", "old"]
    seal_audit()
    settings.SEAL_KEYS = ["new"]
    assert verify_audit().problem == ""


def test_what_was_pruned_is_said_by_the_record_and_the_rest_holds():
    _, young = recorded(2), recorded(2)
    seal_audit()
    assert prune_audit(before=young[0].at) == 2
    connection.check_constraints()
    assert AuditEntry.objects.order_by("pk").first() == young[0]
    said = AuditEntry.objects.latest("pk")
    assert (said.operation, said.changes["through"]) == ("PruneAuditRecord", 2)
    assert verify_audit()[::2] == (3, "")
    assert seal_audit().problem == ""
    assert prune_audit(before=young[0].at) == 0, "nothing is older"
    assert prune_audit(before=timezone.now() + dt.timedelta(days=1)) == 0, "the newest is kept: a chain has a beginning"
    prune_audit(before=young[1].at)
    connection.check_constraints()
    assert verify_audit()[::2] == (3, "")


def test_a_beginning_that_claims_to_be_pruned_has_to_meet_the_seal():
    recorded(3)
    seal_audit()
    past_the_guards("DELETE FROM accounts_auditentry WHERE id IN (SELECT entry_id FROM accounts_auditlink)")
    past_the_guards("UPDATE accounts_auditlink SET digest = repeat('0', 64) WHERE number = 3")
    record(ACTOR, "PruneAuditRecord", "arn", {"through": 3, "digest": "0" * 64})
    connection.check_constraints()
    past_the_guards("DELETE FROM accounts_auditlink WHERE number <= 3")
    assert verify_audit().problem == "Link 3 is not the one that was noted: the record was written anew."


@pytest.mark.parametrize("table", GUARDS)
def test_the_record_cannot_be_truncated(table: str):
    recorded(1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL stagedoor.truncate = 'off'")
        with pytest.raises(IntegrityError, match="append only: TRUNCATE refused"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table}")
    assert AuditLink.objects.count() == 1


def test_a_link_cannot_be_changed():
    recorded(1)
    with pytest.raises(IntegrityError, match="append only: UPDATE refused"), transaction.atomic():
        AuditLink.objects.update(digest="0" * 64)


def test_the_last_look_is_kept_for_the_page():
    entries = recorded(1)
    verify_audit()
    past_the_guards("DELETE FROM accounts_auditentry WHERE id = %s", entries[0].pk)
    verify_audit()
    assert AuditCheck.objects.get().problem == f"The entry {entries[0].pk} of link 1 is gone."


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain():
    def write(who: int) -> None:
        for number in range(10):
            with suppress(RuntimeError), transaction.atomic():
                record(ACTOR, "CreateRestApi", f"arn:{who}:{number}")
                if number % 3 == 0:
                    raise RuntimeError  # rolled back: no number is lost with it
        connection.close()

    threads = [threading.Thread(target=write, args=[who]) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify_audit()
    assert (verdict.entries, verdict.head.number, verdict.problem) == (36, 36, "")


@pytest.mark.django_db(transaction=True)
def test_who_has_recorded_and_not_committed_keeps_nobody_waiting():
    """The chain's lock is taken at the commit, so verbs that go on after their entry hold nobody up."""

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            record(ACTOR, "CreateRestApi", "arn:other")
        connection.close()

    with transaction.atomic():
        record(ACTOR, "CreateRestApi", "arn:first")
        other = threading.Thread(target=write)
        other.start()
        other.join()
        assert AuditLink.objects.count() == 1
    assert verify_audit()[::2] == (2, "")


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_there_was_a_chain_is_linked_by_the_migration():
    call_command("migrate", "accounts", "0002", verbosity=0)
    try:
        with connection.cursor() as cursor:
            values = "SELECT now(), 'ada', '', '', 'page', '', 'SignIn', n, '{}' FROM generate_series(1, 5) AS n"
            cursor.execute(f"{INSERT} {values}")
    finally:
        call_command("migrate", verbosity=0)
    record(ACTOR, "CreateRestApi", "arn")
    assert verify_audit()[::2] == (6, "")


def test_a_worker_seals_verifies_and_says_what_is_wrong(caplog: pytest.LogCaptureFixture):
    entries = recorded(1)
    caplog.set_level("INFO")
    assert tasks.seal_audit() in caplog.messages[0]
    assert tasks.verify_audit() == ""
    past_the_guards("UPDATE accounts_auditentry SET door = 'page' WHERE id = %s", entries[0].pk)
    assert "is not as it was written" in tasks.verify_audit()
    assert caplog.records[-1].levelname == "ERROR"
    AuditSeal.objects.all().delete()
    tasks.seal_audit()
    assert caplog.messages[-1].startswith("the audit record is not sealed")
    assert not AuditSeal.objects.exists()


def test_entries_are_kept_for_ever_unless_it_is_set(settings):
    record(ACTOR, "CreateRestApi", "arn")
    AuditEntry.objects.bulk_create([AuditEntry(actor_name="ada", door="page", operation="SignIn", subject="arn")])
    connection.check_constraints()
    assert tasks.prune_audit() == 0
    settings.AUDIT_DAYS = 1
    assert tasks.prune_audit() == 0, "none is as old"
