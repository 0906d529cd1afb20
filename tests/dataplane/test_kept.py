import pytest

from dataplane.kept import Kept


class Words(Kept[str, int]):
    def worth(self, said: str) -> bool:
        return len(said) < 10


@pytest.fixture
def words() -> Words:
    return Words()


def test_what_is_said_once_is_not_kept_and_what_is_said_again_is(words: Words) -> None:
    words.keep("ada", 1)
    assert words.get("ada") is None
    words.keep("ada", 2)
    assert words.get("ada") == 2


def test_what_is_too_large_is_never_kept(words: Words) -> None:
    for _ in range(3):
        words.keep("incomprehensibility", 1)
    assert len(words) == 0


def test_there_are_never_many_and_what_is_said_again_is_soon_back(words: Words) -> None:
    for number in range(5000):
        for _ in range(2):
            words.keep(str(number), number)
        assert len(words) <= 512
    assert words.get("4999") == 4999


def test_a_cleared_one_knows_nothing_and_learns_at_once(words: Words) -> None:
    for _ in range(2):
        words.keep("ada", 1)
    words.clear()
    assert words.get("ada") is None
    words.keep("ada", 2)
    assert words.get("ada") == 2
