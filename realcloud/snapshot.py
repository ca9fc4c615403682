"""The data of a seeded cloud, in one file: schemas take a minute, this a second."""

import hashlib
import shutil
import tarfile
from pathlib import Path

from realcloud.environment import CONSTRAINTS
from realcloud.home import Home

_RUBBISH = frozenset({"ib_buffer_pool", "lock"})


def save(home: Home) -> None:
    """Keep the data of a cloud that is stopped, and has been seeded only."""
    new = home.snapshot.with_suffix(".new")
    with tarfile.open(new, "w:gz", compresslevel=1) as archive:
        archive.add(home.data, "data", filter=lambda each: None if Path(each.name).name in _RUBBISH else each)
    new.replace(home.snapshot)
    _mark(home).write_text(_kind())


def restore(home: Home) -> bool:
    """Put the data back of a cloud that is stopped; say whether there is a snapshot of what is installed now."""
    if not (home.snapshot.exists() and _mark(home).exists() and _mark(home).read_text() == _kind()):
        return False
    shutil.rmtree(home.data, ignore_errors=True)
    with tarfile.open(home.snapshot) as archive:
        archive.extractall(home.root, filter="fully_trusted")  # noqa: S202 - written above
    return True


def _mark(home: Home) -> Path:
    return home.snapshot.with_suffix(".of")


def _kind() -> str:
    """Return what a snapshot must be made anew for: other versions, another seed or schema."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in (CONSTRAINTS, *sources))).hexdigest()
