"""The oracle is botocore's model: the errors that it declares for the operations."""

import inspect

import pytest

from console.core import faults
from console.core.faults import Fault, ValidationFault, violation
from console.core.wire import model

KINDS = [kind for _, kind in inspect.getmembers(faults, inspect.isclass) if issubclass(kind, Fault)]


def modeled() -> dict[str, int]:
    shapes = {shape.name: shape for name in model.operation_names() for shape in model.operation(name).error_shapes}
    return {name: shape.metadata["error"]["httpStatusCode"] for name, shape in shapes.items()}


def test_every_modeled_error_has_its_class_with_aws_s_status():
    ours = {kind.type: kind.status for kind in KINDS}
    assert {name: ours.get(name) for name in modeled()} == modeled()


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_has_one_class_alone(kind: type[Fault]):
    assert [other for other in KINDS if other.type == kind.type] == [kind]


def test_one_violation_and_several_are_said_apart():
    one = violation("x", "aInput.b", "Member must not be null")
    assert ValidationFault.of([one]).message.startswith("1 validation error detected: Value 'x' at 'aInput.b' failed")
    assert ValidationFault.of([one, one]).message == f"2 validation errors detected: {one}; {one}"
