"""The rules on headers as the tables they are. Source: developer guide, "Important notes"; behaviours 9, 57-86."""

from typing import get_args

import pytest

from dataplane.http1.plain import RULED
from dataplane.snapshot import IntegrationType
from dataplane.steps import header_rules
from dataplane.steps.header_rules import (
    DROPPED_AT_ENTRY,
    DROPPED_FROM_ANSWER,
    FORBIDDEN_TO_MAP,
    NOT_PROXIED,
    NOT_SENT,
    REMAPPED,
    REMAPPED_WHEN_MAPPED,
    replaced,
)


def names(text: str) -> set[bytes]:
    return {name.strip().lower().encode() for name in text.split(",")}


def test_row_9_what_is_dropped_at_entry() -> None:
    assert (
        names(
            "Connection, Content-Length, Content-MD5, Expect, Max-Forwards, Proxy-Authenticate, Server, TE,"
            " Transfer-Encoding, Trailer, Upgrade, WWW-Authenticate"
        )
        <= DROPPED_AT_ENTRY
    )


def test_row_57_what_a_proxy_does_not_pass() -> None:
    assert DROPPED_AT_ENTRY | names("Host, Via") <= NOT_PROXIED


@pytest.mark.parametrize(
    ("kind", "forbidden"),
    [
        ("HTTP", ""),
        ("HTTP_PROXY", ""),
        ("AWS", ",authorization,connection,expect,proxy-authenticate,te"),
        ("AWS_PROXY", ",authorization,connection,expect,proxy-authenticate,te"),
    ],
)
def test_row_59_what_may_not_be_mapped(kind: str, forbidden: str) -> None:
    always = "content-length,transfer-encoding,x-amzn-trace-id,x-amzn-apigateway-api-id"
    assert {name.encode() for name in FORBIDDEN_TO_MAP[kind]} == names(always + forbidden)


def test_every_type_that_sends_something_has_its_row() -> None:
    assert set(get_args(IntegrationType)) - {"MOCK"} <= set(FORBIDDEN_TO_MAP)


def test_row_85_what_is_remapped() -> None:
    assert set(REMAPPED) == names("Content-Length, Date, Server, x-amzn-RequestId")
    assert set(REMAPPED_WHEN_MAPPED) == set(REMAPPED) | names(
        "Connection, Authorization, Content-MD5, Expect, Host, Max-Forwards, Proxy-Authenticate, Trailer, Upgrade,"
        " User-Agent, WWW-Authenticate"
    )
    for name, remapped in REMAPPED_WHEN_MAPPED.items():
        assert remapped.lower() == b"x-amzn-remapped-" + name


def test_row_86_what_is_dropped_from_an_answer() -> None:
    assert names("Transfer-Encoding, Via") <= DROPPED_FROM_ANSWER


def test_a_head_is_cut_at_all_of_them() -> None:
    assert NOT_PROXIED | DROPPED_FROM_ANSWER | set(REMAPPED) <= RULED


def test_what_is_about_the_connection_is_never_sent_for_a_mapping() -> None:
    assert names("Connection, Keep-Alive, TE, Trailer, Transfer-Encoding, Upgrade, Expect") <= NOT_SENT


def test_all_names_are_in_lower_case_as_they_are_looked_up() -> None:
    for name, table in vars(header_rules).items():
        if name.isupper() and isinstance(table, frozenset | dict) and table is not FORBIDDEN_TO_MAP:
            assert all(key == key.lower() for key in table), name


def test_a_header_is_replaced_whatever_its_case_and_others_stay_in_their_order() -> None:
    headers = [(b"A", b"1"), (b"X-b", b"2"), (b"C", b"3"), (b"x-B", b"4")]
    assert replaced(headers, [("X-B", "5")]) == [(b"A", b"1"), (b"C", b"3"), (b"X-B", b"5")]


def test_no_value_becomes_a_header_of_its_own() -> None:
    assert replaced([], [("X\r\nY", "a\r\nZ: b")]) == [(b"XY", b"a  Z: b")]


@pytest.mark.parametrize("name", ["Content-Length ", "Content-Length:", "Content-\u00e9Length", "(Content-Length)"])
def test_a_name_is_what_can_be_sent_of_it_for_every_rule(name: str) -> None:
    assert replaced([(b"content-length", b"2")], [(name, "1")]) == [(b"Content-Length", b"1")]


def test_no_name_becomes_a_header_and_its_value() -> None:
    assert replaced([], [("Content-Length: 1, X", "2")]) == [(b"Content-Length1X", b"2")]
