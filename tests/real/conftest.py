"""The real cloud that ``python -m realcloud`` started, and its Trove. The tests run one at a time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_lab import ROOT, RealLab
from real_trove import RealTrove, connect

from inventory_kit import RealCloud

OPTIONS = {
    "DEFAULT": {
        "usage_timeout": "60",
        "usage_sleep_time": "1",
        "agent_call_low_timeout": "5",
        "agent_call_high_timeout": "10",
        "server_delete_time_out": "60",
        "volume_time_out": "90",
        "resize_time_out": "60",
        "revert_time_out": "60",
        "reboot_time_out": "60",
        "report_interval": "3",
    },
    "trove_resources": {"sweep_interval": "1"},
}
"""Options of Trove: short timeouts for what never happens, but long enough for services on two cores."""


@pytest.fixture(scope="session")
def real_lab() -> Iterator[RealLab]:
    """The cloud, once per session."""
    home = Path(os.environ.get("REALCLOUD_HOME") or ROOT / ".realcloud")
    lab = RealLab(home, OPTIONS)
    yield lab
    lab.end()


@pytest.fixture(scope="session")
def real_trove(real_lab: RealLab) -> RealTrove:
    """Trove on the cloud, with the manager that is selected at the moment."""
    return connect(real_lab)


@pytest.fixture(scope="module", autouse=True)
def _as_it_was(real_trove: RealTrove) -> Iterator[None]:
    """Check that the tests of a module leave the cloud as it was before, and report leftovers."""
    with RealCloud().as_it_was():
        yield
        real_trove.calm()


@pytest.fixture(autouse=True)
def _no_leftovers(real_trove: RealTrove) -> Iterator[None]:
    """Check after each test that every resource belongs to an existing instance."""
    yield
    real_trove.until_no_leftovers()
