import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.http import UnreadablePostError
from rest_framework.exceptions import MethodNotAllowed, NotAcceptable, PermissionDenied

from console.accounts.models import User
from console.core.faults import NotFound
from console.core.wire.errors import answer, as_fault


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (NotFound("gone"), 404, "NotFoundException"),
        (OperationalError("no route"), 503, "ServiceUnavailableException"),
        (InterfaceError("closed"), 503, "ServiceUnavailableException"),
        (RequestDataTooBig(), 413, "RequestEntityTooLargeException"),
        (TooManyFieldsSent(), 400, "BadRequestException"),
        (UnreadablePostError(), 400, "BadRequestException"),
        (PermissionDenied("CSRF Failed"), 403, "AccessDeniedException"),
        (MethodNotAllowed("PURGE"), 403, "MissingAuthenticationTokenException"),
        (NotAcceptable(), 400, "BadRequestException"),
        (ZeroDivisionError(), 500, "InternalFailure"),
        (IntegrityError("a column is null"), 500, "InternalFailure"),
    ],
)
def test_every_exception_is_one_of_aws_s(error: Exception, status: int, kind: str):
    fault = as_fault(error)
    assert (fault.status, fault.type) == (status, kind)


@pytest.mark.django_db
def test_a_row_that_another_was_first_to_write_is_a_conflict():
    User.objects.create(username="ada")
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        User.objects.create(username="ada")
    fault = as_fault(raised.value)
    assert (fault.status, fault.type) == (409, "ConflictException")
    assert fault.message == "Unable to complete operation due to concurrent modification. Please try again later."


@pytest.mark.django_db
def test_a_lock_that_another_holds_is_a_conflict():
    with pytest.raises(OperationalError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END $$")
    assert as_fault(raised.value).type == "ConflictException"


def test_what_the_house_is_to_blame_for_is_logged_with_its_cause(caplog):
    answer(ZeroDivisionError("by zero"), {})
    assert "by zero" in caplog.text
    caplog.clear()
    answered = answer(NotFound("gone"), {})
    assert (answered.data, answered.headers["x-amzn-ErrorType"]) == ({"message": "gone"}, "NotFoundException")
    assert caplog.text == ""
