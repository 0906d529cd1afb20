"""Users: made, given a role, given a password."""

import secrets
from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Q

from console.accounts.models import AccessKey, User
from console.accounts.services.audit import record
from console.core import arns, ids
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.models import bad_request
from console.core.paging import Page, page
from console.core.permission import require
from console.core.seal import seal
from console.core.verbs import verb

PAGE = 50


class FirstAdmin(NamedTuple):
    username: str
    password: str
    access_key_id: str
    secret_access_key: str


@verb(needs=Role.ADMIN)
def get_user(actor: Actor, *, username: str) -> User:
    return find_user(username)


def find_user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"The user with name {username} cannot be found.", field="username")
    return user


def own(actor: Actor, username: str, operation: str) -> User:
    """Oneself, or for an admin anybody. Raises AccessDenied."""
    require(actor, Role.NONE if actor.name == username else Role.ADMIN, operation)
    return find_user(username)


@verb(needs=Role.ADMIN)
def create_user(actor: Actor, *, username: str, password: str, role: Role) -> User:
    user = User(username=username, role=role)
    _set_password(user, password)
    try:
        user.full_clean(validate_unique=False)
    except ValidationError as error:
        raise bad_request(error) from error
    if User.objects.filter(username=username).exists():
        raise Conflict(f"User with name {username} already exists.", field="username")
    user.save()
    record(actor, "CreateUser", arns.user(username), {"role": Role(role).name})
    return user


@verb(needs=Role.ADMIN)
def list_users(actor: Actor, *, words: str = "", position: str | None = None) -> Page[User]:
    """By name; `keys` is how many active access keys each has."""
    active = Count("access_keys", filter=Q(access_keys__active=True))
    rows = User.objects.annotate(keys=active)
    for word in words.split():
        rows = rows.filter(username__icontains=word)
    return page(rows, order="username", position=position, limit=PAGE)


@verb(needs=Role.ADMIN)
def set_role(actor: Actor, *, username: str, role: Role) -> User:
    """The last admin stays one: a console that nobody may administer cannot be repaired from inside."""
    _one_at_a_time()
    user = find_user(username)
    if role != Role.ADMIN and _is_last_admin(user):
        raise Conflict("The last admin cannot lose the role. Make somebody else admin first.", field="role")
    before, user.role = Role(user.role), role
    user.save(update_fields=["role"])
    record(actor, "SetRole", arns.user(username), {"from": before.name, "to": Role(role).name})
    return user


@verb(needs=Role.ADMIN)
def set_user_active(actor: Actor, *, username: str, active: bool) -> User:
    """Who is switched off is signed out, and their keys open nothing, from the next request on."""
    _one_at_a_time()
    user = find_user(username)
    if not active and _is_last_admin(user):
        raise Conflict("The last admin cannot be switched off. Make somebody else admin first.", field="username")
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(actor, "SetUserActive", arns.user(username), {"active": active})
    return user


def _is_last_admin(user: User) -> bool:
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    return user.role == Role.ADMIN and user.is_active and not others.exists()


@verb(needs=Role.NONE)
def set_password(actor: Actor, *, username: str, password: str) -> User:
    """One's own, or, for an admin, anybody's."""
    user = own(actor, username, "SetPassword")
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(actor, "SetPassword", arns.user(username))
    return user


@transaction.atomic
def create_first_admin() -> FirstAdmin | None:
    """Where there are no users yet: `admin`, with a password and an access key that are told once. Else None."""
    _one_at_a_time()
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(15)
    user = create_user(SYSTEM, username="admin", password=password, role=Role.ADMIN)
    secret = ids.secret()
    key = AccessKey.objects.create(id=ids.access_key_id(), user=user, secret_sealed=seal(secret))
    record(SYSTEM, "CreateAccessKey", arns.user(user.username), {"accessKeyId": key.id})
    return FirstAdmin(user.username, password, key.id, secret)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadRequest(" ".join(error.messages), field="password") from error
    user.set_password(password)


def _one_at_a_time() -> None:
    """Two who look whether they are the first, or the last, must look one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('stagedoor.accounts'))")
