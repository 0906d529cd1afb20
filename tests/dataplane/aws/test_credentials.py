"""Credentials are got off the path of requests: one at a time, kept, renewed before they end."""

import asyncio
from math import inf

import pytest

from dataplane.aws.credentials import FAILED_SECONDS, Obtained, Source, node_credentials
from dataplane.aws.faults import AwsFault, NoCredentials
from dataplane.aws.signing import Credentials
from dataplane.faults import UpstreamTimeout
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import KEY, SECRET
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned, until


class Issuer:
    """Hands out one key after another, each good for 100 seconds and to be renewed after 60; or fails."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.issued = 0
        self.failure: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def issue(self) -> Obtained:
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        self.issued += 1
        return Obtained(Credentials(f"key {self.issued}", "secret"), self.now + 60, self.now + 100)

    def source(self) -> Source:
        return Source("a role", self.issue, lambda: self.now)


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def got(source: Source, seconds: float = 5.0) -> str:
    credentials = await spawned(source.soon(soon(seconds)))
    return str(credentials.access_key_id)


def held(source: Source) -> str | None:
    credentials = source.ready()
    return credentials and credentials.access_key_id


def test_they_are_got_once_for_all_who_wait(run: Run) -> None:
    async def test() -> None:
        issuer = Issuer()
        source = issuer.source()
        assert source.ready() is None
        assert await asyncio.gather(*(got(source) for _ in range(10))) == ["key 1"] * 10
        assert (held(source), issuer.issued) == ("key 1", 1)

    run(test())


def test_they_are_renewed_beside_the_requests_before_they_end(run: Run) -> None:
    async def test() -> None:
        issuer = Issuer()
        source = issuer.source()
        await got(source)
        issuer.now += 61
        assert held(source) == "key 1"
        await until(lambda: issuer.issued == 2)
        assert held(source) == "key 2"

    run(test())


def test_those_that_have_ended_are_not_used(run: Run) -> None:
    async def test() -> None:
        issuer = Issuer()
        source = issuer.source()
        await got(source)
        issuer.now += 101
        assert held(source) is None
        assert await got(source) == "key 2"

    run(test())


def test_a_renewal_that_fails_leaves_them_to_their_end(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        issuer = Issuer()
        source = issuer.source()
        await got(source)
        issuer.now += 61
        issuer.failure = NoCredentials("STS is away")
        assert held(source) == "key 1"
        await until(lambda: "a role: STS is away" in caplog.text)
        caplog.clear()
        assert held(source) == "key 1"
        issuer.failure = None
        issuer.now += FAILED_SECONDS
        assert held(source) == "key 1"
        await until(lambda: issuer.issued == 2)

    run(test())


@pytest.mark.parametrize("failure", [NoCredentials("STS is away"), RuntimeError("unforeseen")])
def test_a_failure_is_the_answer_for_a_while(failure: Exception, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        issuer = Issuer()
        issuer.failure = failure
        source = issuer.source()
        with pytest.raises(AwsFault, match=str(failure)):
            await got(source)
        caplog.clear()
        issuer.failure = None
        with pytest.raises(AwsFault, match=str(failure)):
            await got(source)
        issuer.now += FAILED_SECONDS
        assert await got(source) == "key 1"

    run(test())


def test_who_waits_has_a_deadline_and_the_others_wait_on(run: Run) -> None:
    async def test() -> None:
        issuer = Issuer()
        issuer.open.clear()
        source = issuer.source()
        patient = asyncio.ensure_future(got(source))
        with pytest.raises(UpstreamTimeout, match="a role did not come in time"):
            await got(source, 0.01)
        issuer.open.set()
        assert await patient == "key 1"

    run(test())


def test_the_nodes_own_come_from_the_environment(node: Node, run: Run) -> None:
    async def test() -> None:
        source = node_credentials()
        assert await spawned(source.soon(soon())) == Credentials(KEY, SECRET)
        assert source._held is not None
        assert source._held.renew_at == inf

    run(test())
