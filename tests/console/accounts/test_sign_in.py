import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from console.accounts.models import AuditEntry, SignInFailure, User
from console.accounts.services import actor_of, change_password, sign_in
from console.accounts.services.sign_in import LIMIT, WIDE_LIMIT, WINDOW
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, TooManyRequests, Unauthorized
from tests.console.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def guess(times: int, *, username: str = "ada", source_ip: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(Unauthorized):
            sign_in(username=username, password="wrong", source_ip=source_ip)


def test_the_right_password_signs_in_and_is_recorded(ada: User):
    assert sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1") == ada
    entry = AuditEntry.objects.get(operation="SignIn")
    assert (entry.actor_name, entry.source_ip, entry.door) == ("ada", "10.0.0.1", "page")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(ada: User):
    for username in ("ada", "nobody"):
        with pytest.raises(Unauthorized, match=r"The user name or the password is wrong\."):
            sign_in(username=username, password="wrong")


def test_an_inactive_user_does_not_sign_in(ada: User):
    User.objects.update(is_active=False)
    with pytest.raises(Unauthorized):
        sign_in(username="ada", password=PASSWORD)


def test_who_guesses_too_often_is_locked_out_even_with_the_right_password(ada: User):
    guess(LIMIT)
    with pytest.raises(TooManyRequests, match="Wait 15 minutes"):
        sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1")


def test_a_stranger_s_guesses_do_not_lock_out_the_user_elsewhere(ada: User):
    guess(LIMIT)
    assert sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.2") == ada


def test_guesses_from_everywhere_lock_the_name(ada: User):
    SignInFailure.objects.bulk_create(
        SignInFailure(username="ada", source_ip=f"10.1.0.{number}") for number in range(WIDE_LIMIT)
    )
    with pytest.raises(TooManyRequests):
        sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.2")


def test_guesses_at_many_names_lock_the_address(ada: User):
    SignInFailure.objects.bulk_create(
        SignInFailure(username=f"user{number}", source_ip="10.0.0.1") for number in range(WIDE_LIMIT)
    )
    with pytest.raises(TooManyRequests):
        sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1")


def test_the_lock_opens_by_itself(ada: User):
    guess(LIMIT)
    SignInFailure.objects.update(at=timezone.now() - WINDOW - dt.timedelta(seconds=1))
    assert sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1") == ada
    assert not SignInFailure.objects.exists()


def test_the_right_password_forgets_earlier_slips(ada: User):
    guess(LIMIT - 1)
    sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1")
    guess(LIMIT - 1)
    assert sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1") == ada


def test_the_actor_of_a_page_is_its_signed_in_user(ada: User, rf: RequestFactory):
    request = rf.get("/", REMOTE_ADDR="10.0.0.9")
    request.user = ada
    actor = actor_of(request)
    assert (actor.name, actor.role, actor.user_id) == ("ada", Role.DEVELOPER, ada.pk)
    assert (actor.source_ip, actor.door) == ("10.0.0.9", "page")
    assert actor.request_id == actor_of(request).request_id != ""


def test_nobody_is_no_actor(rf: RequestFactory):
    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(Unauthorized):
        actor_of(request)


class TestChangingAPassword:
    @pytest.fixture
    def as_ada(self, ada: User) -> Actor:
        return Actor("ada", Role.DEVELOPER, ada.pk, source_ip="10.0.0.1")

    def test_it_takes_the_one_before(self, as_ada: Actor):
        with pytest.raises(BadRequest, match="This is not your password now") as refused:
            change_password(as_ada, current_password="wrong", password="another engine")
        assert refused.value.field == "currentPassword"
        changed = change_password(as_ada, current_password=PASSWORD, password="another engine")
        assert changed.check_password("another engine")
        assert not SignInFailure.objects.exists()

    def test_who_guesses_it_too_often_is_locked_out_there_and_at_the_sign_in(self, as_ada: Actor):
        for _ in range(LIMIT):
            with pytest.raises(BadRequest):
                change_password(as_ada, current_password="wrong", password="another engine")
        with pytest.raises(TooManyRequests, match="Wait 15 minutes, then try again"):
            change_password(as_ada, current_password=PASSWORD, password="another engine")
        with pytest.raises(TooManyRequests):
            sign_in(username="ada", password=PASSWORD, source_ip="10.0.0.1")
        assert User.objects.get().check_password(PASSWORD)

    def test_a_weak_one_is_no_guess(self, as_ada: Actor):
        with pytest.raises(BadRequest) as refused:
            change_password(as_ada, current_password=PASSWORD, password="short")
        assert refused.value.field == "password"
        assert not SignInFailure.objects.exists()
