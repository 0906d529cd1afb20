"""A request signed by botocore and sent as it is, for what boto3's client does not let one say."""

from typing import Any

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def send(live_server: Any, method: str, path: str, key: Any, **options: Any) -> urllib3.BaseHTTPResponse:
    request = AWSRequest(method, f"{live_server.url}{path}", data=options.get("body", b""))
    signer = options.get("signer", SigV4Auth)
    signer(Credentials(key.row.id, key.secret, options.get("token")), "apigateway", "us-east-1").add_auth(request)
    return urllib3.request(method, request.url, headers=dict(request.headers.items()), body=request.data or None)
