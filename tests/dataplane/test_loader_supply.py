"""Many documents at once: how a node that begins comes by them, and what one that fails costs."""

import msgspec
import pytest

from dataplane.loader.console import ConsoleAway
from dataplane.loader.loader import Loader
from dataplane.settings import Settings
from dataplane.snapshot import DOCUMENTS_AT_ONCE
from tests.dataplane.node.console import Console, answering
from tests.dataplane.node.settings import settings_in


@pytest.fixture
def settings(tmp_path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def loader(settings: Settings, console: Console) -> Loader:
    loader = Loader(settings, console)  # type: ignore[arg-type]  # the same calls, without HTTP
    loader.boot()
    return loader


def deploy(console: Console, count: int) -> list[str]:
    return [console.deploy(answering(str(n), api_id=f"api{n}")).digest for n in range(count)]


def on_disk(settings: Settings) -> set[str]:
    return {path.stem for path in (settings.home / "snapshots" / "documents").iterdir()}


def test_a_node_that_begins_asks_for_many_at_once_and_for_none_alone(
    loader: Loader, console: Console, settings: Settings
) -> None:
    digests = deploy(console, DOCUMENTS_AT_ONCE + 10)
    change = loader.poll()
    assert change is not None and len(change.changed) == len(digests)
    assert [len(parcel) for parcel in console.parcels] == [DOCUMENTS_AT_ONCE, 10]
    assert console.calls == []
    assert on_disk(settings) == set(digests)


def test_a_console_that_sends_fewer_is_asked_for_the_rest(loader: Loader, console: Console) -> None:
    """It bounds the bytes that it holds for a node."""
    deploy(console, 7)
    console.most = 3
    loader.poll()
    assert [len(parcel) for parcel in console.parcels] == [7, 4]
    assert len(console.calls) == 1, "the last one, alone"
    assert len(loader.current) == 7


def test_one_document_is_asked_for_as_ever(loader: Loader, console: Console) -> None:
    deploy(console, 3)
    loader.poll()
    console.parcels.clear()
    entry = console.deploy(answering("new", api_id="api1"))
    loader.poll()
    assert (console.parcels, console.calls) == ([], [entry.digest])


def test_what_is_here_is_not_asked_for(loader: Loader, console: Console) -> None:
    first = deploy(console, 3)
    loader.poll()
    console.parcels.clear()
    every = deploy(console, 6)
    loader.poll()
    assert [set(parcel) for parcel in console.parcels] == [set(every) - set(first)]


def test_documents_that_stages_share_are_asked_for_once(loader: Loader, console: Console) -> None:
    other = answering("other", api_id="other")
    for stage in ("dev", "prod"):
        console.deploy(answering("same"), stage, canary=other)
    loader.poll()
    assert [len(parcel) for parcel in console.parcels] == [2]


def test_one_that_came_corrupt_or_not_at_all_costs_its_stage(
    loader: Loader, console: Console, settings: Settings
) -> None:
    digests = deploy(console, 5)
    console.documents[digests[1]] = b"spoilt"
    del console.documents[digests[3]]
    loader.poll()
    assert {entry.digest for entry in loader.current.values()} == {digests[0], digests[2], digests[4]}
    reasons = {refusal.digest: refusal.reason for refusal in loader.refusals.report()}
    assert "came corrupt" in reasons[digests[1]]
    assert "does not have" in reasons[digests[3]]
    assert on_disk(settings) == {digests[0], digests[2], digests[4]}


def test_one_that_no_reader_of_this_version_knows_costs_its_stage(loader: Loader, console: Console) -> None:
    deploy(console, 3)
    console.deploy(msgspec.structs.replace(answering("newer", api_id="newer"), schema_version=1_000))
    loader.poll()
    assert len(loader.current) == 3


def test_a_console_that_knows_no_parcels_is_asked_for_each(loader: Loader, console: Console) -> None:
    deploy(console, 4)
    console.most = 0
    loader.poll()
    assert (len(console.parcels), len(console.calls), len(loader.current)) == (1, 4, 4)


def test_a_console_that_goes_in_the_middle_changes_nothing_and_what_came_is_kept(
    loader: Loader, console: Console, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = deploy(console, 6)
    console.most = 4
    parcel = console.parcel

    def goes_after_one(digests: list[str]) -> dict[str, bytes]:
        if console.parcels:
            raise ConsoleAway("gone")
        return parcel(digests)

    with monkeypatch.context() as patched:
        patched.setattr(console, "parcel", goes_after_one)
        with pytest.raises(ConsoleAway):
            loader.poll()
    assert loader.current == {}
    assert len(on_disk(settings)) == 4
    loader.poll()
    assert [len(parcel) for parcel in console.parcels] == [6, 2]
    assert {entry.digest for entry in loader.current.values()} == set(digests)
