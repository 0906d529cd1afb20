"""The resource policy of an API, and the ARN by which policies name a request.

Source: developer guide, "How API Gateway resource policies affect authorization workflow" (tables A and B);
behaviours 24, 43, 47.
"""

import re
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.policy.conditions import Values
from dataplane.policy.document import Decision, Policy
from dataplane.steps.scope import first_header

INVOKE: Final = "execute-api:Invoke"
INVALIDATE: Final = "execute-api:InvalidateCache"
MAX_ARN: Final = 1600  # bytes: developer guide, "Output from an Amazon API Gateway Lambda authorizer"
EXPLICITLY: Final = " with an explicit deny"


def request_arn(exchange: Exchange, prefix: str) -> str:
    """`{prefix}/{stage}/{verb}/{path}`, the path as it was sent but for slashes that routing does not count: a policy
    must mean the same by `/pets` and `/pets/`. Raises GatewayFault."""
    stage = exchange.stage
    assert stage is not None
    arn = f"{prefix}/{stage.stage_name}/{exchange.http_method}/{exchange.stage_path.strip('/')}"
    if len(arn) > MAX_ARN:
        raise GatewayFault("BAD_REQUEST_PARAMETERS", "Request URI too long", status=414)
    return arn


def decide(policy: Policy, exchange: Exchange, arn: str, action: str = INVOKE) -> Decision:
    of = _values(exchange)
    found = policy.decide(action, arn, of)
    # A backend decodes what a policy has been asked about encoded: what is denied stays denied in any spelling.
    if "%" in arn and found is not Decision.DENY and policy.decide(action, unquote(arn), of) is Decision.DENY:
        return Decision.DENY
    return found


def _values(exchange: Exchange) -> Values:
    def of(key: str) -> str | None:
        read = _KEYS.get(key)
        return None if read is None else read(exchange)

    return of


def _header(name: bytes) -> Callable[[Exchange], str | None]:
    return lambda exchange: first_header(exchange.headers, name) or None


_KEYS: Final[dict[str, Callable[[Exchange], str | None]]] = {
    "aws:currenttime": lambda exchange: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(exchange.request_time)),
    "aws:epochtime": lambda exchange: str(int(exchange.request_time)),
    "aws:referer": _header(b"referer"),
    "aws:securetransport": lambda exchange: "true" if exchange.scheme == "https" else "false",
    "aws:sourceip": lambda exchange: exchange.source_ip,
    "aws:useragent": _header(b"user-agent"),
}


class ResourcePolicy:
    __slots__ = ("_policy", "_prefix")

    def __init__(self, policy: Policy, prefix: str) -> None:
        self._policy = policy
        self._prefix = prefix

    def require(self, exchange: Exchange) -> None:
        """Alone, and behind a token: nothing but an explicit allow lets a caller in."""
        arn = request_arn(exchange, self._prefix)
        found = decide(self._policy, exchange, arn)
        if found is not Decision.ALLOW:
            raise _refused(arn, found)

    def before(self, exchange: Exchange) -> Decision:
        """Before a function is asked: only an explicit deny counts. What it says counts with what the function says."""
        arn = request_arn(exchange, self._prefix)
        found = decide(self._policy, exchange, arn)
        if found is Decision.DENY:
            raise _refused(arn, found)
        return found

    def lets_invalidate(self, exchange: Exchange) -> bool:
        """Whether it lets a caller have the cache's entry replaced."""
        return decide(self._policy, exchange, request_arn(exchange, self._prefix), INVALIDATE) is Decision.ALLOW


def _refused(arn: str, found: Decision) -> GatewayFault:
    """AWS shows the last digits of an account alone."""
    shown = re.sub(r"^((?:[^:]*:){4})\d{8}(?=\d{4}:)", r"\1********", arn)
    why = EXPLICITLY if found is Decision.DENY else ""
    text = f"User: anonymous is not authorized to perform: {INVOKE} on resource: {shown}{why}"
    return GatewayFault("ACCESS_DENIED", text, detail=f"the API's resource policy: {found.value}")
