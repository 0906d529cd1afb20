"""From the console's manifest to a set of stages that may be served, kept on disk.

A change is taken stage by stage: what is corrupt, newer than the schema or does not compile is refused alone, and the
entry before it serves on. Nothing reaches a worker that did not compile here and is not on disk. All of it blocks:
one thread calls it, away from every event loop.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dataplane import snapshot
from dataplane.loader.access import account_text, fits, is_change, merged
from dataplane.loader.console import Console, ConsoleAway, ConsoleRefused
from dataplane.loader.documents import Documents, Unfit, Unsettled, compile_entry, digests
from dataplane.loader.refusals import Name, Refusals, Refused, name_of
from dataplane.loader.store import Position, Store, file_name
from dataplane.loader.supply import Supply
from dataplane.settings import Settings
from dataplane.snapshot import SCHEMA_VERSION, Access, Manifest, SnapshotError, StageEntry

log = logging.getLogger("dataplane.loader")

RETRY_SECONDS: Final = 2.0  # until a document that came corrupt is asked for again
SWEEP_SECONDS: Final = 600.0
KEPT_SECONDS: Final = 3600.0  # how long a document stays that nothing names: a rollback may want it


@dataclass(frozen=True, slots=True)
class Change:
    """What workers have to take in, and where the set then stands."""

    origin: str
    generation: int
    changed: tuple[StageEntry, ...] = ()
    removed: tuple[Name, ...] = ()
    access: Access | None = None  # None: as it was
    whole_access: bool = False  # nothing of what was before is kept


class Loader:
    def __init__(self, settings: Settings, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        folder = settings.home / "snapshots"
        self._console = console
        self._clock = clock
        self._store = Store(folder)
        self._documents = Documents(folder / "documents")
        self._supply = Supply(console, self._documents)
        self._whole = True  # ask for the whole set next
        self._sweep_at = clock() + SWEEP_SECONDS
        self.current: dict[Name, StageEntry] = {}  # what is served
        self.access: Access | None = None
        self.refusals = Refusals()
        self.origin = ""
        self.generation = 0

    # From disk

    def boot(self) -> Change | None:
        """The set on disk; None: there is none. Raises OSError where the folder cannot be made."""
        self._documents.prepare()
        self._store.prepare()
        files = self._store.files()
        position = self._position(files)
        if position is None:
            return None
        restored = [entry for file in files if (entry := self._restore(file)) is not None]
        self._documents.let_go()
        self.current = {name_of(entry): entry for entry in restored}
        self.origin, self.generation = position.origin, position.generation
        self._whole = self._whole or not position.complete
        log.info("generation %d is on disk: %s", self.generation, _stages(len(restored)))
        self.access = self._restored_access(position)
        return Change(self.origin, self.generation, tuple(restored), (), self.access, self.access is not None)

    def _restored_access(self, position: Position) -> Access | None:
        """Where it is missing or spoilt, the console is asked anew."""
        if not position.access:
            self._whole = self._whole or position.access is None
            return None
        try:
            return self._store.access()
        except (SnapshotError, OSError) as error:
            self._whole = True
            log.error("access.json: %s; keys and plans are as they were before, and the console is asked", error)
        try:
            return self._store.previous_access()
        except (SnapshotError, OSError):
            return None

    def _position(self, files: list[str]) -> Position | None:
        self._whole = False
        try:
            return self._store.position()
        except FileNotFoundError:
            self._whole = True
            return None
        except (SnapshotError, OSError) as error:
            self._whole = True
            log.error("node.json: %s; the stages on disk serve, and the console is asked for all", error)
            if not files:
                return None
            return Position(schema_version=SCHEMA_VERSION, origin="", generation=0, complete=False, access=True)

    def _restore(self, file: str) -> StageEntry | None:
        try:
            return self._verified(self._store.current(file))
        except (SnapshotError, OSError) as error:
            reason = str(error)
        self._whole = True
        self._store.spoil(file)
        entry = self._previous(file)
        fallback = f"{entry.api_id}/{entry.stage_name} serves as it was before" if entry else "the stage is left out"
        log.error("stages/%s: %s; %s", file, reason, fallback)
        return entry

    def _verified(self, entry: StageEntry) -> StageEntry:
        for digest in digests(entry):
            self._documents.read(digest)
        return entry

    def _previous(self, file: str) -> StageEntry | None:
        try:
            return self._verified(self._store.previous(file))
        except (SnapshotError, OSError):
            return None

    # From the console

    def poll(self) -> Change | None:
        """Ask what has changed, and take it. Raises ConsoleAway, ConsoleRefused, OSError (the disk), and SnapshotError
        where the manifest is refused whole."""
        manifest = self._ask()
        if manifest is None:
            return self._take(self.origin, self.generation, self.refusals.due(self._clock()), [], None)
        if manifest.since:
            removed = [(each.api_id, each.stage_name) for each in manifest.removed]
        else:
            named = {name_of(entry) for entry in manifest.stages}
            removed = [name for name in self._known() if name not in named]
            self._warn_of_another_origin(manifest)
        news = [entry for entry in manifest.stages if self._is_news(entry)]
        return self._take(manifest.origin, manifest.generation, news, removed, manifest)

    def _ask(self) -> Manifest | None:
        if not self._whole:
            body = self._console.manifest(self.origin, self.generation, account_text(self.access))
            if body is None:
                return None
            manifest = snapshot.decode(body, Manifest)
            if self._fits(manifest):
                return manifest
            log.info("generation %d does not follow on %d: asking for all stages", manifest.generation, self.generation)
        body = self._console.manifest("", 0)
        manifest = snapshot.decode(body or b"", Manifest)
        count = len({name_of(entry) for entry in manifest.stages})
        if manifest.since or manifest.stage_count != count:
            raise SnapshotError(f"not a whole set: it counts {manifest.stage_count} stages and names {count}")
        if manifest.access is not None and not fits(merged(None, manifest.access, whole=True)):
            raise SnapshotError("not a whole set: it counts other keys or plans than it names")
        return manifest

    def _fits(self, manifest: Manifest) -> bool:
        access = manifest.access
        if access is not None and not fits(merged(self.access, access, whole=not manifest.since)):
            return False
        if not manifest.since:
            return manifest.stage_count == len(manifest.stages)
        follows = manifest.origin == self.origin and manifest.since == self.generation
        return follows and manifest.stage_count == self._count_after(manifest)

    def _count_after(self, manifest: Manifest) -> int:
        """Of stages, when the change is taken. The set is not walked: it may be large, and a change is small."""
        known = len(self.current) + sum(name not in self.current for name in self.refusals.names())
        removed = {(each.api_id, each.stage_name) for each in manifest.removed}
        named = {name_of(entry) for entry in manifest.stages} - removed
        return known + sum(not self._knows(name) for name in named) - sum(map(self._knows, removed))

    def _knows(self, name: Name) -> bool:
        return name in self.current or self.refusals.knows(name)

    def _known(self) -> set[Name]:
        return self.current.keys() | self.refusals.names()

    def _is_news(self, entry: StageEntry) -> bool:
        if self.refusals.holds(entry):
            return False  # its retry, where one makes sense, has its own time
        if self.current.get(name_of(entry)) == entry:
            self.refusals.forget(name_of(entry))
            return False
        return True

    def _warn_of_another_origin(self, manifest: Manifest) -> None:
        if self.origin and manifest.origin != self.origin:
            log.warning(
                "the console has another database (%s, before %s): %s took the place of %s",
                manifest.origin,
                self.origin,
                _stages(len(manifest.stages)),
                _stages(len(self.current)),
            )

    def _take(
        self, origin: str, generation: int, news: list[StageEntry], removed: list[Name], manifest: Manifest | None
    ) -> Change | None:
        changed = self._admit(news)
        moved = (origin, generation) != (self.origin, self.generation) or self._whole
        access = self._changed_access(manifest)
        if not (moved or changed or removed or access):
            self._sweep()
            return None
        whole_access = access is not None and manifest is not None and not manifest.since
        kept_access = self.access if access is None else merged(self.access, access, whole=whole_access)
        if access is not None and kept_access is not None:
            self._store.keep_access(kept_access)
        self._store.keep([entry for entry in changed if self.current.get(name_of(entry)) != entry])
        self._store.forget(removed)
        settled = {*removed, *map(name_of, changed)}
        self._keep_position(
            origin, generation, complete=self.refusals.names() <= settled, access=kept_access is not None
        )
        # Not before all of it is on disk: a change that is taken here is not asked for again.
        for name in removed:
            self.current.pop(name, None)
            self.refusals.forget(name)
        for entry in changed:
            self.current[name_of(entry)] = entry
            self.refusals.taken(entry)
        self.origin, self.generation, self.access, self._whole = origin, generation, kept_access, False
        return Change(origin, generation, tuple(changed), tuple(removed), access, whole_access)

    def _changed_access(self, manifest: Manifest | None) -> Access | None:
        if manifest is None or manifest.access is None:
            return None
        return manifest.access if not manifest.since or is_change(self.access, manifest.access) else None

    def _keep_position(self, origin: str, generation: int, *, complete: bool, access: bool) -> None:
        self._store.keep_position(
            Position(
                schema_version=SCHEMA_VERSION, origin=origin, generation=generation, complete=complete, access=access
            )
        )

    def _admit(self, news: Iterable[StageEntry]) -> list[StageEntry]:
        """Those that may be served: fetched, verified, compiled once for trial."""
        admitted = []
        news = sorted(news, key=lambda entry: entry.digest)
        try:
            self._supply.stock([digest for entry in news for digest in digests(entry)])
            for entry in news:
                try:
                    self._trial(entry)
                    admitted.append(entry)
                except Unfit as unfit:
                    self._refuse(entry, unfit)
        finally:
            self._documents.commit()
        return admitted

    def _trial(self, entry: StageEntry) -> None:
        """Raises Unfit, ConsoleAway, ConsoleRefused."""
        for digest in digests(entry):
            self._supply.obtain(digest)
        compile_entry(entry, self._documents)

    def _refuse(self, entry: StageEntry, unfit: Unfit) -> None:
        retry_at = self._clock() + RETRY_SECONDS if isinstance(unfit, Unsettled) else None
        self.refusals.add(Refused(entry, str(unfit), retry_at), self.current.get(name_of(entry)))

    # From a worker

    def distrust(self, refused: StageEntry, reason: str) -> Change | None:
        """A worker could not take in an entry. If it cannot be served here either, the one before it is."""
        name = name_of(refused)
        if self.current.get(name) != refused:
            return None  # old news
        try:
            self._trial(refused)
            self._documents.commit()
            self._refuse(refused, Unsettled(f"a worker could not take it: {reason}"))
            return None  # sent to all workers again when it is due
        except (Unfit, ConsoleAway, ConsoleRefused, OSError) as error:
            return self._fall_back(refused, error)

    def _fall_back(self, refused: StageEntry, error: Exception) -> Change:
        name = name_of(refused)
        file = file_name(*name)
        previous = self._previous(file)
        del self.current[name]
        self._store.spoil(file)
        if previous is not None:
            self.current[name] = previous
        self._refuse(refused, error if isinstance(error, Unfit) else Unsettled(str(error)))
        try:
            self._keep_position(self.origin, self.generation, complete=False, access=self.access is not None)
        except OSError as unkept:  # the workers need what was before all the same
            log.error("node.json: %s", unkept)
        changed = () if previous is None else (previous,)
        return Change(self.origin, self.generation, changed, () if previous else (name,))

    # Housekeeping

    def _sweep(self) -> None:
        if self._clock() < self._sweep_at:
            return
        self._sweep_at = self._clock() + SWEEP_SECONDS
        named = {digest for entry in self.current.values() for digest in digests(entry)}
        count = self._documents.sweep(named | self._store.previous_digests(), KEPT_SECONDS)
        if count:
            log.info("removed %d documents that no stage has named for an hour", count)


def _stages(count: int) -> str:
    return "1 stage" if count == 1 else f"{count} stages"
