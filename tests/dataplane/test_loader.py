import logging
import os
from pathlib import Path

import msgspec
import pytest

from dataplane import snapshot
from dataplane.loader.loader import KEPT_SECONDS, RETRY_SECONDS, SWEEP_SECONDS, Change, Loader
from dataplane.loader.store import file_name
from dataplane.settings import Settings
from dataplane.snapshot import SCHEMA_VERSION, Access, ApiKey, KeyPlan, Manifest, SnapshotError, Throttle, UsagePlan
from tests.dataplane.node.console import Console, answering, uncompilable
from tests.dataplane.node.settings import settings_in

DEV = ("api1", "dev")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def loader(settings: Settings, console: Console, clock: Clock) -> Loader:
    return booted(settings, console, clock)[0]


def booted(settings: Settings, console: Console, clock: Clock) -> tuple[Loader, Change | None]:
    loader = Loader(settings, console, clock)  # type: ignore[arg-type]  # the same calls, without HTTP
    return loader, loader.boot()


@pytest.fixture
def stage_file(settings: Settings) -> Path:
    return settings.home / "snapshots" / "stages" / file_name(*DEV)


def document_file(settings: Settings, digest: str) -> Path:
    return settings.home / "snapshots" / "documents" / f"{digest}.json"


def served(loader: Loader) -> dict[tuple[str, str], str]:
    return {name: entry.deployment_id for name, entry in loader.current.items()}


# What is taken


def test_a_fresh_node_takes_the_whole_set(loader: Loader, console: Console) -> None:
    first, second = console.deploy(answering("1")), console.deploy(answering("2", api_id="api2"))
    change = loader.poll()
    assert change is not None
    assert (change.origin, change.generation) == ("origin-1", 2)
    assert sorted(change.changed, key=lambda entry: entry.generation) == [first, second]


def test_an_empty_set_is_a_set(loader: Loader) -> None:
    assert loader.poll() == Change("origin-1", 0)


def test_nothing_changed_is_nothing_to_do(loader: Loader, console: Console) -> None:
    console.deploy(answering("1"))
    loader.poll()
    assert loader.poll() is None


def test_a_change_brings_only_what_changed_and_fetches_only_what_is_missing(loader: Loader, console: Console) -> None:
    console.deploy(answering("1"))
    other = console.deploy(answering("2", api_id="api2"))
    loader.poll()
    console.calls.clear()
    flushed = console.point("api2", digest=other.digest, deployment_id="x", cache_generation=1)
    assert loader.poll() == Change("origin-1", 3, (flushed,))
    assert console.calls == []


def test_one_changed_stage_of_many_touches_its_own_files_only(
    loader: Loader, console: Console, settings: Settings
) -> None:
    for number in range(40):
        console.deploy(answering("1", api_id=f"api{number}"))
    loader.poll()
    before = {path: path.stat().st_ino for path in (settings.home / "snapshots").rglob("*.json*")}
    entry = console.deploy(answering("2", api_id="api7"))
    loader.poll()
    after = {path: path.stat().st_ino for path in (settings.home / "snapshots").rglob("*.json*")}
    stage = settings.home / "snapshots" / "stages" / file_name("api7", "dev")
    assert {path for path in after if after[path] != before.get(path)} == {
        stage,
        stage.with_name(f"{stage.name}.prev"),
        document_file(settings, entry.digest),
        settings.home / "snapshots" / "node.json",
    }


def test_a_removed_stage_is_served_no_longer_and_leaves_no_file(
    loader: Loader, console: Console, stage_file: Path
) -> None:
    console.deploy(answering("1"))
    console.deploy(answering("2"))
    loader.poll()
    console.remove(*DEV)
    assert loader.poll() == Change("origin-1", 3, (), (DEV,))
    assert not list(stage_file.parent.iterdir())


