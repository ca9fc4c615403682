"""The command as a process, its help, and bad usage."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Command
from plugin.toy import install
from trove_resources import __version__
from trove_resources.contract import OPERATIONS

COMMAND = Path(sys.executable).parent / "trove-resources"


@pytest.mark.parametrize(
    ("arguments", "message", "reason"),
    [
        ((), "a command is required; trove-resources --help lists them", "a command is needed"),
        (("--debug",), "a command is required", "options are no command"),
        (("db",), "'db' is not a trove-resources command", "a group is no command"),
        (("frob",), "'frob' is not a trove-resources command", "the command must exist"),
        (("db", "upgrade", "head", "head"), "unrecognized arguments: head", "one revision is enough"),
        (("db", "upgrade", "--frob"), "unrecognized arguments: --frob", "the option must exist"),
        (("db", "version", "--config-file"), "expected one argument", "a file must be named"),
        (("managers", "-f", "frob"), "invalid choice: 'frob'", "the format must exist"),
        (("managers", "-c", "frob"), "No recognized column names in ['frob']", "the column must exist"),
        (("help", "frob"), "Unknown command ['frob']", "help is about a command"),
        (("managers", "--log-file", "/nowhere/log"), "cannot write /nowhere/log: No such file", "it must be writable"),
        (("db", "upgrade", ""), "argument REVISION: must not be empty", "an unset variable names no revision"),
        (("db", "downgrade", " "), "argument REVISION: must not be empty", "an unset variable names no revision"),
        (("task", "list", "--instance", ""), "argument --instance: must not be empty", "it would select all"),
        (("instance", "list", "--engine", ""), "argument --engine: must not be empty", "it would select all"),
        (("instance", "list", "--project", ""), "argument --project: must not be empty", "it would select none"),
        (("instance", "show"), "the following arguments are required: INSTANCE", "an instance is needed"),
    ],
)
def test_bad_usage_is_exit_code_2(arguments: tuple[str, ...], message: str, reason: str, command: Command) -> None:
    ended = command(*arguments)
    assert ended.code == 2, reason
    assert message in ended.out + ended.err, reason


def test_help_lists_commands_and_exit_codes(command: Command) -> None:
    said = command("--help").out
    assert "Exit codes" in said
    for name in ("db downgrade", "db upgrade", "db version", "instance list", "managers", "task show"):
        assert name in said


def shell(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the packages of a directory, and a cache of its own."""
    environment = {**os.environ, "PYTHONPATH": str(directory), "XDG_CACHE_HOME": str(directory / "cache")}
    return subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_version_is_printed(tmp_path: Path) -> None:
    assert shell(tmp_path, "--version").stdout == f"trove-resources {__version__}\n"


def test_managers_shows_what_each_supports(tmp_path: Path) -> None:
    install(tmp_path, {"toy": "toybox:Toy"})
    rows = json.loads(shell(tmp_path, "managers", "-f", "json", "-c", "operation", "-c", "toy").stdout)
    assert rows == [{"operation": each, "toy": each in {"provision", "delete", "observe"}} for each in OPERATIONS]


def test_managers_leaves_out_one_that_cannot_be_loaded_and_says_why(tmp_path: Path) -> None:
    install(tmp_path, {"toy": "toybox:Toy", "broken": "toybroken:Toy"})
    ended = shell(tmp_path, "managers", "-c", "operation", "-c", "toy")
    assert ended.returncode == 0
    assert "| provision     | yes |" in ended.stdout
    assert ended.stderr == (
        "trove-resources: resource_manager = broken: cannot be loaded: RuntimeError: no toys today\n"
    )
