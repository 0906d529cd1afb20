"""The walk: all of AWS's operations, each called by boto3 with valid input, its answer looked at closely."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.core.actor import Role
from console.core.wire import model
from tests.parity.operations import AWS, NOT_SERVED, SERVED
from tests.parity.server import key_of, node, serving, working
from tests.parity.shapes import ALWAYS, things
from tests.parity.stories import STORIES
from tests.parity.walk import Client, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("parity")]


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("node")
    with serving(django_db_blocker) as server, working(), node(folder) as report:
        report()
        walk = Walk(Client(server.boto(key_of(Role.ADMIN))), SERVED)
        walk.through(STORIES)
        yield walk


def test_the_model_has_the_operations_that_are_walked():
    assert len(AWS) >= 124


@pytest.mark.parametrize("name", AWS)
def test_every_operation_of_aws_is_served(name: str):
    assert (name in SERVED) != (name in NOT_SERVED)


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_valid_call_of_boto3_is_answered_as_the_model_says(name: str, walk: Walk):
    assert name not in walk.failures, walk.failures[name]
    assert walk.answers[name], f"no story came to it; these ended early: {walk.failures}"
    assert {mistake for answer in walk.answers[name] for mistake in answer.mistakes} == set()


def test_every_story_comes_to_its_end(walk: Walk):
    assert walk.failures == {}


def test_what_an_answer_must_have_is_known_of_every_output():
    outputs = {shape for name in AWS if (shape := model.operation(name).output_shape) is not None}
    assert {(things(shape) or ("", shape))[1].name for shape in outputs} == set(ALWAYS)
