"""The oracle is botocore's own signer."""

from types import SimpleNamespace

import pytest
from botocore.auth import SigV4Auth
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from console.core.wire.canonical import canonical_path, canonical_query, canonical_request, canonical_value

SIGNER = SigV4Auth(Credentials("AKIA", "secret"), "apigateway", "us-east-1")


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("", "/"),
        ("/", "/"),
        ("/api/restapis", "/api/restapis"),
        ("/api//restapis/", "/api/restapis/"),
        ("/api/./a/../restapis", "/api/restapis"),
        ("/../..", "/"),
        ("/api/a%20b", "/api/a%2520b"),
        ("/api/a:b", "/api/a%3Ab"),
        ("/api/tags/arn%3Aaws%3A%2F", "/api/tags/arn%253Aaws%253A%252F"),
        ("/~user/a-b_c.d", "/~user/a-b_c.d"),
    ],
)
def test_the_path_is_normalised_and_encoded_a_second_time(sent: str, canonical: str):
    assert canonical_path(sent) == canonical


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("mode", "mode="),
        ("a=b=c", "a=b%3Dc"),
        ("a=%7e%2f", "a=~%2F"),
        ("a=one+two", "a=one%20two"),
        ("&a=1&&", "a=1"),
        ("a=%C3%A9", "a=%C3%A9"),
        ("a=%FF", "a=%FF"),
        ("a-b=1&a=2", "a=2&a-b=1"),
    ],
)
def test_the_query_is_decoded_encoded_anew_and_sorted(sent: str, canonical: str):
    assert canonical_query(sent) == canonical


def test_a_header_s_value_has_single_spaces():
    assert canonical_value("  a   b  c ") == "a b c"


PATHS = st.lists(st.text(st.characters(codec="ascii", exclude_characters="?#\r\n\0"), max_size=6), max_size=5)
TEXT = st.text(min_size=1, max_size=6)


@given(segments=PATHS)
def test_every_path_is_spelled_as_botocore_spells_it(segments: list[str]):
    path = "/" + "/".join(segments)
    assert canonical_path(path) == SIGNER._normalize_url_path(path)


@given(pairs=st.dictionaries(TEXT, TEXT, max_size=4))
def test_every_query_is_spelled_as_botocore_spells_it(pairs: dict[str, str]):
    request = SimpleNamespace(params=pairs, url="http://127.0.0.1/")
    spelled = SIGNER.canonical_query_string(request)
    assert canonical_query(spelled) == spelled


@given(
    path=PATHS,
    headers=st.dictionaries(
        st.from_regex(r"x-[a-z0-9-]{1,8}", fullmatch=True),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
        max_size=4,
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
)
def test_every_canonical_request_is_botocore_s(path: list[str], headers: dict[str, str], method: str):
    from botocore.awsrequest import AWSRequest

    url_path = "/" + "/".join(path)
    request = AWSRequest(method, "http://127.0.0.1:8000/", headers=dict(headers), data=b"{}", params={"limit": "1"})
    signed = SIGNER.headers_to_sign(request)
    request.url = f"http://127.0.0.1:8000{url_path}"
    expected = "\n".join(
        [
            method,
            SIGNER._normalize_url_path(url_path),
            SIGNER.canonical_query_string(request),
            SIGNER.canonical_headers(signed) + "\n",
            SIGNER.signed_headers(signed),
            SIGNER.payload(request),
        ]
    )
    given = {**headers, "host": "127.0.0.1:8000"}
    names = SIGNER.signed_headers(signed).split(";")
    assert canonical_request(method, url_path, "limit=1", given, names, SIGNER.payload(request)) == expected
