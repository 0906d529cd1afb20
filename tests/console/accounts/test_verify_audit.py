from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console.accounts.services import record, verify_audit
from console.core.actor import SYSTEM

pytestmark = pytest.mark.django_db


def test_the_command_says_how_many_entries_hold_and_the_head_to_note():
    record(SYSTEM, "CreateRestApi", "arn")
    connection.check_constraints()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == f"The audit record holds. Entries: 1. Head: {verify_audit().head}\n"
    call_command("verify_audit", "--head", str(verify_audit().head), stdout=out)


def test_the_command_fails_where_the_chain_breaks():
    record(SYSTEM, "CreateRestApi", "arn")
    connection.check_constraints()
    with pytest.raises(CommandError, match=r"does not hold\. Entries before the break: 1\. .*though it had come to 9"):
        call_command("verify_audit", "--head", f"9:{'0' * 64}", stdout=StringIO())


def test_what_is_no_head_is_one_sentence():
    with pytest.raises(CommandError, match="'yesterday' is no head"):
        call_command("verify_audit", "--head", "yesterday")
