"""Whether every service says of itself that it is up: through its own API, for messages are nowhere to be seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from keystoneauth1.session import Session

from realcloud.conf.nova import COMPUTES
from realcloud.home import Home
from realcloud.seed import connect

DESIGNATE: Final = ("central", "mdns", "producer", "worker")


class Looker:
    """Looks at what services report. Only reports after ``since`` count: a row may be of an earlier start."""

    def __init__(self, home: Home, since: datetime) -> None:
        self._session: Session = connect(home, "admin").session
        self._since = since

    def missing(self) -> list[str]:
        """Return the services that are not up. Raises what keystoneauth does when an API cannot tell."""
        return [*self._nova(), *self._cinder(), *self._heat(), *self._designate(), *self._silent()]

    def _nova(self) -> Iterator[str]:
        rows = self._rows("compute", "/os-services", "services")
        up = {(row["binary"], row["host"]) for row in rows if row["state"] == "up" and self._is_new(row["updated_at"])}
        yield from {"nova-conductor", "nova-scheduler"} - {binary for binary, _ in up}
        yield from (f"nova-{host}" for host in COMPUTES if ("nova-compute", host) not in up)

    def _cinder(self) -> Iterator[str]:
        rows = self._rows("block-storage", "/os-services", "services")
        up = {row["binary"] for row in rows if row["state"] == "up" and self._is_new(row["updated_at"])}
        yield from {"cinder-scheduler", "cinder-volume"} - up

    def _heat(self) -> Iterator[str]:
        rows = self._rows("orchestration", "/services", "services")
        if not [row for row in rows if row["status"] == "up" and self._is_new(row["updated_at"] or row["created_at"])]:
            yield "heat-engine"

    def _designate(self) -> Iterator[str]:
        rows = self._rows("dns", "/v2/service_statuses", "service_statuses")
        up = {row["service_name"] for row in rows if row["status"] == "UP" and self._is_new(row["heartbeated_at"])}
        yield from (f"designate-{name}" for name in DESIGNATE if name not in up)

    def _silent(self) -> Iterator[str]:
        """Yield nothing: an API that does not answer raises."""
        for service, path in (
            ("network", "/v2.0/networks"),
            ("image", "/v2/images"),
            ("placement", "/resource_providers"),
        ):
            self._session.get(path, endpoint_filter={"service_type": service})
        yield from ()

    def _rows(self, service: str, path: str, key: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._session.get(path, endpoint_filter={"service_type": service}).json()[key]
        return rows

    def _is_new(self, text: str | None) -> bool:
        return text is not None and datetime.fromisoformat(text).replace(tzinfo=UTC) >= self._since
