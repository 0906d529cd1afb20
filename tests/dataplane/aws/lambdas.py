"""The Lambda API on loopback: checks the signature, runs a handler in Python, answers as the service does.

Source: botocore, lambda `Invoke` and its errors; Lambda developer guide, "Lambda function errors".
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.dataplane.aws.verifying import signed_for
from tests.dataplane.execution import Message, answer

Handler = Callable[[Any], Any]
_PREFIX, _SUFFIX = "/2015-03-31/functions/", "/invocations"


class Refuse(Exception):
    """Of the API, not of the function."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


@dataclass
class Lambdas:
    """A backend's script. Handlers by the function's name as it was asked for; `events` is what they were given."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    secrets: dict[str, str] | None = None
    region: str = "us-east-1"

    def __call__(self, message: Message) -> bytes:
        try:
            return self._invoke(message)
        except Refuse as refusal:
            members = {"Type": "User", "Message": refusal.message}
            return answer(refusal.status, f"x-amzn-ErrorType: {refusal.code}\r\n", json.dumps(members).encode())

    def _invoke(self, message: Message) -> bytes:
        method, path, _ = message.start.split(" ")
        if signed_for(message, self.secrets) != f"lambda/{self.region}":
            raise Refuse(403, "InvalidSignatureException", "The request signature we calculated does not match")
        assert method == "POST" and path.startswith(_PREFIX) and path.endswith(_SUFFIX), path
        name = unquote(path[len(_PREFIX) : -len(_SUFFIX)])
        if name not in self.handlers:
            raise Refuse(404, "ResourceNotFoundException", f"Function not found: {name}")
        try:
            event = json.loads(message.body or b"{}")
        except ValueError as error:
            text = f"Could not parse request body into json: {error}"
            raise Refuse(400, "InvalidRequestContentException", text) from error
        self.events.append(event)
        if message.header("X-Amz-Invocation-Type") == "Event":
            return answer(202)
        return self._run(self.handlers[name], event)

    def _run(self, handler: Handler, event: Any) -> bytes:
        try:
            result = handler(event)
        except Refuse:
            raise
        except Exception as error:
            shown = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
            return answer(200, "X-Amz-Function-Error: Unhandled\r\n", json.dumps(shown).encode())
        payload = result if isinstance(result, bytes) else json.dumps(result).encode()
        return answer(200, "X-Amz-Executed-Version: $LATEST\r\n", payload)
