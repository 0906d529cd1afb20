"""What came of asking an authorizer, and where the rest of the request finds it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataplane.exchange import Exchange
from dataplane.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody is known. `policy` says what they may do; None: whatever the method is.

    `context` is `$context.authorizer`, and the `requestContext.authorizer` of Lambda's events.
    """

    context: dict[str, Any]
    principal_id: str = ""
    policy: Policy | None = None
    policy_text: str = ""
    usage_identifier_key: str = ""


# A grant where nothing has to be waited for. Raises GatewayFault.
Ask: TypeAlias = Callable[[Exchange], Grant | Coroutine[Any, Any, Grant]]
