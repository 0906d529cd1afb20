"""The one live reference: what this worker serves now."""

from collections.abc import Iterable

from dataplane.plan import Stage
from dataplane.snapshot import StageName


class Gateway:
    """A request takes its stage of `live` once and keeps to it. A swap waits for nothing, so that no request comes
    between its parts, and costs what it changes."""

    __slots__ = ("live",)

    def __init__(self) -> None:
        self.live: dict[tuple[str, str], Stage] = {}

    def swap(self, changed: Iterable[Stage], removed: Iterable[StageName] = ()) -> None:
        """To be called where requests are served: on the event loop."""
        for name in removed:
            self.live.pop((name.api_id, name.stage_name), None)
        for stage in changed:
            self.live[stage.api_id, stage.stage_name] = stage
