"""Fixtures of all tests."""

import pytest


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Against a real cloud, run the tests of behaviours a real cloud can show, and no others."""
    if config.getoption("--cloud") == "mini":
        return
    for item in list(items):
        if item.get_closest_marker("mini_only") or "clouds" not in getattr(item, "fixturenames", ()):
            items.remove(item)
