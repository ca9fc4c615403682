"""The data of a seeded cloud in one archive. Creating the schemas takes a minute, restoring the archive a second."""

import hashlib
import shutil
import tarfile
from pathlib import Path

from realcloud.environment import CONSTRAINTS
from realcloud.home import Home

_EXCLUDED = frozenset({"ib_buffer_pool", "lock"})


def save(home: Home) -> None:
    """Save the data of a stopped cloud that was seeded and not used yet."""
    new = home.snapshot.with_suffix(".new")
    with tarfile.open(new, "w:gz", compresslevel=1) as archive:
        archive.add(home.data, "data", filter=lambda each: None if Path(each.name).name in _EXCLUDED else each)
    new.replace(home.snapshot)
    _fingerprint_file(home).write_text(_fingerprint())


def restore(home: Home) -> bool:
    """Restore the data of a stopped cloud. Return False if no snapshot fits what is installed now."""
    saved = _fingerprint_file(home)
    if not (home.snapshot.exists() and saved.exists() and saved.read_text() == _fingerprint()):
        return False
    shutil.rmtree(home.data, ignore_errors=True)
    with tarfile.open(home.snapshot) as archive:
        archive.extractall(home.root, filter="fully_trusted")  # noqa: S202 - written above
    return True


def _fingerprint_file(home: Home) -> Path:
    return home.snapshot.with_suffix(".of")


def _fingerprint() -> str:
    """Return a hash of what a snapshot depends on: the versions, the seed and the schemas."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in (CONSTRAINTS, *sources))).hexdigest()
