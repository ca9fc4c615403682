"""What a host remembers of its servers, in a file: it outlives the process of nova-compute."""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Known = Mapping[str, Any]
"""``name``, ``state`` (Nova's number) and ``volumes`` of a server."""


class Volumes:
    """The data volumes that servers have: GiB by id, as the host saw them last."""

    def __init__(self) -> None:
        self._sizes: dict[str, dict[str, int]] = {}

    def replace(self, server_id: str, sizes: Mapping[str, int]) -> None:
        """Note all of a server's."""
        self._sizes[server_id] = dict(sizes)

    def put(self, server_id: str, volume_id: str, size: int) -> None:
        """Note that a server got one, or that it grew."""
        self._sizes.setdefault(server_id, {})[volume_id] = size

    def take(self, server_id: str, volume_id: str) -> None:
        """Note that a server has one no more."""
        self._sizes.get(server_id, {}).pop(volume_id, None)

    def drop(self, server_id: str) -> None:
        """Forget a server."""
        self._sizes.pop(server_id, None)

    def of(self, server_id: str) -> dict[str, int]:
        """Return those of a server."""
        return dict(self._sizes.get(server_id, {}))


class ServersFile:
    """The file. It is replaced as a whole, by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()

    def read(self) -> Iterator[tuple[str, Known]]:
        """Yield each server's id and what is known of it; nothing on a host that is new."""
        if self._path.exists():
            yield from json.loads(self._path.read_text(encoding="utf-8")).items()

    def write(self, servers: Mapping[str, Known]) -> None:
        """Write all servers."""
        with self._writing:
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(dict(servers)), encoding="utf-8")
            new.replace(self._path)
