"""Commands that are run to their end, with a log."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from realcloud.errors import CommandError


def run(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command; what it prints goes to the end of the log. Raises CommandError."""
    with log.open("ab") as file:
        done = subprocess.run(  # noqa: S603 - commands of ours
            list(command), stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment, check=False
        )
    if done.returncode:
        raise CommandError(command, done.returncode, log)
