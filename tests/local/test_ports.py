"""The ports that services of a lab bind later."""

import socket
from pathlib import Path

import pytest

from trove_lab.local import ports


def test_a_free_port_is_none_that_the_kernel_assigns_and_can_be_bound() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    port = ports.free_port()
    assert 1024 < port < lowest
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_in_use_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", ports.free_port())) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "_RANGE", range(port, port + 2))
        monkeypatch.setattr(ports, "_TRIES", 2)
        assert ports.free_port() == port + 1


def test_without_a_free_port_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", ports.free_port())) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "_RANGE", range(port, port + 1))
        monkeypatch.setattr(ports, "_TRIES", 1)
        with pytest.raises(OSError, match="is free"):
            ports.free_port()
