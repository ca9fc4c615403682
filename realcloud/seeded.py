"""The ids of seeded resources that Trove's configuration names."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from realcloud.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """Ids that differ between clouds. They are part of a cloud's data, and of its snapshot."""

    project_id: str
    """The project of Trove's service user."""
    image_id: str
    management_network_id: str
    public_network_id: str
    zone_id: str
    zone_name: str

    @classmethod
    def read(cls, home: Home) -> Self | None:
        """Return the stored ids, or None if the cloud has not been seeded yet."""
        path = home.data / "seed.json"
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def write(self, home: Home) -> None:
        """Store the ids."""
        (home.data / "seed.json").write_text(json.dumps(asdict(self), indent=1))
