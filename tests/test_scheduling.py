"""Tests of how tests are distributed to workers."""

from pathlib import Path

from scheduling import PIECES, SERVICES, rank, uses_services

ROOT = Path(__file__).parents[1]


def test_every_named_file_exists_and_is_in_one_group() -> None:
    files = [file for piece in PIECES for file in piece]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert len(set(files)) == len(files)


def test_unnamed_files_come_last() -> None:
    assert rank("tests/demo/test_demo.py::test") < rank("tests/flows/test_runner.py::test")


def test_each_group_is_of_the_services_stage() -> None:
    assert [file for piece in PIECES for file in piece if not uses_services(file)] == []


def test_each_prefix_of_the_services_stage_has_tests_and_the_others_are_quick() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    assert [prefix for prefix in SERVICES if not any(file.startswith(prefix) for file in files)] == []
    quick = {file.split("/")[1] for file in files if not uses_services(file)}
    assert {"native", "cloud", "plugin", "flows", "cli", "docs", "conformance"} <= quick
