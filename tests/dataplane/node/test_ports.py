import socket

import pytest

from dataplane.node.ports import PortTaken, bind_shared, listen, probe


def test_a_port_of_0_is_any_free_one() -> None:
    port = probe("127.0.0.1", 0, "X")
    assert port > 0
    assert probe("127.0.0.1", port, "X") == port


def test_workers_share_their_port() -> None:
    port = probe("127.0.0.1", 0, "X")
    with bind_shared("127.0.0.1", port) as one, bind_shared("127.0.0.1", port) as other:
        one.listen()
        other.listen()


def test_a_port_that_others_share_is_taken_all_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} on 127.0.0.1 is taken: stop what uses it or set X"):
            probe("127.0.0.1", port, "X")


def test_an_address_of_another_machine_says_what_to_set() -> None:
    with pytest.raises(PortTaken, match=r"port 8080 on 192\.0\.2\.1 cannot be used: .*: set X"):
        listen("192.0.2.1", 8080, "X")


def test_a_port_is_free_again_once_its_connections_have_ended() -> None:
    with listen("127.0.0.1", 0, "X") as sock:
        port = sock.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            sock.setblocking(True)
            accepted, _ = sock.accept()
            accepted.close()  # this side closes first, and so holds TIME_WAIT
    assert probe("127.0.0.1", port, "X") == port
