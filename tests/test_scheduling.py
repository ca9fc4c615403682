"""Tests of how tests are distributed to workers."""

from pathlib import Path

from scheduling import PIECES, rank

ROOT = Path(__file__).parents[1]


def test_every_named_file_exists_and_is_in_one_group() -> None:
    files = [file for piece in PIECES for file in piece]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert len(set(files)) == len(files)


def test_unnamed_files_come_last() -> None:
    assert rank("tests/demo/test_demo.py::test") < rank("tests/flows/test_runner.py::test")
