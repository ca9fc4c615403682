"""A task manager that could not work does not start, and says why."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from trove_lab.local.errors import ServiceDiedError
from trove_lab.local.lab import Lab


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What labs end with, side by side: without our columns, and with a manager that is none."""
    make = tmp_path_factory.mktemp
    labs = {
        "columns": Lab(make("columns"), manager="native", columns=False),
        "manager": Lab(make("manager"), manager="native", options={"DEFAULT": {"resource_manager": "nativ"}}),
    }
    with ThreadPoolExecutor() as threads:
        return dict(zip(labs, threads.map(end_of, labs.values()), strict=True))


def end_of(lab: Lab) -> str:
    """Return what is said when a lab does not start."""
    with pytest.raises(ServiceDiedError) as died, lab:
        pass
    return str(died.value)


def test_without_our_columns_it_names_the_command(said: Mapping[str, str]) -> None:
    assert "MissingColumnsError" in said["columns"]
    assert "run trove-resources db upgrade" in said["columns"]


def test_a_resource_manager_that_is_not_there_is_refused_with_those_that_are(said: Mapping[str, str]) -> None:
    assert "resource_manager = nativ: no resource manager has this name; installed are " in said["manager"]
    assert "native" in said["manager"].rpartition("installed are ")[2]
