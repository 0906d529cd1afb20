"""The stages whose last change this node would not take, and why: said once, reported until replaced."""

import logging
from dataclasses import dataclass
from typing import TypeAlias

from dataplane.snapshot import Digest, Refusal, StageEntry

log = logging.getLogger("dataplane.loader")

Name: TypeAlias = tuple[str, str]  # api id, stage name


def name_of(entry: StageEntry) -> Name:
    return entry.api_id, entry.stage_name


@dataclass(frozen=True, slots=True)
class Refused:
    entry: StageEntry
    reason: str
    retry_at: float | None  # None: it would fail again


class Refusals:
    def __init__(self) -> None:
        self._refused: dict[Name, Refused] = {}
        self._said: dict[Name, set[tuple[Digest, str]]] = {}
        self.last: Refusal | None = None

    def __len__(self) -> int:
        return len(self._refused)

    def add(self, refused: Refused, serving: StageEntry | None) -> None:
        name = name_of(refused.entry)
        self._refused[name] = refused
        self.last = _refusal(refused)
        said = self._said.setdefault(name, set())
        if (refused.entry.digest, refused.reason) not in said:
            said.add((refused.entry.digest, refused.reason))
            log.error(
                "refused %s/%s of generation %d: %s; %s",
                *name,
                refused.entry.generation,
                refused.reason,
                f"{serving.digest[:12]} serves on" if serving else "the stage is not served",
            )

    def taken(self, entry: StageEntry) -> None:
        """It is served now. If it is what was refused, a worker may yet fail on it: that is not to be said twice."""
        if self.holds(entry):
            del self._refused[name_of(entry)]
        else:
            self.forget(name_of(entry))

    def forget(self, name: Name) -> None:
        self._refused.pop(name, None)
        self._said.pop(name, None)

    def holds(self, entry: StageEntry) -> bool:
        refused = self._refused.get(name_of(entry))
        return refused is not None and refused.entry == entry

    def due(self, now: float) -> list[StageEntry]:
        return [r.entry for r in self._refused.values() if r.retry_at is not None and r.retry_at <= now]

    def knows(self, name: Name) -> bool:
        return name in self._refused

    def names(self) -> set[Name]:
        return set(self._refused)

    def report(self) -> tuple[Refusal, ...]:
        return tuple(_refusal(refused) for refused in list(self._refused.values()))


def _refusal(refused: Refused) -> Refusal:
    entry = refused.entry
    return Refusal(
        api_id=entry.api_id,
        stage_name=entry.stage_name,
        generation=entry.generation,
        digest=entry.digest,
        reason=refused.reason,
    )
