"""What a service of AWS does with a signature: botocore's signer makes it again from the request as it came."""

import re
from urllib.parse import unquote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from dataplane.exchange import Headers
from tests.dataplane.execution import Message

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<names>[^,]+), Signature=(?P<signature>[0-9a-f]{64})\Z"
)


def signed_for(message: Message, secrets: dict[str, str] | None = None) -> str:
    """The service that a request was signed for, as `service/region`; empty: its signature does not hold."""
    found = _AUTHORIZATION.match(message.header("Authorization") or "")
    secret = (secrets or {KEY: SECRET}).get(found["key"]) if found else None
    if found is None or secret is None:
        return ""
    kind = S3SigV4Auth if found["service"] == "s3" else SigV4Auth
    signer = kind(Credentials(found["key"], secret), found["service"], found["region"])
    signer.headers_to_sign = lambda request: _signed_headers(message, found["names"].split(";"))
    request = _request(message)
    again = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return f"{found['service']}/{found['region']}" if again == found["signature"] else ""


def as_message(method: bytes, target: bytes, headers: Headers, body: bytes) -> Message:
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return Message(f"{method.decode()} {target.decode()} HTTP/1.1", lines, body)


def _request(message: Message) -> AWSRequest:
    method, target, _ = message.start.split(" ")
    path, _, query = target.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")] if query else []
    params = [(unquote(name), unquote(value)) for name, _, value in pairs]
    request = AWSRequest(method, f"https://{message.header('Host')}{path}", {}, message.body, params)
    if (digest := message.header("X-Amz-Content-SHA256")) is not None:
        request.headers["X-Amz-Content-SHA256"] = digest
    request.context["timestamp"] = message.header("X-Amz-Date")
    return request


def _signed_headers(message: Message, names: list[str]) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in message.headers:
        if name.lower() in names:
            headers[name.lower()] = value
    return headers
