"""Roles are assumed through STS. Source: botocore, sts `AssumeRole`; STS API Reference, its sample response."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from dataplane.aws.faults import NoCredentials
from dataplane.aws.roles import role
from dataplane.aws.signing import Credentials
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import signed_for
from tests.dataplane.execution import Backend, Message, answer
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned, until

ARN = "arn:aws:iam::123456789012:role/gateway"


def assumed(seconds: float = 3600.0, token: str = "a+b/c==") -> bytes:
    end = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return answer(
        body=f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
          <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/gateway/s</Arn></AssumedRoleUser>
          <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role secret</SecretAccessKey>
          <SessionToken>{token}</SessionToken><Expiration>{end}</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>""".encode()
    )


@asynccontextmanager
async def sts(node: Node, script: Callable[[Message], bytes]) -> AsyncIterator[Backend]:
    backend = Backend(script)
    await backend.start()
    node.set(AWS_ENDPOINT_URL_STS=backend.url)
    try:
        yield backend
    finally:
        backend.stop()


async def credentials_of(arn: str) -> Credentials:
    loop = asyncio.get_running_loop()
    found = await spawned(role(arn, "eu-west-1").soon(loop.time() + 5))
    assert isinstance(found, Credentials)
    return found


def test_the_node_assumes_the_role_with_its_own_credentials(node: Node, run: Run) -> None:
    async def test() -> None:
        async with sts(node, lambda message: assumed()) as backend:
            assert await credentials_of(ARN) == Credentials("ASIAROLE", "role secret", "a+b/c==")
            [asked] = backend.seen
            assert signed_for(asked) == "sts/eu-west-1"
            assert parse_qs(asked.body.decode()) == {
                "Action": ["AssumeRole"],
                "Version": ["2011-06-15"],
                "RoleArn": [ARN],
                "RoleSessionName": ["BackplaneAssumeRoleSession"],
            }

    run(test())


def test_a_session_is_kept_for_whoever_asks_for_the_role(node: Node, run: Run) -> None:
    async def test() -> None:
        async with sts(node, lambda message: assumed()) as backend:
            first = role(ARN, "eu-west-1")
            await credentials_of(ARN)
            assert role(ARN, "eu-west-1") is first
            assert first.ready() == await credentials_of(ARN)
            assert role("arn:aws:iam::123456789012:role/other", "eu-west-1") is not first
            assert backend.seen[0].start == "POST / HTTP/1.1"

    run(test())


def test_a_session_is_renewed_before_it_ends(node: Node, run: Run) -> None:
    async def test() -> None:
        async with sts(node, lambda message: assumed(800.0)) as backend:
            source = role(ARN, "eu-west-1")
            await credentials_of(ARN)
            seen = len(backend.seen)
            assert source.ready() is not None  # it has less than 15 minutes left
            await credentials_of(ARN)
            await until(lambda: len(backend.seen) > seen)

    run(test())


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (
            answer(403, body=b"<Error><Code>AccessDenied</Code><Message>not &quot;you&quot;</Message></Error>"),
            f"does not have permission to assume the provided role {ARN}: STS answered 403 AccessDenied not .you.",
        ),
        (answer(body=b"<AssumeRoleResponse/>"), "what STS answered has no Expiration"),
        (answer(body=b"<Expiration>2999-01-01T00:00:00Z</Expiration>"), "what STS answered has no credentials"),
    ],
)
def test_a_role_that_cannot_be_assumed_says_why(
    reply: bytes, text: str, node: Node, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with sts(node, lambda message: reply):
            with pytest.raises(NoCredentials, match=text):
                await credentials_of(ARN)
            caplog.clear()

    run(test())
