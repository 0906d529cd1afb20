"""Connections to an origin: kept, reused, bounded, opened anew, given up."""

import asyncio
import datetime
import gc
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.faults import UpstreamBroken, UpstreamTimeout, UpstreamUnreachable
from dataplane.upstream.connection import Connection
from dataplane.upstream.pool import Pool, pool_for
from tests.dataplane.loops import Run
from tests.dataplane.sides import backend, read_head, until
from tests.dataplane.upstream.origins import OK, Slow, answering, ask, ask_all, once, pool_to


def test_an_origin_has_one_pool_while_anybody_holds_it() -> None:
    pool = pool_for("http", "Backend.example", 80)
    assert pool_for("http", "backend.example", 80) is pool
    others = [
        pool_for("https", "backend.example", 80),
        pool_for("http", "backend.example", 81),
        pool_for("http", "backend.example", 80, verify=False),
    ]
    assert len({id(p) for p in [pool, *others]}) == 4


def test_a_connection_is_used_again(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            for _ in range(5):
                assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 1

    run(test())


def test_a_pool_outlives_its_loop(run: Run) -> None:
    pool = Pool("http", "127.0.0.1", 1)
    for _ in range(2):

        async def test() -> None:
            async with backend(answering(OK)) as origin:
                pool._port = origin.port
                assert await ask_all(pool) == (200, b"ok")

        run(test())


def test_requests_at_once_have_a_connection_each_and_the_last_returned_is_the_next_used(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            await asyncio.gather(*(ask_all(pool) for _ in range(4)))
            assert origin.connections == 4
            last = next(reversed(pool._idle))
            await ask_all(pool)
            assert next(reversed(pool._idle)) is last
            assert origin.connections == 4

    run(test())


def test_an_idle_connection_is_closed_after_a_while(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin, upstream_idle_seconds=0.05)
            await ask_all(pool)
            assert len(pool._idle) == pool._open == 1
            await until(lambda: pool._open == 0)
            assert pool._idle == {}
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 2

    run(test())


def test_the_request_is_what_was_given_and_its_framing(run: Run) -> None:
    async def test() -> None:
        seen: list[bytes] = []
        async with backend(answering(OK, seen=seen)) as origin:
            pool = pool_to(origin)
            headers = [(b"Host", b"h"), (b"X", b"1"), (b"x", b"a\r\nY: b")]
            await ask(pool, b"GET", b"/p?q=1", headers=headers)
            await ask(pool, b"POST", b"/", headers=[])
            await ask(pool, b"DELETE", b"/", headers=[])
        assert seen == [
            b"GET /p?q=1 HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: a  Y: b\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            b"DELETE / HTTP/1.1\r\n\r\n",
        ]

    run(test())


def test_a_target_never_ends_the_request_line_early(run: Run) -> None:
    async def test() -> None:
        seen: list[bytes] = []
        async with backend(answering(OK, seen=seen)) as origin:
            await ask(pool_to(origin), b"GET", b"/a b\r\nX: y", headers=[])
        assert seen == [b"GET /a%20b%0D%0AX:%20y HTTP/1.1\r\n\r\n"]

    run(test())


def closing_after(answers: int) -> Any:
    """A backend whose connections answer `answers` requests and end when the next one comes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(answers):
            await read_head(reader)
            writer.write(OK)
        await read_head(reader)
        writer.transport.abort()

    return script


def test_a_kept_connection_that_ends_unanswered_is_replaced_once(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            for _ in range(4):
                assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 4

    run(test())


def test_so_is_one_that_somebody_waited_for(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin, upstream_connections=1)
            assert await asyncio.gather(ask_all(pool), ask_all(pool)) == [(200, b"ok")] * 2
            assert origin.connections == 2

    run(test())


def test_what_was_sent_once_more_is_not_sent_a_third_time(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin, upstream_connections=1)
            asked = (ask_all(pool) for _ in range(3))  # the second gets the first's connection, and then the third's
            first, second, third = await asyncio.gather(*asked, return_exceptions=True)
            assert first == third == (200, b"ok")
            assert isinstance(second, UpstreamBroken)
            assert origin.connections == 2

    run(test())


def test_a_fresh_connection_that_ends_unanswered_is_broken(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(0)) as origin:
            with pytest.raises(UpstreamBroken):
                await ask(pool_to(origin))
            assert origin.connections == 1

    run(test())


def test_what_may_not_be_done_twice_is_not_sent_twice(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            with pytest.raises(UpstreamBroken):
                await ask(pool, b"POST", body=b"")
            assert origin.connections == 1

    run(test())


def test_a_streamed_body_is_sent_again_only_if_nothing_of_it_was_taken(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            untouched = Slow(3)
            answer = await ask(pool, b"PUT", body=untouched)
            assert answer.status == 200
            answer.close()
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            begun = Slow(3)
            begun.pieces.put_nowait(b"a")
            with pytest.raises(UpstreamBroken):
                await ask(pool, b"PUT", body=begun)
            assert origin.connections == 1

    run(test())


def test_a_connection_that_ended_while_it_was_kept_is_not_used(run: Run) -> None:
    async def test() -> None:
        async with backend(once(OK)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            await until(lambda: not pool._idle)
            answer = await ask(pool, b"POST", body=b"")
            assert answer.status == 200
            assert origin.connections == 2

    run(test())


def test_an_answer_that_says_close_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                assert await ask_all(pool) == (200, b"ok")
                assert pool._open == 0
            assert origin.connections == 2

    run(test())


def test_nobody_listening_is_unreachable(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
        with pytest.raises(UpstreamUnreachable, match=f"127.0.0.1:{origin.port}"):
            await ask(pool)
        assert pool._open == 0

    run(test())


def test_no_such_host_is_unreachable(run: Run) -> None:
    async def test() -> None:
        for host in ("no-such-host.invalid", "a" * 70 + ".example", ""):
            with pytest.raises(UpstreamUnreachable):
                await ask(Pool("http", host, 1))

    run(test())


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def test_an_origin_has_no_more_connections_than_its_share_and_the_first_who_waits_is_the_next_served(run: Run) -> None:
    async def test() -> None:
        release = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await read_head(reader)
                await release.wait()
                writer.write(OK)

        async with backend(script) as origin:
            pool = pool_to(origin, upstream_connections=2)
            order: list[int] = []

            async def one(number: int) -> None:
                await ask_all(pool)
                order.append(number)

            waiting = [asyncio.ensure_future(one(n)) for n in range(8)]
            await until(lambda: origin.connections == 2)
            release.set()
            await asyncio.gather(*waiting)
            assert sorted(order) == list(range(8))
            assert order[2:] == sorted(order[2:]) or order == sorted(order)
            assert origin.connections == 2

    run(test())


def test_a_connection_that_is_old_is_given_to_nobody_who_waits(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin, upstream_connections=1, upstream_age_seconds=0.0)
            answers = await asyncio.gather(*(ask_all(pool) for _ in range(4)))
            assert answers == [(200, b"ok")] * 4
            assert (origin.connections, pool._open) == (4, 0)

    run(test())


def test_waiting_for_a_connection_is_part_of_the_time(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1)
            first = asyncio.ensure_future(ask(pool, timeout=0.3))
            await asyncio.sleep(0.02)
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.05)
            with pytest.raises(UpstreamTimeout):
                await first
            assert pool._open == 0

    run(test())


def test_an_origin_that_hangs_holds_up_no_other(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as hanging, backend(answering(OK)) as other:
            stuck = pool_to(hanging, upstream_connections=3)
            waiting = [asyncio.ensure_future(ask(stuck, timeout=1)) for _ in range(20)]
            await until(lambda: hanging.connections == 3)
            assert await ask_all(pool_to(other)) == (200, b"ok")
            assert not any(one.done() for one in waiting)
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(r) for r in results} == {UpstreamTimeout}

    run(test())


def test_so_many_may_wait_for_an_origin_and_who_gives_up_makes_room(run: Run) -> None:
    """Else one that hangs would have all clients' connections in its queue, and none be left for the others."""

    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1, upstream_waiters=2)

            async def wait() -> None:
                await pool.send(b"GET", b"/", [], b"", timeout=5)

            running = [spawn.start(wait()) for _ in range(3)]
            assert len(pool._waiters) == 2
            with pytest.raises(UpstreamUnreachable, match="wait for the backend already"):
                await ask(pool)
            for each in running:
                assert each is not None
                each.give_up(ClientGone())
            assert not pool._waiters, "nobody is kept who has gone"
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.05)
            await until(lambda: pool._open == 0)

    run(test())


