"""Several documents in one answer."""

import pytest

from dataplane.snapshot import pack, unpack

DOCUMENTS = {"a" * 64: b'{"name": "pets"}\n', "b" * 64: b"", "c" * 64: b"\n12 3\n" + bytes(range(256))}


def test_what_was_packed_is_unpacked_byte_for_byte() -> None:
    assert unpack(pack(DOCUMENTS.items())) == DOCUMENTS
    assert unpack(pack(())) == {}


@pytest.mark.parametrize("lost", [1, 10, 262, 263, 300])
def test_one_that_was_cut_off_costs_none_before_it(lost: int) -> None:
    found = unpack(pack(DOCUMENTS.items())[:-lost])
    assert found == {digest: DOCUMENTS[digest] for digest in ("a" * 64, "b" * 64)}


@pytest.mark.parametrize("head", [b"x\n", b"x y\n", b"x -1\n", b"x 9999999999\n", b"\n", b" \n", b"<html>"])
def test_what_is_no_parcel_ends_it(head: bytes) -> None:
    assert unpack(head) == {}
    assert unpack(pack(DOCUMENTS.items()) + head + b"more") == DOCUMENTS
