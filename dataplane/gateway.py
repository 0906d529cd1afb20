"""The one live reference: what this worker serves now."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from dataplane.kept import Kept
from dataplane.plan import Plan, Stage
from dataplane.snapshot import StageName

# Stage, path within it as sent, the resource's methods, path parameters. Shared, so not to be changed.
Route: TypeAlias = tuple[Stage, str, Mapping[str, Plan], dict[str, str]]

_LONGEST: Final = 256  # bytes of a path


class Routes(Kept[tuple[str, bytes], Route]):
    """By host and path: where a request went leads the next one there."""

    __slots__ = ()

    def worth(self, said: tuple[str, bytes]) -> bool:
        return len(said[1]) <= _LONGEST


class Gateway:
    """A request takes its stage of `live` once and keeps to it. A swap waits for nothing, so that no request comes
    between its parts, and costs what it changes."""

    __slots__ = ("live", "routes")

    def __init__(self) -> None:
        self.live: dict[tuple[str, str], Stage] = {}
        self.routes = Routes()

    def swap(self, changed: Iterable[Stage], removed: Iterable[StageName] = ()) -> None:
        """To be called where requests are served: on the event loop."""
        for name in removed:
            self.live.pop((name.api_id, name.stage_name), None)
        for stage in changed:
            self.live[stage.api_id, stage.stage_name] = stage
        self.routes.clear()
