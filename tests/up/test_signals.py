"""What a Ctrl-C does, wherever it comes."""

import os
import signal

import pytest

from console.up.signals import STOPPING, stopping


def told(number: int) -> None:
    os.kill(os.getpid(), number)


class Deaf:
    """What is raised in a `__del__` reaches nobody."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __del__(self) -> None:
        told(self._number)


@pytest.mark.parametrize("number", STOPPING)
def test_the_first_interrupts_whatever_is_done(number):
    with stopping(pytest.fail) as stop, pytest.raises(KeyboardInterrupt):
        told(number)
    assert stop.asked


def test_one_that_comes_while_it_stops_hurries():
    hurried: list[bool] = []
    with stopping(lambda: hurried.append(True)) as stop:
        with pytest.raises(KeyboardInterrupt):
            told(signal.SIGINT)
        stop.begun = True
        told(signal.SIGINT)
    assert hurried == [True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_nobody_was_told_of_is_known_and_the_next_is_heard():
    with stopping(pytest.fail) as stop:
        Deaf(signal.SIGINT)
        assert stop.asked
        with pytest.raises(KeyboardInterrupt):
            told(signal.SIGINT)


def test_afterwards_signals_do_what_they_did():
    before = [signal.getsignal(number) for number in STOPPING]
    with stopping(pytest.fail):
        assert [signal.getsignal(number) for number in STOPPING] != before
    assert [signal.getsignal(number) for number in STOPPING] == before
