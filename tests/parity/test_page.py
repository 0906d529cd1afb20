from tests.parity.operations import SERVED
from tests.parity.page import PAGE, modules_that_name, render, rooms


def test_the_page_is_what_the_tests_make():
    assert PAGE.read_text() == render(), "run make parity"


def test_every_operation_has_tests_of_its_own_rules():
    bare = {
        operation.name
        for room in rooms
        for operation in room.operations
        if not any(modules_that_name(room.__name__.split(".")[1], operation.name))
    }
    assert bare == set()


def test_every_operation_that_is_served_is_on_the_page():
    text = PAGE.read_text()
    assert {name for name in SERVED if f"| {name} |" not in text} == set()
