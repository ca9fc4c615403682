"""Fixtures of all tests."""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from real_choice import is_chosen
from scheduling import ByLab, OnOneCloud, rank, rank_on_one_cloud

SLOWEST = 300
"""Seconds a test on a real cloud has: what takes a cloud ten takes it a minute beside a dozen other tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cloud",
        choices=["mini", "real"],
        default="mini",
        help="the cloud to test: minicloud, started by the tests, or the real one OS_CLIENT_CONFIG_FILE names",
    )
    parser.addoption(
        "--whole",
        action="store_true",
        help="with --cloud=real: all the tests that can run there, not those alone that tests/real_choice.py names",
    )
    parser.addoption(
        "--mysql",
        metavar="URL",
        help="run the tests of the database on this MySQL or MariaDB server, too, as "
        "mysql+pymysql://user:password@host: each makes a database of its own and drops it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the run leave a real cloud as it was."""
    if not _is_real(config):
        return
    if "OS_CLIENT_CONFIG_FILE" not in os.environ:
        raise pytest.UsageError("--cloud=real: OS_CLIENT_CONFIG_FILE must name a clouds.yaml")
    if not config.option.collectonly and not hasattr(config, "workerinput"):
        config.pluginmanager.import_plugin("real_session")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share the tests out among workers by the labs they use, whatever ``--dist`` says; a real cloud is one for all."""
    return OnOneCloud(config, log) if _is_real(config) else ByLab(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests of behaviours that the cloud can show, and no others."""
    if hasattr(config, "workerinput"):
        # Each worker must have the same order, and the longest pieces first.
        place = rank_on_one_cloud if _is_real(config) else rank
        items.sort(key=lambda item: place(item.nodeid))
    left_out = [item for item in items if not _is_for(item, config)]
    config.hook.pytest_deselected(items=left_out)
    if _is_real(config):
        for item in items:
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(SLOWEST))
    items[:] = [item for item in items if item not in set(left_out)]


def _is_for(item: pytest.Item, config: pytest.Config) -> bool:
    """Say whether a test is one of the cloud under test: on a real one, what asks no cloud has nothing to show."""
    if not _is_real(config):
        return item.get_closest_marker("real_only") is None
    if item.get_closest_marker("real_only"):
        return True
    if item.get_closest_marker("mini_only") or "real_cloud" not in getattr(item, "fixturenames", ()):
        return False
    return bool(config.getoption("--whole")) or is_chosen(item.nodeid)


def _is_real(config: pytest.Config) -> bool:
    return str(config.getoption("--cloud")) == "real"


@pytest.fixture(scope="session")
def real_cloud(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """Return connections to the real cloud under test, by the names in its clouds.yaml; none where it is minicloud.

    A test that runs on either has this among its fixtures, or theirs.
    """
    if not _is_real(request.config):
        return {}
    import openstack  # noqa: PLC0415 - tests that ask no cloud do not wait for it

    return {name: openstack.connect(cloud=name) for name in ("admin", "demo", "alt", "service")}
