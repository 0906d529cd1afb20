"""Keys of issuers: fetched, kept, served on with. Source: behaviours 112; OpenID Connect Discovery 1.0, 4.3."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dataplane.authorizers import keys
from dataplane.authorizers.keys import IssuerAway, KeySet, fetch_missing, keys_at, keys_of
from tests.dataplane.authorizers.issuers import Issuer, rsa_jwk
from tests.dataplane.execution import Backend, answer
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned, until


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def issuing(issuer: Issuer) -> AsyncIterator[Backend]:
    backend = Backend(issuer)
    await backend.start()
    issuer.url = backend.url
    try:
        yield backend
    finally:
        backend.stop()


def test_the_first_who_asks_waits_and_the_next_find_the_key_at_hand(run: Run) -> None:
    async def test() -> None:
        async with issuing(Issuer()) as backend:
            found = KeySet("", f"{backend.url}/keys")
            assert found.at_hand("one") is None
            assert await spawned(found.find("one")) is found.at_hand("one")
            assert [message.start for message in backend.seen] == ["GET /keys HTTP/1.1"]

    run(test())


def test_many_who_ask_at_once_make_one_fetch(run: Run) -> None:
    async def test() -> None:
        async with issuing(Issuer()) as backend:
            found = KeySet("", f"{backend.url}/keys")
            first, *others = await asyncio.gather(*[spawned(found.find("one")) for _ in range(20)])
            assert first is not None and all(each is first for each in others)
            assert len(backend.seen) == 1

    run(test())


def test_an_unknown_key_is_looked_for_once_in_a_while_and_found_when_the_issuer_has_it(run: Run) -> None:
    async def test() -> None:
        issuer, clock = Issuer(), Clock()
        async with issuing(issuer) as backend:
            found = KeySet("", f"{backend.url}/keys", clock)
            await spawned(found.find("one"))
            issuer.keys.append(rsa_jwk("two", "second"))
            assert await spawned(found.find("two")) is None  # the floor
            assert len(backend.seen) == 1
            clock.now += keys.FLOOR_SECONDS
            assert await spawned(found.find("two")) is not None
            assert await spawned(found.find("three")) is None
            assert len(backend.seen) == 2

    run(test())


def test_keys_serve_on_when_the_issuer_is_down_and_grow_old_beside_requests(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        issuer, clock = Issuer(), Clock()
        async with issuing(issuer) as backend:
            found = KeySet("", f"{backend.url}/keys", clock)
            key = await spawned(found.find("one"))
            issuer.broken = True
            clock.now += keys.FRESH_SECONDS + 1
            assert found.at_hand("one") is key
            await until(lambda: len(backend.seen) == 2)
            await until(lambda: "answers 500" in caplog.text)
            assert found.at_hand("one") is key
            issuer.broken = False
            clock.now += keys.FLOOR_SECONDS
            assert found.at_hand("one") is key
            await until(lambda: found.at_hand("one") is not key)
            assert len(backend.seen) == 3

    run(test())


def test_of_an_issuer_of_whom_there_are_no_keys_it_is_said_at_once_between_two_tries(run: Run) -> None:
    async def test() -> None:
        issuer, clock = Issuer(broken=True), Clock()
        async with issuing(issuer) as backend:
            found = KeySet("", f"{backend.url}/keys", clock)
            for _ in range(3):
                with pytest.raises(IssuerAway, match="there are no keys of http"):
                    await spawned(found.find("one"))
            assert len(backend.seen) == 1
            issuer.broken = False
            clock.now += keys.FLOOR_SECONDS
            assert await spawned(found.find("one")) is not None

    run(test())


def test_nobody_waits_long_for_an_issuer_that_says_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAX_WAIT", 0.02)

    async def test() -> None:
        late: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        issuer = Issuer(reply=late)
        async with issuing(issuer) as backend:
            found = KeySet("", f"{backend.url}/keys")
            with pytest.raises(IssuerAway):
                await spawned(found.find("one"))
            await until(lambda: backend.seen)
            issuer.reply = None
            late.set_result(answer(body=b'{"keys": []}'))  # late, but of use
            await until(lambda: found._keys is not None)

    run(test())


@pytest.mark.parametrize(
    "reply",
    [
        answer(body=b"{}"),
        answer(body=b"no"),
        answer(404, body=b'{"keys": []}'),
        answer(302, "Location: /other\r\n"),
        answer(body=b'{"keys": []}' + b" " * 1024 * 1024),
        b"SMTP\r\n\r\n",
    ],
)
def test_what_is_no_set_of_keys_is_none(run: Run, reply: bytes) -> None:
    async def test() -> None:
        async with issuing(Issuer(reply=reply)) as backend:
            with pytest.raises(IssuerAway):
                await spawned(KeySet("", f"{backend.url}/keys").find("one"))

    run(test())


def test_an_issuer_says_where_its_keys_are(run: Run) -> None:
    async def test() -> None:
        async with issuing(Issuer()) as backend:
            assert await spawned(KeySet(backend.url, "").find("one")) is not None
            starts = [message.start.split(" ")[1] for message in backend.seen]
            assert starts == ["/.well-known/openid-configuration", "/keys"]

    run(test())


def test_a_discovery_document_of_somebody_else_is_not_believed(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with issuing(Issuer(named="https://elsewhere.example")) as backend:
            with pytest.raises(IssuerAway):
                await spawned(KeySet(backend.url, "").find("one"))
            assert "its discovery document is that of https://elsewhere.example" in caplog.text
            assert len(backend.seen) == 1

    run(test())


@pytest.mark.parametrize("said", [b"{}", b'{"issuer": 1, "jwks_uri": 2}', b"no"])
def test_what_is_no_discovery_document_is_none(run: Run, said: bytes) -> None:
    async def test() -> None:
        async with issuing(Issuer(reply=answer(body=said))) as backend:
            with pytest.raises(IssuerAway):
                await spawned(KeySet(backend.url, "").find("one"))

    run(test())


def test_keys_that_are_not_on_the_web_are_not_fetched(run: Run) -> None:
    async def test() -> None:
        with pytest.raises(IssuerAway):
            await spawned(KeySet("", "file:///etc/passwd").find("one"))

    run(test())


def test_keys_are_fetched_before_a_request_asks(run: Run) -> None:
    async def test() -> None:
        async with issuing(Issuer()) as backend:
            found = keys_at(f"{backend.url}/keys")
            fetch_missing()
            await until(lambda: found.at_hand("one"))
            fetch_missing()
            await asyncio.sleep(0)
            assert len(backend.seen) == 1

    run(test())


def test_the_same_place_is_the_same_set_while_anybody_holds_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    first = keys_of("https://a.example")
    assert keys_of("https://a.example") is first
    assert keys_at("https://a.example") is not first
    del first
    gc.collect()
    assert ("https://a.example", "") not in keys._kept
