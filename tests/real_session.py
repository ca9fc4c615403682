"""A pytest plug-in that checks that a run on a real cloud leaves no resources behind.

The parent of all workers compares the inventories before and after the run. The workers cannot, because they see the
resources of each other's tests. A leftover is reported with the tests that were running when it was created.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from inventory_kit import Difference, RealCloud, Thing

ROUNDED: Final = timedelta(seconds=1)
"""The precision of the creation times that services report."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the plug-in."""
    config.pluginmanager.register(LeavesNothing())


class LeavesNothing:
    """Fails the run if the inventory of the cloud has changed."""

    def __init__(self) -> None:
        self._cloud = RealCloud()
        self._before: frozenset[Thing] = frozenset()
        self._ran: dict[str, tuple[datetime, datetime]] = {}
        self._difference = Difference((), ())

    def pytest_sessionstart(self) -> None:
        """Take the inventory before the first test."""
        self._before = self._cloud.things()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Store when each test ran, including its fixtures."""
        began, ended = (datetime.fromtimestamp(at, UTC) for at in (report.start, report.stop))
        self._ran[report.nodeid] = (self._ran.get(report.nodeid, (began,))[0], ended)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take the inventory after the last test."""
        if not self._ran:
            return
        self._difference = self._cloud.since(self._before)
        if self._difference and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report the differences."""
        if not self._difference:
            return
        terminalreporter.section("the cloud has changed", red=True)
        for thing in self._difference.left:
            terminalreporter.line(f"left: {thing}")
            for nodeid in self._running_at(thing.made_at):
                terminalreporter.line(f"    created while {nodeid} ran")
        for thing in self._difference.gone:
            terminalreporter.line(f"deleted: {thing}")

    def _running_at(self, moment: datetime | None) -> list[str]:
        if moment is None:
            return []
        return [nodeid for nodeid, (began, ended) in self._ran.items() if began - ROUNDED <= moment <= ended + ROUNDED]
