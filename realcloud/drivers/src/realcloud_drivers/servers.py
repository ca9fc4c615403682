"""The servers of a host, saved in a file so that they survive a restart of nova-compute."""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SavedServer = Mapping[str, Any]
"""``name``, ``state`` (Nova's power state) and ``volumes`` of a server."""


class AttachedVolumes:
    """The data volumes of servers: sizes in GiB by volume id, as the host saw them last."""

    def __init__(self) -> None:
        self._sizes: dict[str, dict[str, int]] = {}

    def replace(self, server_id: str, sizes: Mapping[str, int]) -> None:
        """Set all volumes of a server."""
        self._sizes[server_id] = dict(sizes)

    def put(self, server_id: str, volume_id: str, size: int) -> None:
        """Add a volume to a server, or set its new size."""
        self._sizes.setdefault(server_id, {})[volume_id] = size

    def take(self, server_id: str, volume_id: str) -> None:
        """Remove a volume from a server."""
        self._sizes.get(server_id, {}).pop(volume_id, None)

    def drop(self, server_id: str) -> None:
        """Forget a server."""
        self._sizes.pop(server_id, None)

    def of(self, server_id: str) -> dict[str, int]:
        """Return the volumes of a server."""
        return dict(self._sizes.get(server_id, {}))


class ServersFile:
    """The file. It is replaced as a whole, by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()

    def read(self) -> Iterator[tuple[str, SavedServer]]:
        """Yield the id and the saved state of each server. A new host has none."""
        if self._path.exists():
            yield from json.loads(self._path.read_text(encoding="utf-8")).items()

    def write(self, servers: Mapping[str, SavedServer]) -> None:
        """Save all servers."""
        with self._writing:
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(dict(servers)), encoding="utf-8")
            new.replace(self._path)
