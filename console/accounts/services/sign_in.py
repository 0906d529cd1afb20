"""Who signs in at the browser, and the lock-out of those who guess, here and where a password is changed."""

import datetime as dt

from django.contrib.auth import authenticate
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from console.accounts.models import SignInFailure, User
from console.accounts.services.audit import record
from console.accounts.services.users import set_password
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, TooManyRequests, Unauthorized
from console.core.requests import request_id, source_ip

WINDOW = dt.timedelta(minutes=15)
# Of one name from one address; a stranger elsewhere cannot lock a user out of the user's own desk.
LIMIT = 5
# Of one name from everywhere, and of one address for every name: guessing by many hands, or at many doors.
WIDE_LIMIT = 50


def sign_in(*, username: str, password: str, source_ip: str = "", request_id: str = "") -> User:
    """Raises Unauthorized, or TooManyRequests once too many have failed within a quarter of an hour."""
    _refuse_guessers(username, source_ip)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        SignInFailure.objects.create(username=username[:150], source_ip=source_ip)
        raise Unauthorized("The user name or the password is wrong.")
    SignInFailure.objects.filter(username=username, source_ip=source_ip).delete()
    record(as_actor(user, source_ip=source_ip, door="page", request_id=request_id), "SignIn", arns.user(user.username))
    return user


def change_password(actor: Actor, *, current_password: str, password: str) -> User:
    """One's own, by who knows the one before: an open browser is not enough, and guesses are counted as at the sign-in.

    Raises BadRequest, or TooManyRequests.
    """
    _refuse_guessers(actor.name, actor.source_ip)
    if authenticate(username=actor.name, password=current_password) is None:
        SignInFailure.objects.create(username=actor.name, source_ip=actor.source_ip)
        raise BadRequest("This is not your password now.", field="currentPassword")
    SignInFailure.objects.filter(username=actor.name, source_ip=actor.source_ip).delete()
    return set_password(actor, username=actor.name, password=password)


def actor_of(request: HttpRequest, door: str = "page") -> Actor:
    """The signed-in user of a page's request. Raises Unauthorized."""
    user = request.user
    if not isinstance(user, User):
        raise Unauthorized("Sign in first.")
    return as_actor(user, source_ip=source_ip(request), door=door, request_id=request_id(request))


def as_actor(user: User, *, door: str, source_ip: str, request_id: str, access_key_id: str = "") -> Actor:
    return Actor(
        name=user.username,
        role=Role(user.role),
        user_id=user.pk,
        grants=user.granted,
        access_key_id=access_key_id,
        source_ip=source_ip,
        door=door,
        request_id=request_id,
    )


def _refuse_guessers(username: str, source_ip: str) -> None:
    since = timezone.now() - WINDOW
    SignInFailure.objects.filter(at__lt=since).delete()
    name, address = Q(username=username[:150]), Q(source_ip=source_ip)
    failed = SignInFailure.objects.filter(name | address).aggregate(
        here=Count("pk", filter=name & address), name=Count("pk", filter=name), address=Count("pk", filter=address)
    )
    if failed["here"] >= LIMIT or max(failed["name"], failed["address"]) >= WIDE_LIMIT:
        minutes = int(WINDOW.total_seconds() // 60)
        raise TooManyRequests(f"Too many attempts have failed. Wait {minutes} minutes, then try again.")
