import pytest
from django.db import connection, transaction

from console.core.bulk import one_generation

pytestmark = pytest.mark.django_db


def bump() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT publishing_bump()")
        return int(cursor.fetchone()[0])


def test_all_that_changes_inside_takes_one_generation() -> None:
    before = bump()
    with one_generation():
        assert [bump(), bump(), bump()] == [before + 1] * 3
    assert bump() == before + 2


def test_what_is_rolled_back_takes_none() -> None:
    before = bump()
    with one_generation():
        with transaction.atomic():
            bump()
            transaction.set_rollback(True)
        assert [bump(), bump()] == [before + 1] * 2
