"""The oracle is botocore's own signer; the texts are AWS's."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from console.core.faults import IncompleteSignature, InvalidSignature
from console.core.wire import sigv4
from console.core.wire.sigv4 import Request

KEY, SECRET = "AKIAABCDEFGHIJKLMNOP", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = Credentials(KEY, SECRET)


def sign(
    method="GET",
    url="http://127.0.0.1:8000/api/restapis",
    *,
    body=b"",
    headers=None,
    signer=None,
    service="apigateway",
    region="eu-west-3",
) -> Request:
    request = AWSRequest(method, url, headers=headers or {}, data=body)
    (signer or SigV4Auth)(CREDENTIALS, service, region).add_auth(request)
    parts = urlsplit(request.url)
    found = {name.lower(): value for name, value in request.headers.items()} | {"host": parts.netloc}
    # the query signer moves the data into the query
    return Request(method, [parts.path], parts.query, found, request.data or b"")


def verify(request: Request, *, secret: str = SECRET, now: dt.datetime | None = None) -> sigv4.Claim:
    claim = sigv4.claim(request)
    assert claim is not None
    sigv4.verify(claim, request, secret=secret, now=now or dt.datetime.now(dt.UTC))
    return claim


def altered(request: Request, **authorization: str) -> Request:
    header = request.headers["authorization"]
    for old, new in authorization.items():
        header = header.replace(old, new)
    return replace(request, headers={**request.headers, "authorization": header})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/api/restapis",
        "http://127.0.0.1:8000/api/restapis?mode=import&failonwarnings=true",
        "http://127.0.0.1:8000/api/restapis?position=a%2Fb%3D%3D&limit=500",
        "http://127.0.0.1:8000/api/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fabc",
        "http://127.0.0.1:8000/api//restapis/../restapis/",
        "http://127.0.0.1:8000/api/apikeys?name=a%20b&name=%C3%A9&empty=",
        "http://127.0.0.1:8000",
    ],
)
@pytest.mark.parametrize("signer", [SigV4Auth, SigV4QueryAuth])
def test_what_botocore_signs_is_borne_out(url: str, signer: type):
    claim = verify(sign("POST", url, body=b'{"name": "pets"}', signer=signer))
    assert (claim.access_key_id, claim.region) == (KEY, "eu-west-3")


def test_headers_with_odd_spaces_are_borne_out():
    verify(sign(headers={"X-Odd": "  a   b ", "Content-Type": "application/json"}))


def test_a_date_header_in_http_s_form_serves_too():
    verify(sign(headers={"Date": "any"}))


def test_no_claim_is_no_error():
    assert sigv4.claim(Request("GET", ["/api"], "a=1", {}, b"")) is None


MISMATCH = "The request signature we calculated does not match the signature you provided"


@pytest.mark.parametrize("signer", [SigV4Auth, SigV4QueryAuth])
def test_another_secret_is_refused(signer: type):
    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(sign(signer=signer), secret=SECRET[:-1])


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"paths": ["/api/restapis/abc"]},
        {"query": "limit=1"},
        {"body": b"{}"},
        {"headers": {"host": "elsewhere"}},
        {"headers": {"x-mine": "2"}},
    ],
)
def test_whatever_is_changed_on_the_way_is_refused(change: dict):
    request = sign(headers={"X-Mine": "1"})
    if "headers" in change:
        change = {"headers": {**request.headers, **change["headers"]}}
    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(replace(request, **change))


def test_a_presigned_url_signs_its_own_life_time():
    request = sign(signer=SigV4QueryAuth)
    longer = replace(request, query=request.query.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200"))
    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(longer)


def test_an_unsigned_payload_is_no_signature_of_this_service():
    """Only S3 takes UNSIGNED-PAYLOAD: the body here is always part of what is signed."""

    class Unsigned(SigV4Auth):
        def payload(self, request):
            return "UNSIGNED-PAYLOAD"

    request = sign("POST", body=b"{}", headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}, signer=Unsigned)
    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(request)


def test_one_of_several_spellings_of_the_path_suffices():
    request = sign(url="http://127.0.0.1:8000/api/a:b")
    verify(replace(request, paths=["/api/a%3Ab", "/api/a:b"]))


def test_an_old_signature_has_expired():
    now = dt.datetime.now(dt.UTC)
    request = sign()
    with pytest.raises(InvalidSignature) as refused:
        verify(request, now=now + dt.timedelta(minutes=6))
    assert refused.value.message.startswith(f"Signature expired: {request.headers['x-amz-date']} is now earlier than ")
    assert refused.value.message.endswith(" - 5 min.)")
    assert (refused.value.status, refused.value.type) == (403, "InvalidSignatureException")


def test_a_signature_of_the_future_is_not_current():
    with pytest.raises(InvalidSignature, match=r"Signature not yet current: \w+ is still later than .* \+ 5 min\.\)"):
        verify(sign(), now=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=6))


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_clocks_may_differ_by_five_minutes(minutes: float):
    verify(sign(), now=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes))


def test_a_presigned_url_lives_as_long_as_it_says():
    request, now = sign(signer=SigV4QueryAuth), dt.datetime.now(dt.UTC)
    verify(request, now=now + dt.timedelta(minutes=59))
    with pytest.raises(InvalidSignature, match=r"Signature expired: .* - 3600 sec\.\)"):
        verify(request, now=now + dt.timedelta(minutes=61))


def test_a_signature_for_another_service_is_refused():
    with pytest.raises(InvalidSignature, match="Credential should be scoped to correct service: 'apigateway'"):
        verify(sign(service="execute-api"))


def test_a_scope_of_another_day_or_end_is_refused():
    request = sign()
    date = request.headers["x-amz-date"][:8]
    with pytest.raises(InvalidSignature, match="Date in Credential scope does not match YYYYMMDD"):
        verify(altered(request, **{f"/{date}/": "/20010101/"}))
    with pytest.raises(InvalidSignature, match="valid terminator: 'aws4_request'"):
        verify(altered(request, aws4_request="aws5_request"))


def test_the_host_must_be_signed():
    with pytest.raises(InvalidSignature, match="'Host' or ':authority' must be a 'SignedHeader'"):
        verify(altered(sign(), **{"host;": ""}))


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Basic dXNlcg==", "Unsupported AWS 'algorithm'"),
        ("AWS4-HMAC-SHA256 nonsense", "missing equal-sign"),
        ("AWS4-HMAC-SHA256 Credential=A/B/C/D/E", "requires 'Signature' parameter. .* requires 'SignedHeaders' par"),
        (
            "AWS4-HMAC-SHA256 Credential=AKIA, SignedHeaders=host, Signature=a",
            "Credential must have exactly 5 slash-delimited elements",
        ),
        ("AWS4-HMAC-SHA256", "missing equal-sign"),
    ],
)
def test_a_malformed_authorization_header_is_incomplete(header: str, text: str):
    with pytest.raises(IncompleteSignature, match=text) as refused:
        sigv4.claim(Request("GET", ["/api"], "", {"authorization": header, "x-amz-date": "20260101T000000Z"}, b""))
    assert refused.value.status == 400


def test_a_header_without_a_date_is_incomplete():
    request = sign()
    headers = {name: value for name, value in request.headers.items() if name != "x-amz-date"}
    with pytest.raises(IncompleteSignature, match="existence of either a 'X-Amz-Date' or a 'Date' header"):
        sigv4.claim(replace(request, headers=headers))


def test_a_date_of_no_known_form_is_incomplete():
    request = sign()
    with pytest.raises(IncompleteSignature, match=r"Date must be in ISO-8601 'basic format'\. Got 'yesterday'"):
        verify(replace(request, headers={**request.headers, "x-amz-date": "yesterday"}))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "must include X-Amz-Credential, X-Amz-Date, X-Amz-SignedHeaders"),
        (
            "X-Amz-Algorithm=MD5&X-Amz-Credential=a&X-Amz-Date=b&X-Amz-SignedHeaders=host&X-Amz-Signature=c&X-Amz-Expires=1",
            "Unsupported AWS 'algorithm'",
        ),
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=b&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=c&X-Amz-Expires=604801",
            "X-Amz-Expires must be a number of seconds from 0 to 604800",
        ),
    ],
)
def test_a_malformed_presigned_url_is_incomplete(query: str, text: str):
    with pytest.raises(IncompleteSignature, match=text):
        sigv4.claim(Request("GET", ["/api"], query, {}, b""))
