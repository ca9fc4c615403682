"""The command line. These tests measure nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from bench_samples import REPORT, step

from bench.__main__ import _parser, main
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
        (
            ["--managers", "stock,nope"],
            "argument --managers: 'nope' is not one of stock, native, orchestrator, migration",
        ),
        (["--managers", ""], "argument --managers: '' is not one of stock"),
        (["--steps", "create,fly"], "argument --steps: 'fly' is not one of create, resize-volume"),
        (["--instances", "1,x"], "argument --instances: '1,x' is neither a list of numbers from 1 to 200"),
        (["--instances", "0"], "argument --instances: '0' is neither a list"),
        (["--instances", "201"], "argument --instances: '201' is neither a list"),
        (["--instances", ""], "argument --instances: '' is neither a list"),
        (["--output", "/no/such/folder"], "argument --output: '/no/such/folder' is not a writable directory"),
        (["--json", "/no/such/folder/file"], "argument --json: '/no/such/folder/file' is not writable"),
        (["--from", "/no/such/file"], "argument --from: '/no/such/file' cannot be read"),
    ],
)
def test_wrong_usage_is_rejected_and_names_the_option(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert message in capsys.readouterr().err


def test_stored_measurements_are_shown_and_a_failure_gives_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(dump(REPORT))
    assert main(["--from", str(tmp_path / "run.json")]) == 1
    assert "**failed** after 300.1" in capsys.readouterr().out


def test_by_default_all_managers_are_measured() -> None:
    assert _parser().parse_args([]).managers == ("stock", "native", "orchestrator", "migration")


def test_page_picture_and_measurements_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(machine="m", minutes=1.0, steps=(step("native", "create", 28.0),))
    (tmp_path / "run.json").write_text(dump(report))
    written = tmp_path / "docs"
    written.mkdir()
    again = written / "again.json"
    assert main(["--from", str(tmp_path / "run.json"), "--output", str(written), "--json", str(again)]) == 0
    assert sorted(each.name for each in written.iterdir()) == ["again.json", "bench.md", "bench.svg"]
    assert again.read_text() == dump(report)
    assert capsys.readouterr().out == ""
