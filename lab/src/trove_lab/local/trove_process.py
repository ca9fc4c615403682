"""Trove's services as a child process."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

from trove_lab.local.errors import ServiceDiedError
from trove_lab.local.trove_conf import Site

NAME = "Trove (trove-api, trove-conductor, trove-taskmanager and the guests)"
LAST_LINES = 15
"""Lines of the log that are shown when the process dies."""
FAREWELL = 5.0
"""Seconds the process has to end by itself."""


class TroveProcess:
    """The process of ``trove_services``. It ends with this object's process, however that ends."""

    def __init__(self, site: Site, *, cloud_url: str, image_id: str, columns: bool) -> None:
        self._site = site
        read_end, write_end = os.pipe()
        self._ready = read_end
        command = [sys.executable, "-m", "trove_lab.local.trove_services"]
        command += ["--config-file", str(site.config_file), "--config-directory", str(site.config_directory)]
        command += ["--cloud-url", cloud_url, "--image-id", image_id, "--ready-fd", str(write_end)]
        command += [] if columns else ["--without-columns"]
        with site.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(write_end,),
                env=_environment(),
                # A Ctrl-C of the terminal is for the lab, which stops this process itself.
                start_new_session=True,
            )
        os.close(write_end)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def wait_until_ready(self, seconds: float) -> None:
        """Return once trove-api answers. Raises ServiceDiedError when it does not in time."""
        deadline = time.monotonic() + seconds
        readable, _, _ = select.select([self._ready], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise self._died(f"was not ready after {seconds:.0f} seconds")
        if not os.read(self._ready, 64):
            raise self._died(f"ended with status {self._process.wait(FAREWELL)} while it started")

    def check(self) -> None:
        """Raise ServiceDiedError when the process has ended."""
        if self._process.poll() is not None:
            raise self._died(f"ended with status {self._process.returncode}")

    def stop(self) -> None:
        """End the process, if need be by force."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._ready)

    def _died(self, what: str) -> ServiceDiedError:
        return ServiceDiedError(NAME, what, self._site.log, _last_lines(self._site.log))


def _environment() -> dict[str, str]:
    """Return the environment without what would change how Trove talks to the cloud or patches itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment.pop("NO_EVENTLET_MONKEYPATCH", None)
    # Everything Trove talks to is on this machine, wherever a proxy may be.
    environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1"
    # Deprecations of Trove's own dependencies fill its log.
    environment["PYTHONWARNINGS"] = "ignore"
    return environment


def _last_lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-LAST_LINES:]
