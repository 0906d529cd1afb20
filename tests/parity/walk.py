"""Real boto3 clients that walk through stories, and what came of every operation on the way."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import OperationModel

from console.core.wire import model
from tests.parity.shapes import lacking, strange

Call: TypeAlias = Callable[..., dict[str, Any]]
Story: TypeAlias = Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """`mistakes` are sentences; without any, the answer is as AWS's would be."""

    status: int
    mistakes: tuple[str, ...]


class Client:
    """One key's boto3 client, which looks at what came over the wire before botocore made something of it."""

    def __init__(self, boto: Any) -> None:
        self.boto = boto
        self._received: tuple[int, bytes | None] = (0, None)
        boto.meta.events.register("after-call.apigateway", self._receive)

    def _receive(self, http_response: Any, model: OperationModel, **_: Any) -> None:
        body = None if model.has_streaming_output else http_response.content
        self._received = (http_response.status_code, body)

    def call(self, name: str, /, **arguments: Any) -> tuple[dict[str, Any], Answer]:
        parsed = getattr(self.boto, model.argument(name))(**arguments)
        status, body = self._received
        return parsed, Answer(status, tuple(_mistakes(model.operation(name), parsed, status, body)))


def _mistakes(operation: OperationModel, parsed: dict[str, Any], status: int, body: bytes | None) -> Iterable[str]:
    if status != model.status(operation):
        yield f"status {status}, not {model.status(operation)}"
    shape = operation.output_shape
    if shape is None:
        if body:
            yield f"a body where there is none: {body[:80]!r}"
        return
    yield from lacking(shape, parsed)
    if body is not None and model.payload_member(shape) is None:
        yield from strange(shape, json.loads(body), operation.name)


class Walk:
    """A story's narrator: `walk("CreateRestApi", name="pets")` is botocore's parsed answer."""

    def __init__(self, client: Client, served: Iterable[str]) -> None:
        self.client = client
        self.served = frozenset(served)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.failures: dict[str, str] = {}

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """What is not served is passed over; who asks whether it is served asks elsewhere."""
        if name not in self.served:
            return {}
        try:
            parsed, answer = self.client_for(name, arguments).call(name, **arguments)
        except (ClientError, ParamValidationError) as error:
            self.failures[name] = str(error)
            raise
        self.answers[name].append(answer)
        return parsed

    def client_for(self, name: str, arguments: Mapping[str, Any]) -> Client:
        return self.client

    def through(self, stories: Iterable[Story]) -> None:
        """A story ends at what fails; what it did not come to is missing from the answers."""
        for story in stories:
            try:
                story(self)
            except Exception as error:
                self.failures.setdefault(story.__name__, f"{type(error).__name__}: {error}")
