"""Our wheels, and environments with them. These tests install packages, so they only run when named explicitly.

make test-wheels
"""

from pathlib import Path

import pytest

from wheels.environments import Environment, Open, Wheels, build, make
from wheels.releases import Release


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these tests out of a run that does not name this directory."""
    asked = any("wheels" in str(each) for each in config.args)
    return None if asked or collection_path.suffix != ".py" else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests enough time for an installation."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    """Build the wheels once."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Return a function that creates environments, and reuses existing ones."""
    made: dict[tuple[object, ...], Environment] = {}

    def of(release: Release, *requirements: object) -> Environment:
        wanted = (release, *requirements)
        if wanted not in made:
            made[wanted] = make(tmp_path_factory.mktemp(str(release)), release, *requirements)
        return made[wanted]

    return of
