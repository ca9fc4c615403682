"""What has to be installed on the machine: a database server, a message broker, a name server. Debian 12, root."""

import filecmp
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
LOCKED: Final = 300
"""Seconds that apt waits for another one."""
_POLICY: Final = Path("/usr/sbin/policy-rc.d")
_NOTHING: Final = "#!/bin/sh\nexit 101\n"
"""The policy that no service is started."""


def install(home: Home) -> None:
    """Install what is missing. Raises MachineError, CommandError."""
    if os.geteuid() != 0:
        raise MachineError("root is needed: Debian's packages are installed, and its servers started as they are")
    if any(shutil.which(name) is None for name in PROGRAMS):
        _install_packages(home)
    _copy_name_server(home)


def _install_packages(home: Home) -> None:
    if shutil.which("apt-get") is None:
        raise MachineError(f"install {', '.join(PACKAGES)} first: this is no Debian, where that is done for you")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_started():
        # What an interrupted installation left.
        run(["dpkg", "--configure", "-a"], home.log("apt"), environment)
        run(["apt-get", "update"], home.log("apt"), environment)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={LOCKED}"]
        run([*install, *PACKAGES], home.log("apt"), environment)


def _copy_name_server(home: Home) -> None:
    installed, own = Path(shutil.which("named") or "named"), home.name_server
    if not (own.exists() and filecmp.cmp(installed, own)):
        own.parent.mkdir(exist_ok=True)
        # It may run.
        new = own.with_suffix(".new")
        shutil.copy2(installed, new)
        new.replace(own)


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Have Debian's packages start no server of their own, where nobody else has said so."""
    if _POLICY.exists() and _POLICY.read_text() != _NOTHING:
        yield
        return
    _POLICY.write_text(_NOTHING)
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
