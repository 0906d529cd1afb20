"""Who speaks to the wire: who signs a request, who shows a token, who is signed in at a browser. Each is an actor."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from console.accounts.models import AccessKey, Token, User
from console.accounts.services import actor_of, as_actor, used_token
from console.core.actor import Actor
from console.core.faults import UnrecognizedClient
from console.core.requests import request_id, source_ip
from console.core.seal import unseal
from console.core.wire import sigv4
from console.core.wire.received import to_verify

# A key's or a token's last use is written at most this often.
USE_NOTED = dt.timedelta(minutes=1)


class SignedRequest(BaseAuthentication):
    """Signature Version 4, in the Authorization header or in the query of a presigned URL."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        received = to_verify(request._request)
        claim = sigv4.claim(received)
        if claim is None:
            return None
        key = _key(claim)
        now = timezone.now()
        sigv4.verify(claim, received, secret=unseal(key.secret_sealed), now=now)
        _note_use(AccessKey.objects.filter(pk=key.pk), key.last_used_date, now)
        return key.user, _actor(key.user, key.pk, request)


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer` and a token of a user's, for scripts that do not sign."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        scheme, _, text = str(request._request.headers.get("authorization", "")).strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        token, now = used_token(text.strip()), timezone.now()
        _note_use(Token.objects.filter(pk=token.pk), token.last_used_date, now)
        return token.user, _actor(token.user, token.pk, request)


class SignedIn(SessionAuthentication):
    """The session's cookie; what changes something needs the CSRF token too."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        found = super().authenticate(request)
        return (found[0], actor_of(request._request, door="wire")) if found is not None else None


def _key(claim: sigv4.Claim) -> AccessKey:
    """A session token is of no key that this console gives."""
    usable = AccessKey.objects.filter(id=claim.access_key_id, active=True, user__is_active=True)
    key = usable.select_related("user").first()
    if key is None or claim.token:
        raise UnrecognizedClient
    return key


def _note_use(used: "QuerySet[Any]", last: dt.datetime | None, now: dt.datetime) -> None:
    before = now - USE_NOTED
    if last is None or last < before:
        used.filter(Q(last_used_date=None) | Q(last_used_date__lt=before)).update(last_used_date=now)


def _actor(user: User, access_key_id: str, request: Request) -> Actor:
    return as_actor(
        user,
        access_key_id=access_key_id,
        source_ip=source_ip(request._request),
        door="wire",
        request_id=request_id(request._request),
    )
