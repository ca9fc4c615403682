"""What has to be installed on the machine: a database server, a message broker, a name server. Debian 12, root."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

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


def listeners(pid: int) -> list[str]:
    """Return where a process listens, as ``ss`` says: ``127.0.0.1:25000``."""
    said = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return [line.split()[3] for line in said.splitlines() if f"pid={pid}," in line]
