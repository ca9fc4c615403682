"""The tests that are selected for a real cloud exist."""

import subprocess
import sys
from pathlib import Path

import pytest

from real_choice import CHOSEN, is_chosen, unknown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def existing() -> list[str]:
    """Return the ids of all tests in files from which tests are chosen."""
    ended = subprocess.run(  # noqa: S603 - pytest itself
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *CHOSEN],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return [line for line in ended.stdout.splitlines() if "::" in line]


def test_every_chosen_test_exists(existing: list[str]) -> None:
    assert unknown(existing) == []


def test_some_tests_are_chosen_but_not_all(existing: list[str]) -> None:
    chosen = [nodeid for nodeid in existing if is_chosen(nodeid)]
    assert {nodeid.partition("::")[0] for nodeid in chosen} == set(CHOSEN)
    assert len(chosen) < len(existing)


def test_all_tests_of_an_unlisted_file_are_chosen() -> None:
    assert is_chosen("tests/cloud/test_image.py::test_an_image[raw]")


def test_a_test_that_was_renamed_is_named() -> None:
    (first, *_) = CHOSEN
    assert f"{first}::TestDns::test_an_instance_with_dns_has_a_record" in unknown([f"{first}::TestDns::test_else"])
