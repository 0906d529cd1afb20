import pytest

from console.core import waiting
from console.core.faults import TooManyRequests
from console.core.waiting import a_place


def taken(places: int) -> None:
    """So many are held, and another is asked for."""
    with a_place():
        if places > 1:
            taken(places - 1)
        else:
            with pytest.raises(TooManyRequests, match="Too Many Requests"), a_place():
                pass


def test_half_of_the_threads_may_wait_and_nobody_queues_for_it(settings):
    taken(settings.CONSOLE_THREADS // 2)
    taken(settings.CONSOLE_THREADS // 2)  # all were given back


def test_a_place_is_given_back_by_who_fails():
    for _ in range(100):
        with pytest.raises(RuntimeError), a_place():
            raise RuntimeError
    assert waiting._places.acquire(blocking=False)
    waiting._places.release()