def test_a_connection_that_cannot_be_opened_in_time_is_a_time_out(run: Run) -> None:
    async def test() -> None:
        # A listening socket whose queue is full answers no more.
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            pool = Pool("http", *full.getsockname())
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.1)
            assert pool._open == 0
            for filler in fillers:
                filler.close()

    run(test())


def test_who_gives_up_leaves_nothing_behind(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1)

            async def wait() -> None:
                await pool.send(b"GET", b"/", [], b"", timeout=5)

            connecting = spawn.start(wait())
            queued = spawn.start(wait())
            assert connecting is not None and queued is not None
            connecting.give_up(ClientGone())
            await until(lambda: origin.connections == 1)
            await until(lambda: len(pool._members) == 1)
            queued.give_up(ClientGone())
            asking = spawn.start(wait())
            await asyncio.sleep(0.02)
            assert asking is not None and asking.waits
            asking.give_up(ClientGone())
            await until(lambda: pool._open == 0)
            assert not pool._idle and not pool._members

    run(test())


def test_who_gives_up_when_the_answer_has_just_come_does_not_take_the_next_ones(run: Run) -> None:
    async def test() -> None:
        class Pressing(Pool):
            """At the moment the first connection comes back, another request takes it and the first asker goes."""

            def returned(self, connection: Connection) -> None:
                super().returned(connection)
                if not asked:
                    asked.append(spawn.start(again()))
                    assert first is not None
                    first.give_up(ClientGone())

        asked: list[Any] = []
        answers: list[int] = []

        async def again() -> None:
            answers.append((await pool.send(b"GET", b"/", [], b"", timeout=1)).status)

        async with backend(answering(OK)) as origin:
            pool = Pressing("http", "127.0.0.1", origin.port)
            first = spawn.start(again())
            await until(lambda: answers)
            await asyncio.sleep(0.02)
            assert (answers, origin.connections) == ([200], 1)

    run(test())


def test_a_pool_that_nobody_holds_goes_with_its_connections(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            key = ("http", "127.0.0.1", origin.port)
            await ask_all(pool_for(*key))
            gc.collect()
            assert len(pool_for(*key)._idle) == 1, "its idle connection holds it"

    run(test())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(pem))
    return path


def test_a_certificate_nobody_vouches_for_is_unreachable_unless_verification_is_off(
    run: Run, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = await asyncio.start_server(answering_tls, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamUnreachable, match="certificate"):
            await ask(Pool("https", "127.0.0.1", port))
        pool = Pool("https", "127.0.0.1", port, verify=False)
        for _ in range(2):
            assert await ask_all(pool) == (200, b"ok")
        server.close()
        for connection in list(pool._idle):
            connection.close(UpstreamBroken("the test ends"))
        await asyncio.sleep(0.05)

    async def answering_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answering(OK)(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    run(test())
    caplog.clear()  # the server's own view of the refused handshake
