"""Our columns in a process of Trove: its migrations run before and after ours, and its models use the columns."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from plugin.databases import new_mysql_database

PROGRAM = Path(__file__).parent / "in_trove.py"


def run(directory: Path, url: str, columns: str) -> dict[str, object]:
    config = directory / "trove.conf"
    config.write_text(f"[DEFAULT]\nenable_secure_rpc_messaging = false\n[database]\nconnection = {url}\n")
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, PROGRAM, config, columns], capture_output=True, text=True, timeout=100, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    said: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return said


def test_troves_models_write_find_and_keep_the_columns(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    expected = {
        "found by stack": True,
        "read again": ["orchestrator", "s", "h"],
        "found by engine": True,
        "native": True,
        "after a delete": [True, "orchestrator", "s"],
        "shown by the API": [],
    }
    if dialect == "sqlite":
        assert run(tmp_path, f"sqlite:///{tmp_path}/trove.sqlite", "with") == expected
        return
    with new_mysql_database(request.config.getoption("--mysql")) as url:
        # Trove's own db_sync takes no "%" in its URL.
        assert run(tmp_path, unquote(url.render_as_string(hide_password=False)), "with") == expected


def test_without_the_columns_a_written_engine_is_lost_silently(tmp_path: Path) -> None:
    assert run(tmp_path, f"sqlite:///{tmp_path}/trove.sqlite", "without") == {"lost": True}
