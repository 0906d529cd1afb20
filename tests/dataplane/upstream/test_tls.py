"""Backends over TLS, through a deployed stage: whose certificate counts, and what callers are told otherwise."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataplane.faults import UpstreamUnreachable
from dataplane.snapshot import Integration, Resource
from dataplane.upstream import pool
from tests.dataplane.execution import HOST as EXECUTE_API
from tests.dataplane.execution import House, in_house, resource
from tests.dataplane.loops import Run
from tests.dataplane.upstream.authority import Authority, cut_off, secure_origin
from tests.dataplane.upstream.origins import ask, ask_all

HOST = "backend.test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The node trusts this authority as it would a company's: by OpenSSL's own variable. Names lead to this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    monkeypatch.setattr(pool._resolver, "_look_up", lambda host: ("127.0.0.1",))
    pool._tls.cache_clear()
    yield
    pool._tls.cache_clear()


def secure(port: int, host: str = HOST, *, skip: bool = False) -> Resource:
    uri = f"https://{host}:{port}/"
    integration = Integration(type="HTTP_PROXY", uri=uri, http_method="GET", insecure_skip_verification=skip)
    return resource("/a", "GET", integration)


def called(certificate: Path, host: str = HOST, *, skip: bool = False) -> tuple[int, bytes, list[str | None]]:
    results: list[tuple[int, bytes, list[str | None]]] = []

    async def scenario(house: House) -> None:
        async with secure_origin(certificate) as origin:
            house.deploy(secure(origin.port, host, skip=skip))
            first = await house.call("GET", "/dev/a")
            again = await house.call("GET", "/dev/a")
            assert (first.status, first.body) == (again.status, again.body)
            results.append((first.status, first.body, origin.names))

    in_house(scenario)
    return results[0]


def test_a_certificate_for_the_host_is_taken_and_the_host_was_asked_for(authority: Authority) -> None:
    status, body, names = called(authority.certificate(HOST))
    assert (status, body) == (200, b"ok")
    assert names == [HOST], "one connection, kept for the second request"


REFUSED = (504, b'{"message":"Network error communicating with endpoint"}')


def test_an_expired_certificate_is_an_integration_failure(authority: Authority) -> None:
    assert called(authority.certificate(HOST, days=0))[:2] == REFUSED


def test_a_certificate_for_another_host_is_an_integration_failure(authority: Authority) -> None:
    assert called(authority.certificate("other.test"))[:2] == REFUSED


def test_a_certificate_of_another_authority_is_an_integration_failure(tmp_path: Path) -> None:
    assert called(Authority(tmp_path).certificate(HOST))[:2] == REFUSED


def test_a_certificate_of_a_name_is_none_of_an_address(authority: Authority) -> None:
    assert called(authority.certificate(HOST), "127.0.0.1")[:2] == REFUSED


@pytest.mark.parametrize(("host", "days"), [(HOST, 0), ("other.test", 1)])
def test_who_skips_verification_takes_any(authority: Authority, host: str, days: int) -> None:
    assert called(authority.certificate(host, days=days), skip=True)[:2] == (200, b"ok")


def test_the_certificate_is_named_as_the_reason_and_without_verification_a_connection_is_kept(
    tmp_path: Path, run: Run
) -> None:
    async def test() -> None:
        async with secure_origin(Authority(tmp_path).certificate(HOST)) as origin:
            with pytest.raises(UpstreamUnreachable, match="certificate"):
                await ask(pool.Pool("https", HOST, origin.port))
            unverified = pool.Pool("https", HOST, origin.port, verify=False)
            for _ in range(2):
                assert await ask_all(unverified) == (200, b"ok")
            assert origin.names == [HOST] * 2, "one for each pool"

    run(test())


def test_a_backend_that_speaks_no_tls_is_an_integration_failure() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        house.deploy(secure(server.sockets[0].getsockname()[1]))
        reply = await house.call("GET", "/dev/a")
        assert (reply.status, reply.body) == REFUSED
        server.close()

    in_house(scenario)


@pytest.mark.parametrize("said", [True, False])
def test_a_body_that_ends_with_its_connection_is_whole_where_tls_says_so(authority: Authority, said: bool) -> None:
    """RFC 9112 9.8: whoever is in between can send a FIN."""
    certificate = authority.certificate(HOST)

    async def scenario(house: House) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            house.deploy(secure(listening.getsockname()[1]))
            serving = asyncio.create_task(asyncio.to_thread(cut_off, certificate, listening, said=said))
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(f"GET /dev/a HTTP/1.1\r\nHost: {EXECUTE_API}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b"\r\nok\r\n0\r\n\r\n") is said
            await serving
            writer.close()

    in_house(scenario)
