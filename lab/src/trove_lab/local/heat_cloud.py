"""An emulated cloud with Heat and without Trove, for tests of Heat's clients."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.seed import HEAT_DOMAIN, HEAT_DOMAIN_ADMIN, PASSWORD, seed
from trove_lab.cloud.server import CloudServer
from trove_lab.local import heat_conf, sqlite
from trove_lab.local.heat_conf import Heat, HeatSite
from trove_lab.local.heat_process import HeatProcess
from trove_lab.local.lab import HEAT
from trove_lab.local.ports import free_port

START = 120.0
"""Timeout in seconds for the start of Heat, on a busy machine."""


class HeatCloud:
    """A cloud with Heat, by the clock of the machine. Never reset the cloud: Heat would keep its stacks."""

    cloud: Cloud
    url: str
    auth_url: str

    def __init__(self, directory: Path, heat: Heat) -> None:
        self._directory, self._heat = directory, heat
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start both. Raises ServiceDiedError when Heat does not start."""
        with ExitStack() as stack:
            port = free_port()
            self.cloud = Cloud(seed=seed, heat_url=f"http://127.0.0.1:{port}")
            front = stack.enter_context(CloudServer(self.cloud))
            self.url, self.auth_url = front.url, front.auth_url
            self._site = HeatSite(
                directory=self._directory,
                api_port=port,
                auth_url=stack.enter_context(CloudServer(self.cloud, client=HEAT)).auth_url,
                username="heat",
                password=PASSWORD,
                project_name="service",
                stack_domain=HEAT_DOMAIN,
                stack_domain_admin=HEAT_DOMAIN_ADMIN,
            )
            stack.enter_context(sqlite.created(self._site.database))
            heat_conf.write(self._site, self._heat)
            stack.callback(self._stop_heat)
            self._start_heat()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both."""
        self._stack.close()

    def kill_heat(self) -> None:
        """Kill Heat, whatever it is doing, and start it again."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.stop()
        self._start_heat()

    def _start_heat(self) -> None:
        self._process = HeatProcess(self._site, hurry=self._heat.hurry)
        self._process.wait_until_ready(START)

    def _stop_heat(self) -> None:
        """Stop the current process, which ``kill_heat`` may have replaced."""
        self._process.stop()
