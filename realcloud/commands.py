"""Commands that run to completion, with a log."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from realcloud.errors import CommandError


def run(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command and append its output to the log. Raises CommandError."""
    with log.open("ab") as file:
        done = subprocess.run(  # noqa: S603 - our own commands
            list(command), stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment, check=False
        )
    if done.returncode:
        raise CommandError(command, done.returncode, log)
