"""What is deployed, one generation after another; also at a fixed pace, beside a load."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from benchmarks import snapshots
from benchmarks.console import ScriptedConsole
from dataplane.snapshot import Resource


class Deployments:
    """With a console of their own. `drawn`: what an API consists of in a generation."""

    def __init__(self, drawn: Callable[[str, int], Sequence[Resource]]) -> None:
        self.console = ScriptedConsole()
        self.count = 0
        self._drawn = drawn

    def deploy(self, api: str) -> int:
        """The generation."""
        self.count += 1
        body = snapshots.document(api, self._drawn(api, self.count))
        self.console.deploy(body, snapshots.entry(body, self.count, api))
        return self.count

    @contextmanager
    def every(self, seconds: float, apis: Iterable[str]) -> Iterator[None]:
        """Meanwhile one of `apis` after another, from a thread; nobody else may deploy."""
        over = threading.Event()

        def deploying() -> None:
            for api in apis:
                if over.wait(seconds):
                    break
                self.deploy(api)

        thread = threading.Thread(target=deploying)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
