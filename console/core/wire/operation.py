"""One operation that is served: AWS's name, the verb that does it, the presenter that says its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from botocore.model import OperationModel

from console.core.actor import Actor
from console.core.wire import model
from console.core.wire.parse import Parser, Sent
from console.core.wire.render import Answer, Renderer

Present: TypeAlias = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    model: OperationModel
    address: model.Address
    verb: Callable[..., Any]
    present: Present | None
    parse: Parser
    render: Renderer

    def __call__(self, actor: Actor, sent: Sent) -> Answer:
        result = self.verb(actor, **self.parse(sent))
        return self.render(self.present(result) if self.present is not None else None)


def serve(name: str, verb: Callable[..., Any], present: Present | None = None) -> Operation:
    """`serve("CreateRestApi", services.create_rest_api, rest_api)`.

    The verb gets the actor and the input members that were sent, in snake case. `present` turns its result into a dict
    of AWS's output member names (`items` and `position` for a list, datetimes, None for what is absent); an operation
    without output has none.
    """
    operation = model.operation(name)
    if (operation.output_shape is None) != (present is None):
        raise TypeError(f"{name} needs a presenter exactly when it has an output")
    return Operation(
        name=name,
        model=operation,
        address=model.address(operation),
        verb=verb,
        present=present,
        parse=Parser(operation),
        render=Renderer(operation),
    )
