"""What keeps a worker's swaps from being felt: by requests that are served while it compiles, and ever after.

Each is measured by `python -m benchmarks.scale`.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

WORK_SECONDS: Final = 0.001
REST_SECONDS: Final = 0.0005
GROWN: Final = 5_000  # objects: the collector walks them in some 1 ms


class Rests:
    """Called between the methods that a thread compiles, while requests are served: after each millisecond of work it
    leaves interpreter and core to them, which else would wait until Python or the kernel switches, some 5 ms."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._since = clock()

    def __call__(self) -> None:
        if self._clock() - self._since > WORK_SECONDS:
            self._sleep(REST_SECONDS)
            self._since = self._clock()


class Collector:
    """The garbage collector, kept away from what is served: of 100 000 methods a full collection takes a second, in
    which no request is answered, and while such a set compiles it would walk it again and again.

    What compiles holds no circles, so that a stage that is replaced goes with the last request that has it.
    """

    def __init__(self) -> None:
        self._grown = 0
        self._begun = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While stages compile. The first set is put away, and so is what has become much since."""
        gc.disable()
        before = gc.get_count()[0]  # objects since the last collection, which may have been before the last set
        try:
            yield
        finally:
            came = max(gc.get_count()[0] - before, 0)
            self._grown += came
            if not self._begun or self._grown > GROWN:
                self._put_away(collect=self._begun and came <= GROWN)
            gc.enable()

    def _put_away(self, *, collect: bool) -> None:
        """`collect`: or else what is garbage now is put away too; which, beside much that is none, takes too long."""
        if collect:
            gc.collect()
        gc.freeze()
        self._grown, self._begun = 0, True
