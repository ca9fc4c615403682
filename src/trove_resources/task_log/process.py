"""Which task managers are alive: each holds a lock on a file of its own next to the task log.

The kernel releases the lock when the process ends, however it ends. A pid would say less: it is reused, and in another
container it is another process.
"""

import fcntl
from pathlib import Path
from typing import IO


def hold(log: Path, process_id: str) -> IO[bytes]:
    """Mark this process as alive until the returned file is closed. Raises OSError."""
    # The file is locked before it gets its final name.
    unseen = log.with_name(f"{log.name}-new-{process_id}")
    unseen.touch(mode=0o640)
    held = unseen.open("rb")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unseen.rename(_file(log, process_id))
    except BaseException:
        held.close()
        raise
    return held


def is_alive(log: Path, process_id: str) -> bool:
    """Return whether a process that wrote the log is alive. Raises OSError, but not when its file is missing."""
    try:
        file = _file(log, process_id).open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def living(log: Path) -> list[str]:
    """Return the ids of the live processes, and delete the files of the others. Raises OSError."""
    beginning = _file(log, "").name
    ids = [each.name.removeprefix(beginning) for each in log.parent.iterdir() if each.name.startswith(beginning)]
    alive = [each for each in ids if is_alive(log, each)]
    for dead in set(ids).difference(alive):
        _file(log, dead).unlink(missing_ok=True)
    return alive


def _file(log: Path, process_id: str) -> Path:
    return log.with_name(f"{log.name}-process-{process_id}")
