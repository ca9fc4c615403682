"""The packages that the machine needs: a database server, a message broker, a name server. Debian 12, root."""

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
"""One program per package. A package is installed only if its program is missing."""
RABBITMQ: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Not Debian's wrapper, which switches to the user rabbitmq and supports one node only."""
LOCKED: Final = 300
"""Seconds that apt waits for another apt to release its lock."""
_POLICY: Final = Path("/usr/sbin/policy-rc.d")
_START_NOTHING: Final = "#!/bin/sh\nexit 101\n"
"""The policy that forbids packages to start services."""


def install(home: Home) -> None:
    """Install the missing packages. Raises MachineError, CommandError."""
    if os.geteuid() != 0:
        raise MachineError("root is required, to install Debian packages and to run their servers")
    if any(shutil.which(name) is None for name in PROGRAMS):
        _install_packages(home)
    _copy_name_server(home)


def _install_packages(home: Home) -> None:
    if shutil.which("apt-get") is None:
        raise MachineError(f"install {', '.join(PACKAGES)} first: this is only automatic on Debian")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_services_started():
        # An earlier installation may have been interrupted.
        run(["dpkg", "--configure", "-a"], home.log("apt"), environment)
        run(["apt-get", "update"], home.log("apt"), environment)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={LOCKED}"]
        run([*install, *PACKAGES], home.log("apt"), environment)


def _copy_name_server(home: Home) -> None:
    installed, own = Path(shutil.which("named") or "named"), home.name_server
    if not (own.exists() and filecmp.cmp(installed, own)):
        own.parent.mkdir(exist_ok=True)
        # It may be running: replace the file instead of overwriting it.
        new = own.with_suffix(".new")
        shutil.copy2(installed, new)
        new.replace(own)


@contextmanager
def _no_services_started() -> Iterator[None]:
    """Prevent that Debian packages start their services, unless the machine has a policy of its own."""
    if _POLICY.exists() and _POLICY.read_text() != _START_NOTHING:
        yield
        return
    _POLICY.write_text(_START_NOTHING)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def listener_on(port: int) -> str:
    """Return the program that listens on a port, with its pid, if it is visible."""
    found = [each for each in _listeners() if each.port == port]
    return ", ".join(f"{each.program} (pid {each.pid})" for each in found) or "a program that is not visible from here"


def exposed(pids: Collection[int]) -> list[str]:
    """Return where processes listen on other interfaces than loopback, as ``program (pid) on address:port``."""
    return [
        f"{each.program} (pid {each.pid}) on {each.address}:{each.port}"
        for each in _listeners()
        if each.pid in pids and each.is_exposed
    ]


class Listener(NamedTuple):
    """A program that listens on a port."""

    program: str
    pid: int
    address: str
    port: int

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        return not ip_address(self.address).is_loopback


def _listeners() -> Iterator[Listener]:
    yield from parse_ss(subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout)  # noqa: S607


def parse_ss(output: str) -> Iterator[Listener]:
    """Parse ``ss -Hltnp``: ``LISTEN 0 100 127.0.0.1:25000 0.0.0.0:* users:(("python",pid=7927,fd=4))``."""
    for line in output.splitlines():
        address, _, port = line.split()[3].rpartition(":")
        for program, pid in re.findall(r'"([^"]*)",pid=(\d+)', line):
            # "*" means all addresses. An address may be followed by "%" and its interface.
            plain = address.partition("%")[0].strip("[]").replace("*", "::")
            yield Listener(program, int(pid), plain, int(port))
