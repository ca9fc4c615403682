"""A task manager that could not work does not start, and says why."""

from pathlib import Path

import pytest

from trove_lab.local.errors import ServiceDiedError
from trove_lab.local.lab import Lab


def test_without_our_columns_it_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ServiceDiedError, match=r"MissingColumnsError.*run trove-resources db upgrade"):
        start(Lab(tmp_path, manager="native", columns=False))


def test_a_resource_manager_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    options = {"DEFAULT": {"resource_manager": "nativ"}}
    with pytest.raises(ServiceDiedError, match=r"resource_manager = nativ: .*there are .*native"):
        start(Lab(tmp_path, manager="native", options=options))


def start(lab: Lab) -> None:
    with lab:
        pass
