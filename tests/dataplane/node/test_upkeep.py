import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from dataplane.node.upkeep import GROWN, REST_SECONDS, WORK_SECONDS, Collector, Rests


class Circle:
    """Garbage that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.collect()
    yield
    gc.enable()
    gc.unfreeze()


def test_a_thread_rests_after_each_millisecond_of_work() -> None:
    now, slept = 0.0, list[float]()
    rest = Rests(lambda: now, slept.append)
    for _ in range(9):
        now += WORK_SECONDS / 3 + 1e-9
        rest()
    assert slept == [REST_SECONDS] * 3


def test_nothing_is_collected_while_stages_compile() -> None:
    collector = Collector()
    with collector.aside():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_back_where_compiling_fails() -> None:
    with pytest.raises(ZeroDivisionError), Collector().aside():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_the_first_set_is_put_away_whatever_its_size() -> None:
    with Collector().aside():
        stage: list[list[int]] = [[]]
    assert gc.get_freeze_count() > 0
    assert not any(each is stage for each in gc.get_objects())


def test_changes_are_put_away_once_they_have_become_many() -> None:
    collector = Collector()
    with collector.aside():
        pass
    before, sets = gc.get_freeze_count(), list[list[list[int]]]()
    for number in range(3):
        with collector.aside():
            sets.append([[] for _ in range(GROWN // 3 + 10)])
        assert (gc.get_freeze_count() > before + GROWN // 2) == (number == 2)


def test_garbage_is_freed_before_the_rest_is_put_away() -> None:
    collector = Collector()
    with collector.aside():
        pass
    kept = list[list[list[int]]]()
    circle = Circle()
    gone = ref(circle)
    del circle
    for _ in range(4):
        with collector.aside():
            kept.append([[] for _ in range(GROWN // 3)])
    assert gone() is None
