"""Signature Version 4, against botocore's own signer. Source: AWS General Reference, "Create a signed AWS request"."""

import pytest

from dataplane.aws.signing import Credentials, Signer
from dataplane.exchange import Headers
from tests.dataplane.aws.verifying import KEY, SECRET, as_message, signed_for

NOW = 1_790_000_000.0
HOST = (b"Host", b"service.example:8443")
MINE = Credentials(KEY, SECRET)


def signed(
    service: str,
    target: bytes,
    *more: tuple[bytes, bytes],
    credentials: Credentials = MINE,
) -> Headers:
    headers: Headers = [HOST, *more]
    Signer(service, "eu-west-1").sign(credentials, b"POST", target, headers, b"{}", NOW)
    return headers


@pytest.mark.parametrize("service", ["lambda", "s3"])
@pytest.mark.parametrize(
    "target",
    [
        b"/",
        b"/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af%3Alive/invocations",
        b"/a/~g/%E2%82%AC",
        b"/a%20b",
        b"/?Action=SendMessage&MessageBody=a%20b%2Bc&A=2&A=1&flag=&empty",
        b"/path?q=it's&x=a:b/c",
        b"/bucket/key.with-all_of~them?versionId=1",
    ],
)
def test_botocore_makes_the_same_signature(service: str, target: bytes) -> None:
    message = as_message(b"POST", target, signed(service, target), b"{}")
    assert signed_for(message) == f"{service}/eu-west-1"


@pytest.mark.parametrize(
    "target", [b"/a:b/c@d/e+f", b"/a%2Fb%3Ac", b"//a//b/", b"/a/./b/../c", b"/a/b/..", b"/.", b"/../x", b"/a..b/.c/d."]
)
def test_services_but_s3_encode_a_path_once_more_and_leave_out_empty_and_dot_segments(target: bytes) -> None:
    assert signed_for(as_message(b"POST", target, signed("lambda", target), b"{}")) == "lambda/eu-west-1"


def test_s3_signs_the_key_whichever_way_it_is_written() -> None:
    """Amazon S3 API Reference: every byte of the key but its slashes, encoded once."""
    headers = signed("s3", b"/bucket/a:b@c+d%2De")
    assert signed_for(as_message(b"POST", b"/bucket/a%3Ab%40c%2Bd-e", headers, b"{}")) == "s3/eu-west-1"


def test_what_is_about_the_message_is_signed_and_what_is_about_the_way_is_not() -> None:
    headers = signed(
        "lambda",
        b"/",
        (b"Content-Type", b"application/json;  charset=utf-8"),
        (b"X-Amz-Target", b"a"),
        (b"x-amz-target", b"b"),
        (b"User-Agent", b"AmazonAPIGateway_abc"),
        (b"X-Amzn-Trace-Id", b"Root=1"),
    )
    message = as_message(b"POST", b"/", headers, b"{}")
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-target," in (message.header("Authorization") or "")
    assert signed_for(message) == "lambda/eu-west-1"


def test_another_body_another_secret_and_another_host_do_not_hold() -> None:
    headers = signed("lambda", b"/")
    assert signed_for(as_message(b"POST", b"/", headers, b"{} ")) == ""
    assert signed_for(as_message(b"POST", b"/", headers, b"{}"), {KEY: "another"}) == ""
    headers[0] = (b"Host", b"elsewhere.example")
    assert signed_for(as_message(b"POST", b"/", headers, b"{}")) == ""


def test_a_session_token_is_sent_and_signed() -> None:
    headers = signed("lambda", b"/", credentials=Credentials(KEY, SECRET, "token=="))
    message = as_message(b"POST", b"/", headers, b"{}")
    assert message.header("X-Amz-Security-Token") == "token=="
    assert signed_for(message) == "lambda/eu-west-1"


def test_a_signer_knows_a_new_day_and_new_credentials() -> None:
    signer = Signer("sqs", "eu-west-1")
    for now, secret in ((NOW, SECRET), (NOW + 86_400, SECRET), (NOW + 86_400, "rotated")):
        headers: Headers = [HOST]
        signer.sign(Credentials(KEY, secret), b"GET", b"/", headers, b"", now)
        assert signed_for(as_message(b"GET", b"/", headers, b""), {KEY: secret}) == "sqs/eu-west-1"


def test_s3_is_told_the_digest_of_the_body() -> None:
    names = {name for name, _ in signed("s3", b"/bucket/key")}
    assert b"X-Amz-Content-SHA256" in names
    assert b"X-Amz-Content-SHA256" not in {name for name, _ in signed("sqs", b"/")}


def test_secrets_are_not_shown() -> None:
    assert repr(Credentials(KEY, SECRET, "token")) == f"Credentials({KEY})"
