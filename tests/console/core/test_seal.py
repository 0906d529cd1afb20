import pytest

from console.core.seal import SealBroken, seal, unseal


def test_what_was_sealed_can_be_opened():
    assert unseal(seal("wJalrXUtnFEMI")) == "wJalrXUtnFEMI"


def test_no_two_seals_are_alike():
    assert seal("a") != seal("a")


def test_a_replaced_key_still_opens_what_it_sealed(settings):
    settings.SEAL_KEYS = ["old"]
    sealed = seal("secret")
    settings.SEAL_KEYS = ["new", "old"]
    assert unseal(sealed) == "secret"
    renewed = seal("secret")
    settings.SEAL_KEYS = ["new"]
    assert unseal(renewed) == "secret"


def test_without_its_key_a_seal_stays_shut(settings):
    sealed = seal("secret")
    settings.SEAL_KEYS = ["another"]
    with pytest.raises(SealBroken, match="STAGEDOOR_SEAL_KEYS"):
        unseal(sealed)


def test_an_altered_seal_is_broken():
    sealed = bytearray(seal("secret"))
    sealed[20] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed))
