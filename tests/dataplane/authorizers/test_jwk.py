"""Keys and signatures. Source: RFC 7515, 7517, 7518; botocore, `JwtSigningAlgorithm`."""

import json
from typing import Any

import pytest

from dataplane.authorizers import jwk
from dataplane.authorizers.jwk import KeysError, decode, read_keys
from tests.dataplane.authorizers.issuers import ec_jwk, rsa_jwk, signature

SIGNED = b"head.claims"


def keys(*jwks: Any) -> dict[str, Any]:
    return read_keys(json.dumps({"keys": list(jwks)}).encode())


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"])
def test_a_signature_is_proved_by_its_key_and_by_no_other_text_or_algorithm(algorithm: str) -> None:
    public = rsa_jwk("k") if algorithm.startswith("RS") else ec_jwk("k", algorithm)
    key, proof = keys(public)["k"], signature(algorithm, SIGNED)
    assert key.verifies(algorithm, SIGNED, proof)
    assert not key.verifies(algorithm, SIGNED + b"x", proof)
    assert not key.verifies(algorithm, SIGNED, proof[:-1] + bytes([proof[-1] ^ 1]))
    assert not key.verifies(algorithm, SIGNED, b"")
    assert not key.verifies(algorithm, SIGNED, proof + b"\0")
    others = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "HS256", "none"} - {algorithm}
    assert not any(key.verifies(other, SIGNED, proof) for other in others)


def test_what_was_proved_is_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwk, "MAX_PROVED", 2)
    key = keys(rsa_jwk("k"))["k"]
    texts = [b"one", b"two", b"three"]
    for _ in range(2):
        for text in texts:
            assert key.verifies("RS256", text, signature("RS256", text))
            assert not key.verifies("RS384", text, signature("RS256", text))
            assert not key.verifies("RS256", text + b"!", signature("RS256", text))
            assert len(key._proved) <= 2


def test_another_key_does_not_prove_it() -> None:
    assert not keys(rsa_jwk("k", "second"))["k"].verifies("RS256", SIGNED, signature("RS256", SIGNED))


def test_a_key_that_names_its_algorithm_is_for_no_other() -> None:
    key = keys(rsa_jwk("k", alg="RS512"))["k"]
    assert key.verifies("RS512", SIGNED, signature("RS512", SIGNED))
    assert not key.verifies("RS256", SIGNED, signature("RS256", SIGNED))


@pytest.mark.parametrize(
    "given",
    [
        rsa_jwk("k", use="enc"),
        rsa_jwk("k", bits=1024),
        {"kty": "oct", "kid": "k", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "k", "n": "AQAB"},
        {"kty": "RSA", "kid": "k", "n": "=", "e": "AQAB"},
        {"kty": "RSA", "kid": "k", "n": 7, "e": "AQAB"},
        {**ec_jwk("k", "ES256"), "crv": "secp256k1"},
        {**ec_jwk("k", "ES256"), "y": "AQAB"},
        {name: value for name, value in rsa_jwk("k").items() if name != "kid"},
        {**rsa_jwk("k"), "kty": ["RSA"]},
        "k",
    ],
)
def test_a_key_that_cannot_be_used_is_left_out_and_the_others_stay(given: Any) -> None:
    assert list(keys(given, rsa_jwk("good"))) == ["good"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"keys": {}}', b"\xff"])
def test_what_is_no_set_is_refused(body: bytes) -> None:
    with pytest.raises(KeysError, match="not a JSON Web Key set"):
        read_keys(body)


@pytest.mark.parametrize("text", ["", "a=", "a+b", "a/b", "a b", "a\n"])
def test_base64_of_urls_has_no_other_signs(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        decode(text)
