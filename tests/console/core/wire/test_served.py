"""Every operation that the console serves, against the verb that does it and against botocore's model."""

import inspect
from collections import Counter

import pytest

from console.core.wire import Operation, model
from console.core.wire.parse import Parser
from console.urls import operations


def parameters(operation: Operation) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(operation.verb).parameters)
    found.pop(next(iter(found)))  # the actor
    return found


def test_an_operation_is_served_by_one_room():
    assert [name for name, times in Counter(one.name for one in operations).items() if times > 1] == []


@pytest.mark.parametrize("operation", operations, ids=lambda one: one.name)
def test_a_verb_takes_every_member_that_the_wire_may_send(operation: Operation):
    taken = parameters(operation)
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in taken.values()):
        return
    assert {one.argument for one in Parser(operation.model).parameters} - set(taken) == set()


@pytest.mark.parametrize("operation", operations, ids=lambda one: one.name)
def test_a_verb_needs_nothing_that_the_wire_may_leave_out(operation: Operation):
    required = {one.argument for one in Parser(operation.model).parameters if one.required}
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = {
        name
        for name, one in parameters(operation).items()
        if one.default is inspect.Parameter.empty and one.kind in named
    }
    assert needed - required == set()


@pytest.mark.parametrize("operation", operations, ids=lambda one: one.name)
def test_a_verb_is_named_as_aws_names_the_operation(operation: Operation):
    assert operation.verb.__name__ == model.argument(operation.name)


def test_the_main_job_s_operations_are_served():
    nouns = ("RestApi", "Resource", "Method", "MethodResponse", "Integration", "IntegrationResponse")
    wanted = {f"{verb}{noun}" for noun in nouns for verb in ("Get", "Update", "Delete")}
    wanted |= {"CreateRestApi", "CreateResource", *(f"Put{noun}" for noun in nouns[2:])}
    wanted |= {f"{verb}{noun}" for noun in ("Deployment", "Stage") for verb in ("Create", "Get", "Update", "Delete")}
    wanted |= {"GetRestApis", "GetResources", "GetDeployments", "GetStages", "FlushStageCache"}
    assert wanted - {one.name for one in operations} == set()
