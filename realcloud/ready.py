"""Whether every service says of itself that it is up: through its own API, for messages are nowhere to be seen."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from keystoneauth1.session import Session

from realcloud.conf.nova import COMPUTES

DESIGNATE: Final = ("central", "mdns", "producer", "worker")


class Looker:
    """Looks at what services report.

    Of those ``started`` at ``since`` older reports do not count: they are of an earlier start. The others report when
    it is their turn: heat-engine once a minute. ``session`` is an administrator's.
    """

    def __init__(self, session: Session, since: datetime, started: Collection[str]) -> None:
        self._session, self._since, self._started = session, since, started

    def missing(self) -> list[str]:
        """Return the services that are not up. Raises what keystoneauth does when an API cannot tell."""
        return [*self._nova(), *self._cinder(), *self._heat(), *self._designate(), *self._silent()]

    def _nova(self) -> Iterator[str]:
        rows = self._rows("compute", "/os-services", "services")
        names = {("nova-compute", host): f"nova-{host}" for host in COMPUTES}
        yield from self._without_report(
            ("nova-conductor", "nova-scheduler", *names.values()),
            (
                (names.get((row["binary"], row["host"]), row["binary"]), row["updated_at"])
                for row in rows
                if row["state"] == "up"
            ),
        )

    def _cinder(self) -> Iterator[str]:
        rows = self._rows("block-storage", "/os-services", "services")
        up = ((row["binary"], row["updated_at"]) for row in rows if row["state"] == "up")
        yield from self._without_report(("cinder-scheduler", "cinder-volume"), up)

    def _heat(self) -> Iterator[str]:
        rows = self._rows("orchestration", "/services", "services")
        up = (("heat-engine", row["updated_at"] or row["created_at"]) for row in rows if row["status"] == "up")
        yield from self._without_report(("heat-engine",), up)

    def _designate(self) -> Iterator[str]:
        rows = self._rows("dns", "/v2/service_statuses", "service_statuses")
        up = ((f"designate-{row['service_name']}", row["heartbeated_at"]) for row in rows if row["status"] == "UP")
        yield from self._without_report([f"designate-{name}" for name in DESIGNATE], up)

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

    def _without_report(self, names: Collection[str], reports: Iterable[tuple[str, str | None]]) -> Iterator[str]:
        counted = {name for name, at in reports if at is not None and self._counts(name, at)}
        yield from (name for name in names if name not in counted)

    def _counts(self, name: str, at: str) -> bool:
        return name not in self._started or datetime.fromisoformat(at).replace(tzinfo=UTC) >= self._since
