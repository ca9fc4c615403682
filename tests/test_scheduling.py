"""How the tests are shared out among workers."""

from pathlib import Path

from scheduling import PIECES, rank

ROOT = Path(__file__).parents[1]


def test_every_file_that_is_named_exists_and_is_of_one_piece() -> None:
    files = [file for piece in PIECES for file in piece]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert len(set(files)) == len(files)


def test_what_is_not_named_comes_last() -> None:
    assert rank("tests/demo/test_demo.py::test") < rank("tests/flows/test_runner.py::test")
