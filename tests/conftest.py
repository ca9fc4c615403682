"""Fixtures of all tests."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from real_choice import is_chosen
from scheduling import ByLab, OnOneCloud, rank, rank_on_one_cloud, uses_services

SLOWEST = 300
"""Time limit, in seconds, of a test on a real cloud, which is slow while a dozen tests use it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cloud",
        choices=["mini", "real"],
        default="mini",
        help="cloud under test: minicloud, which the tests start, or the real cloud in OS_CLIENT_CONFIG_FILE",
    )
    parser.addoption(
        "--stage",
        choices=["quick", "services"],
        help="run only the tests that start neither Trove nor Heat, or only those that do",
    )
    parser.addoption(
        "--whole",
        action="store_true",
        help="with --cloud=real: run every test that can run there, not only those in tests/real_choice.py",
    )
    parser.addoption(
        "--mysql",
        metavar="URL",
        help="also run the database tests on this MySQL or MariaDB server, given as "
        "mysql+pymysql://user:password@host; each test creates its own database and drops it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Check that the run leaves a real cloud as it was."""
    if not _is_real(config):
        return
    if "OS_CLIENT_CONFIG_FILE" not in os.environ:
        raise pytest.UsageError("--cloud=real: OS_CLIENT_CONFIG_FILE must name a clouds.yaml")
    if not config.option.collectonly and not hasattr(config, "workerinput"):
        config.pluginmanager.import_plugin("real_session")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the test files of the other stage."""
    stage = config.getoption("--stage")
    if stage is None or not collection_path.is_file():
        return None
    file = collection_path.relative_to(config.rootpath).as_posix()
    return True if uses_services(file) != (stage == "services") else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Distribute tests by the lab they use, whatever ``--dist`` is. All workers share a real cloud."""
    return OnOneCloud(config, log) if _is_real(config) else ByLab(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests, and deselect those that the cloud under test cannot run."""
    if hasattr(config, "workerinput"):
        # All workers must collect in the same order. The longest groups come first.
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
    """Return whether a test runs on the cloud under test. On a real cloud, only tests that use it do."""
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
    """Return connections to the real cloud under test, by their names in clouds.yaml. Empty for minicloud.

    Every test that can run on both clouds uses this fixture, directly or through another one.
    """
    if not _is_real(request.config):
        return {}
    import openstack  # noqa: PLC0415 - slow, and not every test needs it

    return {name: openstack.connect(cloud=name) for name in ("admin", "demo", "alt", "service")}
