"""Tokens as they come. Source: RFC 7519; developer guide, "Controlling access to HTTP APIs with JWT authorizers"."""

import json
from typing import Any

import pytest

from dataplane.authorizers.token import Token, TokenError, read_token
from tests.dataplane.authorizers.issuers import encoded, token


def read(**claims: Any) -> Token:
    return read_token(token(claims))


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer ", "BEARER   ", "  "])
def test_a_token_may_be_prefixed_by_bearer(prefix: str) -> None:
    assert read_token(prefix + token({"sub": "ada"})).claims == {"sub": "ada"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON Web Token"),
        ("a.b", "no JSON Web Token"),
        ("a.b.c.d", "no JSON Web Token"),
        ("!.!.!", "no JSON Web Token"),
        (f"{encoded(b'{}')}.{encoded(b'[]')}.AA", "no JSON Web Token"),
        (f"{encoded(b'7')}.{encoded(b'{}')}.AA", "no JSON Web Token"),
        (f"{encoded(b'{}')}.{encoded(b'{}')}.AA", "no alg or no kid"),
        (token({}, kid=None), "no alg or no kid"),  # type: ignore[arg-type]
        (token({}, crit=["exp"]), "asks for an extension"),
        (f"Basic {token({})}", "no JSON Web Token"),
    ],
)
def test_what_is_no_token_is_refused(text: str, says: str) -> None:
    with pytest.raises(TokenError, match=says):
        read_token(text)


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({}, "it has no exp"),
        ({"exp": 1000}, "it has expired"),
        ({"exp": 999.5}, "it has expired"),
        ({"exp": 2000, "nbf": 1001}, "its time has not come"),
        ({"exp": 2000, "iat": 1001}, "its time has not come"),
        ({"exp": "2000"}, "its exp is no time"),
        ({"exp": True}, "its exp is no time"),
        ({"exp": 2000, "nbf": []}, "its nbf is no time"),
    ],
)
def test_a_token_is_good_from_its_beginning_to_its_end(claims: Any, says: str) -> None:
    with pytest.raises(TokenError, match=says):
        read(**claims).check_times(1000)


def test_a_token_within_its_time_passes() -> None:
    read(exp=1001, nbf=1000, iat=1000).check_times(1000)


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "a b"}, ["a", "b"]),
        ({"scp": "a"}, ["a"]),
        ({"scp": ["a", 7, "b"]}, ["a", "b"]),
        ({"scope": 7}, []),
        ({}, []),
    ],
)
def test_scopes_are_a_text_or_a_list(claims: Any, scopes: list[str]) -> None:
    assert read(**claims).scopes() == scopes


def test_one_of_the_scopes_is_enough() -> None:
    read(scope="a b").check_scopes(frozenset(("b", "c")))
    read().check_scopes(frozenset())
    with pytest.raises(TokenError, match="none of the method's scopes"):
        read(scope="a b").check_scopes(frozenset(("c",)))


def test_an_issuer_that_is_no_text_is_nobody() -> None:
    assert (read(iss=["x"]).issuer, read(iss="x").issuer) == ("", "x")


def test_what_was_signed_is_what_came() -> None:
    text = token({"sub": "ada"})
    assert read_token(text).signed == text.rpartition(".")[0].encode()
    assert json.loads(json.dumps(read_token(text).claims)) == {"sub": "ada"}
