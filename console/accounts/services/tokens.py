"""Tokens for scripts: named, made with an end, shown once, revoked. What the database keeps of one is its digest."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from console.accounts.models import Token
from console.accounts.services.audit import record
from console.accounts.services.users import own
from console.core import arns, ids
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, ExpiredToken, NotFound, UnrecognizedClient
from console.core.verbs import verb

MAX_DAYS = 365
# Those who look for secrets in what was committed know them by it.
PREFIX = "stagedoor_"


class NewToken(NamedTuple):
    row: Token
    text: str


@verb(needs=Role.NONE)
def list_tokens(actor: Actor, *, username: str) -> list[Token]:
    """Those that are not revoked, expired ones too."""
    return list(_live(own(actor, username, "ListTokens").pk).order_by("created_date"))


@verb(needs=Role.NONE)
def get_token(actor: Actor, *, token_id: str) -> Token:
    return _token(actor, token_id, "GetToken")


@verb(needs=Role.NONE)
def create_token(actor: Actor, *, username: str, name: str, days: int) -> NewToken:
    """One's own, or, for an admin, anybody's. It may do what its user may, until `days` from now."""
    user = own(actor, username, "CreateToken")
    name = _named(name)
    if not 1 <= days <= MAX_DAYS:
        raise BadRequest(f"A token lasts from 1 to {MAX_DAYS} days.", field="days")
    type(user).objects.select_for_update().get(pk=user.pk)  # so that no other of the name is made meanwhile
    if _live(user.pk).filter(name=name).exists():
        raise Conflict(f"There is a token {name} already. Revoke it first, or give another name.", field="name")
    text = f"{PREFIX}{ids.secret()}"
    expires = timezone.now() + dt.timedelta(days=days)
    row = Token.objects.create(id=ids.token_id(), user=user, name=name, digest=_digest(text), expires_date=expires)
    changes = {"tokenId": row.pk, "name": name, "expires": expires.isoformat()}
    record(actor, "CreateToken", arns.user(user.username), changes)
    return NewToken(row, text)


@verb(needs=Role.NONE)
def revoke_token(actor: Actor, *, token_id: str) -> Token:
    """It opens nothing from the next request on, and its name can be given again."""
    row = _token(actor, token_id, "RevokeToken")
    row.revoked_date = timezone.now()
    row.save(update_fields=["revoked_date"])
    record(actor, "RevokeToken", arns.user(row.user.username), {"tokenId": row.pk, "name": row.name})
    return row


def used_token(text: str) -> Token:
    """With its user. Raises UnrecognizedClient, or ExpiredToken for one whose time is over."""
    found = Token.objects.select_related("user").filter(digest=_digest(text), revoked_date=None, user__is_active=True)
    token = found.first()
    if token is None:
        raise UnrecognizedClient
    if token.is_expired:
        raise ExpiredToken
    return token


def token_names(access_key_ids: Iterable[str]) -> dict[str, str]:
    """Of those ids that are tokens', for a page of the record; without any, no query."""
    wanted = {one for one in access_key_ids if one.startswith(ids.BEARER)}
    return dict(Token.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _token(actor: Actor, token_id: str, operation: str) -> Token:
    row = Token.objects.select_related("user").filter(pk=token_id, revoked_date=None).first()
    if row is None:
        raise NotFound(f"The token with id {token_id} cannot be found.", field="tokenId")
    own(actor, row.user.username, operation)
    return row


def _live(user_id: int) -> "QuerySet[Token]":
    return Token.objects.filter(user=user_id, revoked_date=None)


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 64 or "\0" in name:
        raise BadRequest("Give the token a name of 64 characters at most.", field="name")
    return name


def _digest(text: str) -> str:
    """Unsalted, for it is looked up; forty random characters are not guessed."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