def test_both_documents_of_a_canary_are_fetched(loader: Loader, console: Console, settings: Settings) -> None:
    entry = console.deploy(answering("1"), canary=answering("2"))
    loader.poll()
    assert entry.canary is not None
    assert [set(parcel) for parcel in console.parcels] == [{entry.digest, entry.canary.digest}]


# When the set does not follow


def test_a_set_that_counts_otherwise_is_asked_for_whole(loader: Loader, console: Console) -> None:
    console.deploy(answering("1"))
    console.deploy(answering("2", api_id="api2"))
    loader.poll()
    del console.entries["api2", "dev"]  # no tombstone tells of it
    console.deploy(answering("3"))
    change = loader.poll()
    assert change is not None
    assert change.removed == (("api2", "dev"),)
    assert list(loader.current) == [DEV]


def test_another_database_replaces_the_whole_set_with_a_warning(
    loader: Loader, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    console.deploy(answering("1"))
    loader.poll()
    console.wipe()
    console.deploy(answering("2", api_id="api2"))
    change = loader.poll()
    assert change is not None
    assert (change.origin, change.removed) == ("origin-1'", (DEV,))
    assert "another database (origin-1', before origin-1): 1 stage took the place of 1 stage" in caplog.text


def test_an_emptied_database_empties_the_node_with_a_warning(
    loader: Loader, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    console.deploy(answering("1"))
    loader.poll()
    console.wipe()
    assert loader.poll() == Change("origin-1'", 0, (), (DEV,))
    assert "0 stages took the place of 1 stage" in caplog.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"schemaVersion": 99}', "schema version 99 is newer"),
        (b"<html>", "not a Manifest"),
        (
            snapshot.encode(Manifest(schema_version=SCHEMA_VERSION, origin="o", generation=9, since=0, stage_count=3)),
            "counts 3 stages and names 0",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused_whole(loader: Loader, console: Console, body: bytes, reason: str) -> None:
    console.deploy(answering("1"))
    loader.poll()
    console.manifest_body = body
    with pytest.raises(SnapshotError, match=reason):
        loader.poll()
    assert loader.generation == 1
    assert list(loader.current) == [DEV]


# What is refused


def test_a_stage_that_does_not_compile_is_refused_alone_and_the_one_before_serves_on(
    loader: Loader, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    good = console.deploy(answering("1"))
    loader.poll()
    bad = console.deploy(uncompilable())
    other = console.deploy(answering("2", api_id="api2"))
    assert loader.poll() == Change("origin-1", 3, (other,))
    assert loader.current[DEV] == good
    (refusal,) = loader.refusals.report()
    assert (refusal.api_id, refusal.stage_name, refusal.generation, refusal.digest) == (*DEV, 2, bad.digest)
    assert "does not compile" in refusal.reason
    assert f"refused api1/dev of generation 2: {refusal.reason}; {good.digest[:12]} serves on" in caplog.messages


def test_a_document_of_a_newer_schema_is_refused(loader: Loader, console: Console) -> None:
    console.deploy(msgspec.structs.replace(answering("1"), schema_version=SCHEMA_VERSION + 1))
    loader.poll()
    assert loader.current == {}
    assert "newer" in loader.refusals.report()[0].reason


def test_a_refusal_is_said_once_and_ends_with_the_next_good_entry(
    loader: Loader, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    console.deploy(uncompilable())
    for _ in range(3):
        loader.poll()
    assert len([m for m in caplog.messages if m.startswith("refused")]) == 1
    entry = console.deploy(answering("1"))
    assert loader.poll() == Change("origin-1", 2, (entry,))
    assert loader.refusals.report() == ()


def test_a_refusal_ends_when_the_stage_goes_back_to_what_is_served(loader: Loader, console: Console) -> None:
    good = console.deploy(answering("1"))
    loader.poll()
    console.deploy(uncompilable())
    loader.poll()
    console.entries[DEV] = good
    console.wipe()  # a restored backup: the very same entry, in another database
    console.entries[DEV] = good
    console.generation = 1
    loader.poll()
    assert loader.refusals.report() == ()
    assert loader.current[DEV] == good


def test_a_refusal_ends_with_its_stage(loader: Loader, console: Console) -> None:
    console.deploy(uncompilable())
    loader.poll()
    console.remove(*DEV)
    loader.poll()
    assert loader.refusals.report() == ()


def test_a_refused_change_is_asked_for_again_after_a_start(
    settings: Settings, loader: Loader, console: Console, clock: Clock
) -> None:
    console.deploy(answering("1"))
    loader.poll()
    console.deploy(uncompilable())
    loader.poll()
    again, _ = booted(settings, console, clock)
    again.poll()
    assert len(again.refusals.report()) == 1
    assert again.poll() is None


def test_a_document_that_comes_corrupt_is_fetched_again_a_while_later(
    loader: Loader, console: Console, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    entry = console.deploy(answering("1"))
    body = console.documents[entry.digest]
    console.documents[entry.digest] = body[:-1]
    loader.poll()
    assert "came corrupt" in loader.refusals.report()[0].reason
    assert loader.poll() is None
    clock.now += RETRY_SECONDS
    assert loader.poll() is None
    console.documents[entry.digest] = body
    clock.now += RETRY_SECONDS
    assert loader.poll() == Change("origin-1", 1, (entry,))
    assert loader.refusals.report() == ()
    assert len([m for m in caplog.messages if m.startswith("refused")]) == 1


def test_a_document_that_the_console_lacks_is_a_refusal(loader: Loader, console: Console) -> None:
    console.point("api1", digest="0" * 64, deployment_id="x")
    loader.poll()
    assert "does not have document" in loader.refusals.report()[0].reason


# What a worker could not take


def test_what_one_worker_could_not_take_is_sent_to_all_again(loader: Loader, console: Console, clock: Clock) -> None:
    entry = console.deploy(answering("1"))
    loader.poll()
    assert loader.distrust(entry, "no memory") is None
    assert "a worker could not take it: no memory" in loader.refusals.report()[0].reason
    clock.now += RETRY_SECONDS
    assert loader.poll() == Change("origin-1", 1, (entry,))
    assert loader.refusals.report() == ()


def test_a_document_that_went_bad_on_disk_is_fetched_again(
    loader: Loader, console: Console, clock: Clock, settings: Settings
) -> None:
    entry = console.deploy(answering("1"))
    loader.poll()
    path = document_file(settings, entry.digest)
    path.write_bytes(b"rot")
    loader.distrust(entry, "corrupt")
    assert path.read_bytes() == console.documents[entry.digest]
    clock.now += RETRY_SECONDS
    assert loader.poll() == Change("origin-1", 1, (entry,))


def test_a_set_on_disk_that_compiles_no_longer_falls_back_to_the_entry_before(
    loader: Loader, console: Console, stage_file: Path
) -> None:
    good = console.deploy(answering("1"))
    loader.poll()
    bad = console.deploy(answering("2"))
    loader.poll()
    # as after an upgrade that has become stricter
    bad_now = msgspec.structs.replace(bad, digest=console.put(uncompilable()))
    loader.current[DEV] = bad_now
    assert loader.distrust(bad_now, "does not compile") == Change("origin-1", 2, (good,))
    assert loader.current[DEV] == good
    assert loader.refusals.holds(bad_now)


def test_a_failure_of_an_entry_that_was_replaced_meanwhile_is_old_news(loader: Loader, console: Console) -> None:
    old = console.deploy(answering("1"))
    loader.poll()
    console.deploy(answering("2"))
    loader.poll()
    assert loader.distrust(old, "whatever") is None
    assert loader.refusals.report() == ()


# A disk that does not take it


@pytest.fixture
def full_disk(settings: Settings, loader: Loader, console: Console) -> Path:
    """A set is served; then node.json, which is written last, cannot be: a folder is where its new text would be."""
    console.deploy(answering("1"))
    console.deploy(answering("1", api_id="api2"))
    loader.poll()
    blocked = settings.home / "snapshots" / f".node.json.{os.getpid()}"
    blocked.mkdir()
    return blocked


def test_a_change_that_could_not_be_kept_is_asked_for_until_it_can_be(
    loader: Loader, console: Console, full_disk: Path
) -> None:
    entry = console.deploy(answering("2"))
    console.remove("api2")
    for _ in range(2):
        with pytest.raises(OSError):
            loader.poll()
        assert loader.generation == 2
    full_disk.rmdir()
    assert loader.poll() == Change("origin-1", 4, (entry,), (("api2", "dev"),))
    assert loader.current == console.entries


def test_a_refusal_is_kept_as_incomplete_and_its_end_as_complete(
    settings: Settings, loader: Loader, console: Console
) -> None:
    position = settings.home / "snapshots" / "node.json"
    console.deploy(uncompilable())
    loader.poll()
    assert not msgspec.json.decode(position.read_bytes())["complete"]
    console.deploy(answering("1"))
    loader.poll()
    assert msgspec.json.decode(position.read_bytes())["complete"]


def test_workers_get_the_entry_before_though_the_disk_takes_nothing(
    settings: Settings, loader: Loader, console: Console, full_disk: Path
) -> None:
    first = console.entries[DEV]
    full_disk.rmdir()
    second = console.deploy(answering("2"))
    loader.poll()
    document_file(settings, second.digest).unlink()
    full_disk.mkdir()
    (settings.home / "snapshots" / "documents" / f".{second.digest}.json.{os.getpid()}").mkdir()
    change = loader.distrust(second, "its document is missing")
    assert change is not None
    assert change.changed == (first,)


def test_a_document_that_cannot_be_read_is_fetched_again(settings: Settings, loader: Loader, console: Console) -> None:
    entry = console.deploy(answering("1"))
    loader.poll()
    path = document_file(settings, entry.digest)
    path.unlink()
    path.symlink_to(path.name)  # reading it is an OSError, whoever reads
    console.point("api1", digest=entry.digest, deployment_id="again")
    change = loader.poll()
    assert change is not None
    assert served(loader) == {DEV: "again"}
    assert not path.is_symlink()


# From disk


def test_a_node_starts_from_disk_and_asks_only_what_changed_since(
    settings: Settings, loader: Loader, console: Console, clock: Clock
) -> None:
    entry = console.deploy(answering("1"))
    loader.poll()
    console.calls.clear()
    again, change = booted(settings, console, clock)
    assert change == Change("origin-1", 1, (entry,))
    assert again.poll() is None
    assert console.calls == []


def test_a_node_that_was_never_given_a_set_has_none(settings: Settings, console: Console, clock: Clock) -> None:
    assert booted(settings, console, clock)[1] is None


@pytest.fixture
def two_deployed(loader: Loader, console: Console) -> None:
    for body in ("1", "2"):
        console.deploy(answering(body))
        loader.poll()


@pytest.mark.usefixtures("two_deployed")
@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b'{"apiId": "api1"}'])
def test_a_corrupt_stage_file_falls_back_to_the_one_before_and_the_console_is_asked_for_all(
    settings: Settings,
    console: Console,
    clock: Clock,
    stage_file: Path,
    damage: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage_file.write_bytes(damage)
    again, change = booted(settings, console, clock)
    assert change is not None
    assert [entry.generation for entry in change.changed] == [1]
    assert f"stages/{stage_file.name}: corrupt" in caplog.text
    assert "api1/dev serves as it was before" in caplog.text
    assert again.poll() == Change("origin-1", 2, (console.entries[DEV],))
    # and what was corrupt did not take the place of the good one
    stage_file.unlink()
    assert [entry.generation for entry in booted(settings, console, clock)[0].current.values()] == [1]


@pytest.mark.usefixtures("two_deployed")
def test_a_corrupt_document_falls_back_to_the_entry_before_and_is_fetched_again(
    settings: Settings, console: Console, clock: Clock
) -> None:
    entry = console.entries[DEV]
    document_file(settings, entry.digest).write_bytes(b"{}")
    again, change = booted(settings, console, clock)
    assert change is not None
    assert [entry.generation for entry in change.changed] == [1]
    assert again.poll() == Change("origin-1", 2, (entry,))


@pytest.mark.usefixtures("two_deployed")
def test_a_stage_with_nothing_good_on_disk_is_left_out_until_the_console_is_there(
    settings: Settings, console: Console, clock: Clock, stage_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    console.deploy(answering("3", api_id="api2"))
    booted(settings, console, clock)[0].poll()
    stage_file.write_bytes(b"rot")
    stage_file.with_name(f"{stage_file.name}.prev").write_bytes(b"rot")
    again, change = booted(settings, console, clock)
    assert change is not None
    assert [entry.api_id for entry in change.changed] == ["api2"]
    assert "the stage is left out" in caplog.text
    assert again.poll() == Change("origin-1", 3, (console.entries[DEV],))


@pytest.mark.usefixtures("two_deployed")
def test_a_corrupt_position_serves_what_is_there_and_asks_for_all(
    settings: Settings, console: Console, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.home / "snapshots" / "node.json").write_bytes(b"{")
    again, change = booted(settings, console, clock)
    assert change is not None
    assert [entry.generation for entry in change.changed] == [2]
    assert "node.json" in caplog.text
    again.poll()
    assert (again.origin, again.generation) == ("origin-1", 2)


@pytest.mark.usefixtures("two_deployed")
def test_a_crash_between_a_stage_and_the_position_is_made_good_by_the_next_contact(
    settings: Settings, loader: Loader, console: Console, clock: Clock
) -> None:
    position = settings.home / "snapshots" / "node.json"
    before = position.read_bytes()
    console.deploy(answering("3"))
    loader.poll()
    position.write_bytes(before)
    again, _ = booted(settings, console, clock)
    assert again.generation == 2
    assert again.poll() == Change("origin-1", 3)
    assert again.current == console.entries


@pytest.mark.usefixtures("two_deployed")
def test_what_a_killed_node_left_half_written_is_cleared(
    settings: Settings, console: Console, clock: Clock, stage_file: Path
) -> None:
    left = stage_file.with_name(f".{stage_file.name}.123")
    left.write_bytes(b"half")
    booted(settings, console, clock)
    assert not left.exists()


def test_documents_that_nothing_names_are_removed_after_an_hour(
    settings: Settings, loader: Loader, console: Console, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    entries = []
    for body in ("1", "2", "3", "4"):
        entries.append(console.deploy(answering(body)))
        loader.poll()
    for entry in entries[:-2]:
        os.utime(document_file(settings, entry.digest), (0, 0))
    fresh = entries[1]
    os.utime(document_file(settings, fresh.digest))
    clock.now += SWEEP_SECONDS
    loader.poll()
    left = [document_file(settings, entry.digest).exists() for entry in entries]
    assert left == [False, True, True, True]  # unnamed; unnamed but young; the previous one; the current one
    assert KEPT_SECONDS == 3600.0


# Who may call


def api_key(id: str = "key1", digest: str = "0" * 64) -> ApiKey:
    return ApiKey(id=id, digest=digest, plans=(KeyPlan(plan_id="gold"),))


GOLD = UsagePlan(id="gold")


def test_keys_and_plans_are_taken_with_the_set_and_kept(settings: Settings, console: Console, clock: Clock) -> None:
    loader, _ = booted(settings, console, clock)
    console.admit(api_key(), plans=(GOLD,), account=Throttle(rate_limit=10, burst_limit=5))
    change = loader.poll()
    assert change is not None and change.whole_access
    assert change.access == loader.access == console.access
    again, restored = booted(settings, console, clock)
    assert restored is not None and restored.access == console.access and restored.whole_access
    assert again.poll() is None


def test_a_change_of_keys_brings_no_stages_and_a_change_of_stages_no_keys(loader: Loader, console: Console) -> None:
    console.deploy(answering("1"))
    console.admit(api_key(), plans=(GOLD,))
    loader.poll()
    console.access = Access(key_count=2, plan_count=1, keys=(api_key("key2"),))
    console.generation += 1
    change = loader.poll()
    assert change is not None and change.changed == () and not change.whole_access
    assert loader.access is not None and {key.id for key in loader.access.keys} == {"key1", "key2"}
    console.access = Access(key_count=2, plan_count=1)
    console.deploy(answering("2"))
    change = loader.poll()
    assert change is not None and change.access is None and len(change.changed) == 1


def test_what_is_removed_is_removed(loader: Loader, console: Console) -> None:
    console.admit(api_key(), plans=(GOLD,))
    loader.poll()
    console.access = Access(key_count=0, plan_count=0, removed_keys=("key1",), removed_plans=("gold",))
    console.generation += 1
    loader.poll()
    assert loader.access == Access(key_count=0, plan_count=0)


def test_a_set_that_counts_other_keys_is_asked_for_whole(loader: Loader, console: Console) -> None:
    console.admit(api_key(), plans=(GOLD,))
    loader.poll()
    console.admit(api_key("key1"), api_key("key2"), plans=(GOLD,))
    whole = console.access
    assert whole is not None
    calls = []
    told = console.manifest

    def missing_one(origin: str, since: int, account: str = "") -> bytes | None:
        calls.append(since)
        console.access = whole if since == 0 else msgspec.structs.replace(whole, keys=whole.keys[:1])
        return told(origin, since, account)

    console.manifest = missing_one  # type: ignore[method-assign]
    loader.poll()
    assert calls == [1, 0]
    assert loader.access is not None and len(loader.access.keys) == 2


def test_a_whole_set_that_counts_other_keys_is_refused(loader: Loader, console: Console) -> None:
    console.access = Access(key_count=3, plan_count=0)
    console.generation += 1
    with pytest.raises(SnapshotError, match="other keys or plans"):
        loader.poll()


def test_keys_that_went_bad_on_disk_are_as_they_were_before_and_asked_for(
    settings: Settings, console: Console, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    loader, _ = booted(settings, console, clock)
    console.admit(api_key())
    loader.poll()
    console.admit(api_key(), api_key("key2"))
    loader.poll()
    (settings.home / "snapshots" / "access.json").write_bytes(b"rot")
    again, change = booted(settings, console, clock)
    assert change is not None and change.access is not None
    assert [key.id for key in change.access.keys] == ["key1"]
    assert "access.json: corrupt" in caplog.text
    again.poll()
    assert again.access is not None and len(again.access.keys) == 2


def test_a_set_of_a_version_that_knew_no_keys_is_asked_for_whole(
    settings: Settings, console: Console, clock: Clock
) -> None:
    loader, _ = booted(settings, console, clock)
    console.deploy(answering("1"))
    loader.poll()
    position = settings.home / "snapshots" / "node.json"
    kept = msgspec.json.decode(position.read_bytes())
    del kept["access"]
    position.write_bytes(msgspec.json.encode(kept))
    console.access = Access(key_count=1, plan_count=0, keys=(api_key(),))  # and no generation tells of it
    again, _ = booted(settings, console, clock)
    change = again.poll()
    assert change is not None and change.access == console.access


def test_changed_limits_of_the_account_are_a_change(loader: Loader, console: Console) -> None:
    console.admit(account=Throttle(rate_limit=10, burst_limit=5))
    loader.poll()
    console.admit(account=Throttle(rate_limit=20, burst_limit=5))
    change = loader.poll()
    assert change is not None and change.access is not None and change.access.account is not None
    assert change.access.account.rate_limit == 20
