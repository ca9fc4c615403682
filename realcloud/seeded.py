"""What the seed made, as far as Trove's configuration has to know it."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from realcloud.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """Ids that are other ones in each cloud. They are part of its data, and of a snapshot."""

    project_id: str
    """Trove's own."""
    image_id: str
    management_network_id: str
    public_network_id: str
    zone_id: str
    zone_name: str

    @classmethod
    def read(cls, home: Home) -> Self | None:
        """Return what was made, or None while nothing was."""
        path = home.data / "seed.json"
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def write(self, home: Home) -> None:
        """Keep it."""
        (home.data / "seed.json").write_text(json.dumps(asdict(self), indent=1))
