import pytest
from cryptography.exceptions import InvalidTag
from msgspec import Struct

from dataplane.caching.sealing import Sealer


class Secret(Struct):
    text: bytes


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    sealer = Sealer()
    sealed = sealer.seal(Secret(b"a patient's file"))
    assert b"patient" not in sealed
    assert sealer.open(sealed, Secret) == Secret(b"a patient's file")


def test_the_same_twice_looks_different() -> None:
    sealer = Sealer()
    assert sealer.seal(Secret(b"x")) != sealer.seal(Secret(b"x"))


def test_another_process_cannot_open_it_nor_what_was_changed() -> None:
    sealed = Sealer().seal(Secret(b"x"))
    with pytest.raises(InvalidTag):
        Sealer().open(sealed, Secret)
    sealer = Sealer()
    sealed = sealer.seal(Secret(b"x"))
    with pytest.raises(InvalidTag):
        sealer.open(sealed[:-1] + bytes((sealed[-1] ^ 1,)), Secret)


def test_a_key_is_named_alike_each_time_and_does_not_show() -> None:
    sealer = Sealer()
    assert sealer.name(("dev", "lovelace")) == sealer.name(("dev", "lovelace")) != sealer.name(("dev", "bob"))
    assert b"lovelace" not in sealer.name(("dev", "lovelace"))
