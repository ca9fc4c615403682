"""The command, as a developer types it; nothing here measures anything."""

import subprocess
import sys
from pathlib import Path

import pytest
from bench_samples import REPORT, step

from bench.__main__ import main
from bench.measurements import Report, dump

ROOT = Path(__file__).parents[2]


def test_help_names_every_option() -> None:
    command = [sys.executable, "-m", "bench", "--help"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    for option in ("--managers", "--steps", "--instances", "--output", "--json", "--from"):
        assert option in process.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--managers", "stock,nope"], "argument --managers: 'nope' is none of stock, native"),
        (["--managers", ""], "argument --managers: '' is none of stock"),
        (["--steps", "create,fly"], "argument --steps: 'fly' is none of create, resize-volume"),
        (["--instances", "1,x"], "argument --instances: '1,x' is no list of numbers from 1 to 200"),
        (["--instances", "0"], "argument --instances: '0' is no list"),
        (["--instances", "201"], "argument --instances: '201' is no list"),
        (["--instances", ""], "argument --instances: '' is no list"),
        (["--output", "/no/such/folder"], "argument --output: '/no/such/folder' is no directory"),
        (["--json", "/no/such/folder/file"], "argument --json: '/no/such/folder/file' cannot be written"),
        (["--from", "/no/such/file"], "argument --from: '/no/such/file' cannot be used"),
    ],
)
def test_bad_usage_is_refused_by_the_name_of_the_option(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert message in capsys.readouterr().err


def test_measurements_are_shown_again_and_a_failure_is_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(dump(REPORT))
    assert main(["--from", str(tmp_path / "run.json")]) == 1
    assert "**failed** after 300.1" in capsys.readouterr().out


def test_page_picture_and_measurements_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    well = Report(machine="m", minutes=1.0, steps=(step("native", "create", 28.0),))
    (tmp_path / "run.json").write_text(dump(well))
    written = tmp_path / "docs"
    written.mkdir()
    again = written / "again.json"
    assert main(["--from", str(tmp_path / "run.json"), "--output", str(written), "--json", str(again)]) == 0
    assert sorted(each.name for each in written.iterdir()) == ["again.json", "bench.md", "bench.svg"]
    assert again.read_text() == dump(well)
    assert capsys.readouterr().out == ""
