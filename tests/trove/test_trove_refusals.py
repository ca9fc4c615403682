"""A task manager that could not work does not start, and reports why."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from trove_lab.local.errors import ServiceDiedError
from trove_lab.local.lab import Lab


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The errors of two labs that do not start: one without our columns, one with an unknown manager."""
    make = tmp_path_factory.mktemp
    labs = {
        "columns": Lab(make("columns"), manager="native", columns=False),
        "manager": Lab(make("manager"), manager="native", options={"DEFAULT": {"resource_manager": "nativ"}}),
    }
    with ThreadPoolExecutor() as threads:
        return dict(zip(labs, threads.map(end_of, labs.values()), strict=True))


def end_of(lab: Lab) -> str:
    """Return the error with which a lab does not start."""
    with pytest.raises(ServiceDiedError) as died, lab:
        pass
    return str(died.value)


def test_without_our_columns_the_error_names_the_command(errors: Mapping[str, str]) -> None:
    assert "MissingColumnsError" in errors["columns"]
    assert "run trove-resources db upgrade" in errors["columns"]


def test_an_unknown_resource_manager_is_rejected_with_the_installed_ones_listed(errors: Mapping[str, str]) -> None:
    assert "resource_manager = nativ: no resource manager has this name; installed are " in errors["manager"]
    assert "native" in errors["manager"].rpartition("installed are ")[2]
