import socket

import pytest

from console.up import ports
from console.up.refusal import Refusal
from tests.ports import free_port


def test_free_ports_are_not_refused():
    ports.refuse_taken({"the console": ("STAGEDOOR_CONSOLE_PORT", free_port())})


def test_a_port_somebody_listens_on_is_refused_with_what_to_set():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Refusal, match=rf"the gateway cannot use port {port} .*set STAGEDOOR_GATEWAY_PORT"):
            ports.refuse_taken({"the gateway": ("STAGEDOOR_GATEWAY_PORT", port)})


def test_one_port_for_two_parts_is_refused():
    port = free_port()
    wanted = {"the console": ("STAGEDOOR_CONSOLE_PORT", port), "the gateway": ("STAGEDOOR_GATEWAY_PORT", port)}
    with pytest.raises(Refusal, match=f"the gateway and the console are both to use port {port}"):
        ports.refuse_taken(wanted)


def test_a_port_just_left_by_a_connection_is_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = server.accept()
            accepted.close()  # closed first here: the address stays in TIME_WAIT here
    ports.refuse_taken({"the console": ("STAGEDOOR_CONSOLE_PORT", port)})
