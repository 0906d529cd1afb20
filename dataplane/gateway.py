"""The one live reference: what this worker serves now."""

from collections.abc import Iterable

from dataplane.plan import Stage
from dataplane.snapshot import StageName


class Gateway:
    """Readers take `live` once per request and keep to it; a swap is one assignment."""

    __slots__ = ("live",)

    def __init__(self) -> None:
        self.live: dict[tuple[str, str], Stage] = {}

    def swap(self, changed: Iterable[Stage], removed: Iterable[StageName] = ()) -> None:
        stages = dict(self.live)
        for name in removed:
            stages.pop((name.api_id, name.stage_name), None)
        for stage in changed:
            stages[(stage.api_id, stage.stage_name)] = stage
        self.live = stages
