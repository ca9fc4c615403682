"""A run on a real cloud leaves it as it found it: looked at once before the run and once after, by all workers' parent.

Workers see one another's things, so none of them can look for itself. A thing that is left says when it was made: the
tests that ran at that moment, one a worker, are named with it.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from inventory_kit import Difference, RealCloud, Thing

ROUNDED: Final = timedelta(seconds=1)
"""Services say the second in which a thing was made."""


def pytest_configure(config: pytest.Config) -> None:
    """Look at the cloud."""
    config.pluginmanager.register(LeavesNothing())


class LeavesNothing:
    """A plug-in of pytest: the run fails when the cloud is another after it."""

    def __init__(self) -> None:
        self._cloud = RealCloud()
        self._before: frozenset[Thing] = frozenset()
        self._ran: dict[str, tuple[datetime, datetime]] = {}
        self._difference = Difference((), ())

    def pytest_sessionstart(self) -> None:
        """Look before any test runs."""
        self._before = self._cloud.things()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note when each test ran, with the fixtures that were made for it."""
        began, ended = (datetime.fromtimestamp(at, UTC) for at in (report.start, report.stop))
        self._ran[report.nodeid] = (self._ran.get(report.nodeid, (began,))[0], ended)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look after all have ended."""
        if not self._ran:
            return
        self._difference = self._cloud.since(self._before)
        if self._difference and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is not as it was."""
        if not self._difference:
            return
        terminalreporter.section("the cloud is not as it was", red=True)
        for thing in self._difference.left:
            terminalreporter.line(f"left: {thing}")
            for nodeid in self._running_at(thing.made_at):
                terminalreporter.line(f"    made while {nodeid} ran")
        for thing in self._difference.gone:
            terminalreporter.line(f"taken away: {thing}")

    def _running_at(self, moment: datetime | None) -> list[str]:
        if moment is None:
            return []
        return [nodeid for nodeid, (began, ended) in self._ran.items() if began - ROUNDED <= moment <= ended + ROUNDED]
