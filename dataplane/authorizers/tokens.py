"""COGNITO_USER_POOLS and JWT authorizers: a token that an issuer signed is its own proof, and nobody has to be asked.

Source: developer guide, "Integrate an API with a user pool"; botocore, `JwtConfiguration`; behaviours 46, 112.
"""

import re
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Final

from dataplane.authorizers.claims import told
from dataplane.authorizers.grant import Ask, Grant
from dataplane.authorizers.identity import Source, header
from dataplane.authorizers.keys import IssuerAway, KeySet, keys_at, keys_of
from dataplane.authorizers.lines import misconfigured, starting, unauthorized
from dataplane.authorizers.token import Token, TokenError, read_token, texts
from dataplane.exchange import Exchange
from dataplane.mapping.javaregex import compile_regex, matches
from dataplane.mapping.timelimit import TooSlow
from dataplane.snapshot import Authorizer, JwtIssuer

_COGNITO_ALGORITHMS: Final = frozenset(("RS256",))
_USER_POOL = re.compile(r"arn:[^:]+:cognito-idp:(?P<region>[^:]+):[^:]*:userpool/(?P<id>.+)")


@dataclass(frozen=True, slots=True)
class _Issuer:
    keys: KeySet
    check: Callable[[Token], None]  # what its tokens must claim; raises TokenError


class Tokens:
    """One method's: scopes are the method's."""

    __slots__ = ("_algorithms", "_id", "_issuers", "_scopes", "_source")

    def __init__(
        self,
        authorizer: Authorizer,
        issuers: dict[str, _Issuer],
        algorithms: frozenset[str],
        scopes: frozenset[str],
    ) -> None:
        self._id = authorizer.id
        self._source: Source = header(authorizer.identity_source)
        self._issuers = issuers
        self._algorithms = algorithms
        self._scopes = scopes

    def __call__(self, exchange: Exchange) -> Grant | Coroutine[Any, Any, Grant]:
        text = self._source(exchange)
        starting(exchange, self._id, text)
        try:
            token, issuer = self._read(text)
            key = issuer.keys.at_hand(token.key_id)
            if key is None:
                return self._wait(exchange, token, issuer)
            token.check_signature(key)
        except TokenError as error:
            raise unauthorized(exchange, str(error)) from error
        return _grant(token)

    async def _wait(self, exchange: Exchange, token: Token, issuer: _Issuer) -> Grant:
        try:
            token.check_signature(await issuer.keys.find(token.key_id))
        except TokenError as error:
            raise unauthorized(exchange, str(error)) from error
        except IssuerAway as error:
            raise misconfigured(exchange, str(error)) from error
        return _grant(token)

    def _read(self, text: str) -> tuple[Token, _Issuer]:
        """All that can be said without a key. Raises TokenError."""
        if not text:
            raise TokenError("there is no token")
        token = read_token(text)
        issuer = self._issuers.get(token.issuer)
        if issuer is None:
            raise TokenError(f"nobody trusts its issuer {token.issuer[:100]!r}")
        if token.algorithm not in self._algorithms:
            raise TokenError(f"it is signed with {token.algorithm[:10]!r}")
        token.check_times(time.time())
        issuer.check(token)
        token.check_scopes(self._scopes)
        return token, issuer


def _grant(token: Token) -> Grant:
    return Grant({"claims": told(token.claims)})


def compile_cognito(authorizer: Authorizer, scopes: frozenset[str], endpoint: Callable[[str], str]) -> Ask:
    """`endpoint`: where Cognito is in a region, without a slash at its end. An identity token where the method has no
    scopes, else an access token."""
    pattern = authorizer.identity_validation_expression
    check = _user_pool_check(compile_regex(pattern) if pattern else None, "access" if scopes else "id")
    issuers: dict[str, _Issuer] = {}
    for arn in authorizer.provider_arns:
        if found := _USER_POOL.fullmatch(arn):
            here = f"{endpoint(found['region'])}/{found['id']}"
            issuer = _Issuer(keys_at(f"{here}/.well-known/jwks.json"), check)
            # What stands in for Cognito may call itself what Cognito is called.
            issuers[here] = issuers[f"https://cognito-idp.{found['region']}.amazonaws.com/{found['id']}"] = issuer
    return Tokens(authorizer, issuers, _COGNITO_ALGORITHMS, scopes)


def _user_pool_check(audience: re.Pattern[str] | None, use: str) -> Callable[[Token], None]:
    def check(token: Token) -> None:
        if token.claims.get("token_use") != use:
            raise TokenError(f"it is no {use} token")
        # An access token says which client it is for in a claim of its own.
        named = token.audiences() or texts(token.claims.get("client_id"))
        if audience is not None and not _any_matches(audience, named):
            raise TokenError("its aud does not match the authorizer's identityValidationExpression")

    return check


def _any_matches(pattern: re.Pattern[str], audiences: Iterable[str]) -> bool:
    try:
        return any(matches(pattern, each) for each in audiences)
    except TooSlow as error:
        raise TokenError(f"identityValidationExpression: {error}") from error


def compile_jwt(authorizer: Authorizer, scopes: frozenset[str]) -> Ask:
    issuers = {each.issuer: _Issuer(keys_of(each.issuer), _jwt_check(each)) for each in authorizer.jwt_issuers}
    return Tokens(authorizer, issuers, frozenset(authorizer.jwt_algorithms), scopes)


def _jwt_check(issuer: JwtIssuer) -> Callable[[Token], None]:
    audiences = frozenset(issuer.audiences)

    def check(token: Token) -> None:
        if audiences.isdisjoint(token.audiences()):
            raise TokenError("its aud is none of the authorizer's audiences")
        for rule in issuer.additional_claims:
            value = token.claims.get(rule.claim_name)
            if value is None and not rule.required:
                continue
            if not isinstance(value, str) or (rule.expected_values and value not in rule.expected_values):
                raise TokenError(f"its claim {rule.claim_name} is not as the authorizer expects it")

    return check
