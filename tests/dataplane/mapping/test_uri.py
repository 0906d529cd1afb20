from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.uri import Origin, UriError, compile_uri, encode_query


def target(uri: str, path: dict[str, str] | None = None, query: bytes | list[tuple[str, str]] = b"") -> bytes:
    return compile_uri(uri, {"v": "beta", "host": "api.example.com:8443"}).target(path or {}, query)


TARGETS = [
    ("http://h", {}, b"/"),
    ("http://h/", {}, b"/"),
    ("http://h?x=1", {}, b"/?x=1"),
    ("http://h/pets/{id}", {"id": "7"}, b"/pets/7"),
    ("http://h/pets/{id}", {"id": "a b/c?d#e%\u00fc"}, b"/pets/a%20b/c%3Fd%23e%25%C3%BC"),
    ("http://h/{proxy}", {"proxy": "a/b/c"}, b"/a/b/c"),
    ("http://h/{proxy+}", {"proxy": "a/b/c"}, b"/a/b/c"),
    ("http://h/{unmapped}/x", {"id": "7"}, b"/%7Bunmapped%7D/x"),
    ("http://h/x?id={id}&y=1", {"id": "a&b"}, b"/x?id=a%26b&y=1"),
    ("http://h/${stageVariables.v}/x", {}, b"/beta/x"),
    ("http://h/a${stageVariables.nope}b", {}, b"/ab"),
    ("http://h/${other}", {}, b"/$%7Bother%7D"),
    ("http://h/a%20b/c:d;e=f@g", {}, b"/a%20b/c:d;e=f@g"),
    ("http://h/\u00fc", {}, b"/%C3%BC"),
    ("http://h/x#fragment", {}, b"/x"),
]


@pytest.mark.parametrize(("uri", "path", "expected"), TARGETS)
def test_a_target_is_filled_and_encoded(uri: str, path: dict[str, str], expected: bytes) -> None:
    assert target(uri, path) == expected


def test_the_requests_query_follows_the_uris_own() -> None:
    assert target("http://h/x?a=1", {}, b"b=2&b=3") == b"/x?a=1&b=2&b=3"
    assert target("http://h/x", {}, [("b", "2 3"), ("c", "\u00fc&=")]) == b"/x?b=2%203&c=%C3%BC%26%3D"


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("http://example.com/x", Origin("http", "example.com", 80)),
        ("https://EXAMPLE.com", Origin("https", "example.com", 443)),
        ("https://${stageVariables.host}/x", Origin("https", "api.example.com", 8443)),
        ("http://127.0.0.1:8000", Origin("http", "127.0.0.1", 8000)),
        ("http://[::1]:8000/x", Origin("http", "::1", 8000)),
    ],
)
def test_the_origin_is_known_when_the_uri_compiles(uri: str, origin: Origin) -> None:
    compiled = compile_uri(uri, {"host": "api.example.com:8443"})
    assert compiled.fixed_origin == compiled.origin({}) == origin
    assert (compiled.scheme, compiled.host, compiled.port) == (origin.scheme, origin.host, origin.port)


def test_a_host_may_depend_on_the_request() -> None:
    compiled = compile_uri("https://{tenant}.example.com:9000/x", {})
    assert compiled.fixed_origin is None
    assert compiled.origin({"tenant": "blue"}) == Origin("https", "blue.example.com", 9000)
    for hostile in ("evil.com/", "evil.com#", "a b", "x@evil.com", "a?b", ""):
        with pytest.raises(UriError):
            compiled.origin({"tenant": hostile})
    with pytest.raises(UriError):
        compiled.origin({})


@pytest.mark.parametrize(
    "uri",
    [
        *("", "ftp://h/x", "http://", "http:///x", "http://a b/", "http://h:99999/", "http://h:x/", "http://h/a b"),
        *(
            "http://h\r\nX: y/",
            "http://h/x\r\nX: y",
            "http://${stageVariables.nope}/",
            "arn:aws:lambda:x",
            "http://h:0/",
        ),
    ],
)
def test_what_is_no_http_endpoint_is_refused(uri: str) -> None:
    with pytest.raises(UriError):
        compile_uri(uri, {})


@given(st.text())
def test_a_path_value_stays_within_the_path(value: str) -> None:
    made = target("http://h/a/{id}/z?q=1", {"id": value.encode("utf-8", "replace").decode()})
    path, question, query = made.partition(b"?")
    assert (question, query) == (b"?", b"q=1")
    assert unquote(path.decode("ascii")) == f"/a/{value.encode('utf-8', 'replace').decode()}/z"
    assert made.isascii()
    assert not set(made) & set(b" \r\n\t#")


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_a_query_reads_back_as_it_was_given(pairs: list[tuple[str, str]]) -> None:
    written = encode_query(pairs).decode("ascii")
    assert parse_qsl(written, keep_blank_values=True, strict_parsing=bool(pairs)) == pairs


@given(st.text(max_size=40))
def test_any_text_is_a_uri_or_a_uri_error(text: str) -> None:
    for uri in (text, f"http://h/{text}", f"http://{text}"):
        try:
            compiled = compile_uri(uri, {})
        except UriError:
            continue
        assert compiled.target({}, b"").startswith(b"/")
