"""What the node agent and its workers say to each other: msgspec JSON behind four bytes of length, on a socket pair."""

import asyncio
import struct
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from dataplane.limits.meter import Levels, Spent
from dataplane.settings import Settings
from dataplane.snapshot import Access, StageEntry, StageName
from dataplane.telemetry.counters import Tally

DRAIN_SECONDS: Final = 30.0
_LENGTH: Final = struct.Struct(">I")


class Begin(msgspec.Struct, frozen=True, tag=True):
    """The first thing that a worker hears."""

    number: int
    settings: Settings


class Load(msgspec.Struct, frozen=True, tag=True):
    """Serve these as well, or instead; no longer serve those. `sequence` is answered."""

    sequence: int
    changed: tuple[StageEntry, ...] = ()
    removed: tuple[StageName, ...] = ()
    access: Access | None = None  # what changed of keys and plans
    whole_access: bool = False  # nothing of what was before is kept


class Drain(msgspec.Struct, frozen=True, tag=True):
    """Take no new connections, finish what is under way, exit."""

    seconds: float


class Failure(msgspec.Struct, frozen=True):
    entry: StageEntry
    reason: str


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """Requests that begin from now on are served by this load, but for the failures."""

    sequence: int
    failures: tuple[Failure, ...] = ()


class Beat(msgspec.Struct, frozen=True, tag=True):
    """About once a second."""

    connections: int
    tally: Tally
    held_bytes: int = 0


class Tell(msgspec.Struct, frozen=True, tag=True):
    """What was taken of limits, some twenty times a second where anything was."""

    spent: Spent


class Hear(msgspec.Struct, frozen=True, tag=True):
    """The answer to all that was told so far, or what others took."""

    levels: Levels


ToWorker: TypeAlias = Begin | Load | Drain | Hear
FromWorker: TypeAlias = Loaded | Beat | Tell


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no message carries a {type(value).__name__}")


def _rich(kind: type, value: Any) -> Any:
    return kind(value)


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_to_worker = msgspec.json.Decoder(ToWorker, dec_hook=_rich)
_from_worker = msgspec.json.Decoder(FromWorker)


def send(writer: asyncio.StreamWriter, message: ToWorker | FromWorker) -> None:
    if writer.is_closing():  # nobody is left to hear it: who asks the reader next is told so
        return
    body = _encoder.encode(message)
    writer.write(_LENGTH.pack(len(body)) + body)


async def receive_command(reader: asyncio.StreamReader) -> ToWorker | None:
    """None: the agent has gone."""
    body = await _receive(reader)
    return None if body is None else _to_worker.decode(body)


async def receive_answer(reader: asyncio.StreamReader) -> FromWorker | None:
    """None: the worker has gone."""
    body = await _receive(reader)
    return None if body is None else _from_worker.decode(body)


async def _receive(reader: asyncio.StreamReader) -> bytes | None:
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
