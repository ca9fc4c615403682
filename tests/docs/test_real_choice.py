"""What is chosen for a real cloud is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from real_choice import CHOSEN, is_chosen, unknown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def there() -> list[str]:
    """Return the ids of all tests of the files something is chosen of."""
    ended = subprocess.run(  # noqa: S603 - pytest itself
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *CHOSEN],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return [line for line in ended.stdout.splitlines() if "::" in line]


def test_every_test_that_is_chosen_is_there(there: list[str]) -> None:
    assert unknown(there) == []


def test_what_is_chosen_is_some_and_not_all(there: list[str]) -> None:
    chosen = [nodeid for nodeid in there if is_chosen(nodeid)]
    assert {nodeid.partition("::")[0] for nodeid in chosen} == set(CHOSEN)
    assert len(chosen) < len(there)


def test_of_a_file_that_is_not_named_all_are_chosen() -> None:
    assert is_chosen("tests/cloud/test_image.py::test_an_image[raw]")


def test_a_test_that_was_renamed_is_named() -> None:
    (first, *_) = CHOSEN
    assert f"{first}::TestDns::test_a_record_is_made_once_and_deleted_once" in unknown([f"{first}::TestDns::test_else"])
