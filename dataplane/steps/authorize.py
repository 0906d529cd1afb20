"""Who may call. A kind of authorization that this version can't decide is closed, never open."""

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.plan import Authorize
from dataplane.snapshot import Method

# What AWS answers to a caller who shows nothing that it accepts.
_CLOSED = {
    "AWS_IAM": "MISSING_AUTHENTICATION_TOKEN",
    "COGNITO_USER_POOLS": "UNAUTHORIZED",
    "CUSTOM": "UNAUTHORIZED",
}


def compile_authorize(method: Method) -> Authorize | None:
    if method.authorization_type != "NONE":
        return _refuse(_CLOSED.get(method.authorization_type, "UNAUTHORIZED"))
    if method.api_key_required:
        return _refuse("INVALID_API_KEY")
    return None


def _refuse(kind: str) -> Authorize:
    def authorize(exchange: Exchange) -> None:
        raise GatewayFault(kind)

    return authorize
