"""Fixtures of all tests."""

from typing import Any

import pytest

from scheduling import ByLab, rank


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cloud",
        choices=["mini", "real"],
        default="mini",
        help="the cloud to test: minicloud, started by the tests, or the real one OS_CLIENT_CONFIG_FILE names",
    )
    parser.addoption(
        "--mysql",
        metavar="URL",
        help="run the tests of the database on this MySQL or MariaDB server, too, as "
        "mysql+pymysql://user:password@host: each makes a database of its own and drops it",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByLab:
    """Share the tests out among workers by the labs they use, whatever ``--dist`` says."""
    return ByLab(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Against a real cloud, run the tests of behaviours a real cloud can show, and no others."""
    if hasattr(config, "workerinput"):
        # Each worker must have the same order, and the longest pieces first.
        items.sort(key=lambda item: rank(item.nodeid))
    if config.getoption("--cloud") == "mini":
        return
    for item in list(items):
        if item.get_closest_marker("mini_only") or "clouds" not in getattr(item, "fixturenames", ()):
            items.remove(item)
