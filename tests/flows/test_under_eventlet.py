"""Runs the tests of flows with green threads."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_flows_run_under_eventlets_monkey_patching() -> None:
    command = [sys.executable, TESTS / "under_eventlet.py", TESTS / "flows", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(  # noqa: S603 - our own tests
        [*command, f"--ignore={__file__}"], cwd=TESTS.parent, capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
