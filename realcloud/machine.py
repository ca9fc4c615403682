"""What has to be installed on the machine: a database server, a message broker, a name server. Debian 12, root."""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from realcloud.commands import run
from realcloud.errors import MachineError
from realcloud.home import Home

PACKAGES: Final = ("rabbitmq-server", "mariadb-server", "memcached", "bind9", "bind9-utils")
PROGRAMS: Final = ("rabbitmqctl", "mariadbd", "memcached", "named", "rndc-confgen")
"""One a package: what is there needs no installation."""
RABBITMQ: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Not Debian's wrapper, which wants to be the user rabbitmq and knows one node only."""
_POLICY: Final = Path("/usr/sbin/policy-rc.d")


def install(home: Home) -> bool:
    """Install what is missing, and say whether anything was. Raises MachineError, CommandError."""
    if os.geteuid() != 0:
        raise MachineError("root is needed: Debian's packages are installed, and its servers started as they are")
    if not [name for name in PROGRAMS if shutil.which(name) is None]:
        return False
    if shutil.which("apt-get") is None:
        raise MachineError(f"install {', '.join(PACKAGES)} first: this is no Debian, where that is done for you")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_started():
        run(["apt-get", "update"], home.log("apt"), environment)
        run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], home.log("apt"), environment)
    return True


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Have Debian's packages start no server of their own, where nobody else has said so."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def who_listens(port: int) -> str:
    """Return the program that listens on a port, with its pid, as far as the kernel tells."""
    found = [each for each in _listeners() if each.port == port]
    return ", ".join(f"{each.program} (pid {each.pid})" for each in found) or "a program that cannot be seen from here"


def exposed(pids: Collection[int]) -> list[str]:
    """Return where processes listen beside the loopback interface, as ``program (pid) on address:port``."""
    return [
        f"{each.program} (pid {each.pid}) on {each.address}:{each.port}"
        for each in _listeners()
        if each.pid in pids and each.is_exposed
    ]


class Listener(NamedTuple):
    """A program that listens, and where."""

    program: str
    pid: int
    address: str
    port: int

    @property
    def is_exposed(self) -> bool:
        """Whether others than this machine reach it."""
        return not ip_address(self.address).is_loopback


def _listeners() -> Iterator[Listener]:
    yield from parse(subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout)  # noqa: S607


def parse(said: str) -> Iterator[Listener]:
    """Yield what ``ss -Hltnp`` says: ``LISTEN 0 100 127.0.0.1:25000 0.0.0.0:* users:(("python",pid=7927,fd=4))``."""
    for line in said.splitlines():
        address, _, port = line.split()[3].rpartition(":")
        for program, pid in re.findall(r'"([^"]*)",pid=(\d+)', line):
            # All addresses are a star; one of an interface has the interface behind it.
            plain = address.partition("%")[0].strip("[]").replace("*", "::")
            yield Listener(program, int(pid), plain, int(port))
