"""The node agent's side, and whole fleets of workers played against it with a clock of their own."""

import datetime as dt
import itertools

import pytest

from dataplane.limits.bucket import Limit
from dataplane.limits.hub import IDLE_SECONDS, SLACK_SECONDS, Hub
from dataplane.limits.ledger import Ledger
from dataplane.limits.meter import Counted, Level, Levels, Meter, Spent, Taken, Used

DAY = "2026-11-25"
PERIOD = ("p", "k", "DAY 2026-11-25")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock: Clock) -> Hub:
    hub = Hub(clock, Ledger())
    hub.workers = 2
    return hub


def took(count: int, name: str = "b", rate: float = 10, burst: float = 5) -> Spent:
    return Spent(1, [Taken(name, rate, burst, count)], [])


def test_what_a_worker_took_is_told_to_the_others_once(hub: Hub) -> None:
    hub.spent(took(3))
    assert hub.news() == ([Level("b", 5 + 10 * SLACK_SECONDS - 3)], [])
    assert hub.news() == ([], [])


def test_what_is_taken_above_the_limit_is_owed(hub: Hub, clock: Clock) -> None:
    hub.spent(took(5))
    hub.spent(took(5))
    clock.now = 0.1
    (level,), _ = hub.news()
    assert level.tokens == pytest.approx(5 + 10 * SLACK_SECONDS - 10 + 1)


def test_one_worker_that_shares_with_nobody_is_told_nothing(hub: Hub) -> None:
    hub.workers = 1
    hub.spent(took(3))
    assert hub.news() == ([], [])


def test_uses_are_told_with_what_all_used(hub: Hub) -> None:
    hub.spent(Spent(1, [], [Used(*PERIOD[:2], "2026-11-25", PERIOD[2], 2)]))
    hub.told([], [(PERIOD, 0, 2, 40)], DAY)
    assert hub.news() == ([], [Counted(*PERIOD, 40)])
    hub.recorded([Counted(*PERIOD, 45)])
    assert hub.news() == ([], [Counted(*PERIOD, 45)])


def test_a_worker_that_begins_is_told_everything(hub: Hub) -> None:
    hub.spent(took(3))
    hub.spent(Spent(1, [], [Used(*PERIOD[:2], "2026-11-25", PERIOD[2], 2)]))
    hub.news()
    levels, counted = hub.everything()
    assert [level.name for level in levels] == ["b"] and counted == [Counted(*PERIOD, 2)]


def test_a_bucket_that_nobody_draws_on_is_forgotten(hub: Hub, clock: Clock) -> None:
    hub.spent(took(3))
    hub.untold()
    clock.now = IDLE_SECONDS * 3
    hub.news()
    assert hub.everything() == ([], [])


# Valkey


def test_tokens_are_told_once_and_uses_in_all(hub: Hub) -> None:
    hub.spent(took(3))
    hub.spent(Spent(1, [], [Used(*PERIOD[:2], "2026-11-25", PERIOD[2], 2)]))
    assert hub.untold() == ([Taken("b", 10, 5, 3)], [(PERIOD, 2)])
    assert hub.untold() == ([], [(PERIOD, 2)])  # no answer to it has come
    hub.told([], [(PERIOD, 0, 2, 2)], DAY)
    assert hub.untold() == ([], []) and not hub.has_untold


def test_the_answer_is_where_the_bucket_stands_less_what_was_taken_since(hub: Hub) -> None:
    hub.spent(took(1))
    hub.untold()
    hub.spent(took(2))
    hub.told([Level("b", 1.0)], [], DAY)
    assert hub.news() == ([Level("b", -1.0)], [])


def test_what_was_told_and_not_kept_before_a_sudden_end_counts_again(hub: Hub, clock: Clock) -> None:
    hub.spent(Spent(1, [], [Used(*PERIOD[:2], DAY, PERIOD[2], 1)]))
    kept = hub.ledger.keep(dt.date.fromisoformat(DAY))
    again = Hub(clock, Ledger(kept))  # four more had been told
    again.spent(Spent(1, [], [Used(*PERIOD[:2], DAY, PERIOD[2], 1)]))
    assert again.untold() == ([], [(PERIOD, 2)])
    again.told([], [(PERIOD, 5, 2, 9)], DAY)
    assert again.untold() == ([], [(PERIOD, 6)])
    assert again.news() == ([], [Counted(*PERIOD, 10)])
    assert again.ledger.parcel() == [(("p", "k", DAY), 6)]
    again.told([], [(PERIOD, 6, 6, 10)], DAY)
    assert not again.has_untold


