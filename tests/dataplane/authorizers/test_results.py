"""What is kept of authorizers' answers. Source: behaviours 40, 41."""

from dataplane.authorizers.grant import Grant
from dataplane.authorizers.results import Results, result_key

ADA, BOB = Grant({}, "ada"), Grant({}, "bob")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_its_time() -> None:
    clock = Clock()
    results = Results(clock)
    results.keep(b"a", ADA, seconds=300, size=10)
    clock.now = 299.9
    assert results.get(b"a") is ADA
    clock.now = 300
    assert results.get(b"a") is None
    assert (results._bytes, len(results._kept)) == (0, 0)


def test_of_too_many_the_last_used_stay() -> None:
    results = Results(Clock(), max_entries=2)
    results.keep(b"a", ADA, seconds=9, size=1)
    results.keep(b"b", BOB, seconds=9, size=1)
    results.get(b"a")
    results.keep(b"c", BOB, seconds=9, size=1)
    assert [results.get(key) for key in (b"a", b"b", b"c")] == [ADA, None, BOB]


def test_all_together_have_a_size_and_one_that_is_larger_is_not_kept() -> None:
    results = Results(Clock(), max_bytes=10)
    results.keep(b"a", ADA, seconds=9, size=6)
    results.keep(b"a", BOB, seconds=9, size=6)
    assert results.get(b"a") is BOB
    results.keep(b"b", ADA, seconds=9, size=5)
    assert results.get(b"a") is None
    results.keep(b"c", ADA, seconds=9, size=11)
    assert (results.get(b"b"), results.get(b"c")) == (ADA, None)


def test_a_key_is_of_all_values_where_they_end_and_whose_they_are() -> None:
    keys = [
        result_key(scope, identity)
        for scope in (b"dev", b"prod")
        for identity in (("ab", "c"), ("a", "bc"), ("abc",), ("ab", "c", ""), ("1", "1,1:"), ("1,1:1",))
    ]
    assert len(set(keys)) == len(keys)
    assert result_key(b"dev", ("ab", "c")) == keys[0]
    assert all(len(key) == 16 for key in keys)