def test_without_valkey_a_node_uses_its_part(hub: Hub, clock: Clock) -> None:
    hub.workers, hub.nodes = 1, 2
    hub.spent(took(100))
    hub.untold()
    hub.told([Level("b", 0.0)], [], DAY)
    hub.go_alone()
    clock.now = 1.0
    hub.spent(took(0))
    assert hub.news()[0][0].tokens == pytest.approx(2.5 + 10 * 0.5 * SLACK_SECONDS)
    hub.told([], [], DAY)
    clock.now = 2.0
    hub.spent(took(0))
    assert hub.news()[0][0].tokens == pytest.approx(5 + 10 * SLACK_SECONDS)


def test_what_was_taken_alone_is_not_told_later_and_what_was_used_is(hub: Hub) -> None:
    hub.spent(took(3))
    hub.spent(Spent(1, [], [Used(*PERIOD[:2], "2026-11-25", PERIOD[2], 2)]))
    hub.go_alone()
    assert hub.untold() == ([], [(PERIOD, 2)])


# Accuracy: what passes in ten seconds, of callers that ask as fast as they can


class Worker:
    """Tells every 50 ms, and is answered some milliseconds later."""

    def __init__(self, clock: Clock, hub: Hub, limit: Limit, offset: float) -> None:
        self.meter = Meter(clock)
        self.bucket = self.meter.bucket("b", limit)
        self.clock, self.hub, self.due = clock, hub, offset
        self.passed = 0

    def ask(self, count: int) -> None:
        for _ in range(count):
            if self.bucket.has_token(self.clock.now):
                self.meter.take(self.bucket)
                self.passed += 1


def play(workers: int, limit: Limit, *, asks: tuple[int, ...], seconds: float = 10.0) -> int:
    """`asks`: per worker, requests every 5 ms. Returns how many passed."""
    clock = Clock()
    hub = Hub(clock, Ledger())
    hub.workers = workers
    crowd = [Worker(clock, hub, limit, 0.05 * number / workers) for number in range(workers)]
    answers: list[tuple[float, Worker, Levels]] = []
    for step in range(int(seconds / 0.005)):
        clock.now = step * 0.005
        for worker, count in zip(crowd, itertools.cycle(asks)):
            worker.ask(count)
            if clock.now >= worker.due and (spent := worker.meter.spent()) is not None:
                worker.due = clock.now + 0.05
                hub.spent(spent)
                levels, counted = hub.news()
                for other in crowd:
                    sequence = spent.sequence if other is worker else 0
                    answers.append((clock.now + 0.005, other, Levels(sequence, levels, counted)))
        for answer in [one for one in answers if one[0] <= clock.now]:
            answers.remove(answer)
            answer[1].meter.hear(answer[2])
    return sum(worker.passed for worker in crowd)


@pytest.mark.parametrize("asks", [(5,), (10, 0, 0, 0), (7, 1)], ids=["evenly", "at one only", "skewed"])
@pytest.mark.parametrize("workers", [1, 2, 4, 8])
@pytest.mark.parametrize(
    "limit", [Limit(10, 20), Limit(100, 100), Limit(100, 5), Limit(1000, 500), Limit(1000, 10)], ids=str
)
def test_what_passes_in_ten_seconds_is_the_limit_within_three_percent(
    limit: Limit, workers: int, asks: tuple[int, ...]
) -> None:
    offered = sum(count for _, count in zip(range(workers), itertools.cycle(asks))) * 2000
    wanted = min(offered, limit.rate * 10 + limit.burst)
    passed = play(workers, limit, asks=asks)
    # Before they have heard of each other, each lets a burst pass; then that is owed.
    most = max(wanted + limit.rate * SLACK_SECONDS * 2 + workers, workers * limit.burst)
    assert wanted * 0.97 - 1 <= passed <= most, (passed, wanted)
