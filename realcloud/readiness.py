"""Whether all services report that they are up, according to their own APIs."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from keystoneauth1.session import Session

from realcloud.conf.nova import COMPUTES

DESIGNATE: Final = ("central", "mdns", "producer", "worker")


class Readiness:
    """The status reports of services.

    For services ``started`` at ``since``, older reports do not count: they are from an earlier start. Services that ran
    before that need not report again, because heat-engine reports only once a minute. ``session`` is an
    administrator's.
    """

    def __init__(self, session: Session, since: datetime, started: Collection[str]) -> None:
        self._session, self._since, self._started = session, since, started

    def missing(self) -> list[str]:
        """Return the services that are not up. Raises keystoneauth's ClientException if an API fails."""
        return [*self._nova(), *self._cinder(), *self._heat(), *self._designate(), *self._apis()]

    def _nova(self) -> Iterator[str]:
        rows = self._rows("compute", "/os-services", "services")
        names = {("nova-compute", host): f"nova-{host}" for host in COMPUTES}
        yield from self._unreported(
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
        yield from self._unreported(("cinder-scheduler", "cinder-volume"), up)

    def _heat(self) -> Iterator[str]:
        rows = self._rows("orchestration", "/services", "services")
        up = (("heat-engine", row["updated_at"] or row["created_at"]) for row in rows if row["status"] == "up")
        yield from self._unreported(("heat-engine",), up)

    def _designate(self) -> Iterator[str]:
        rows = self._rows("dns", "/v2/service_statuses", "service_statuses")
        up = ((f"designate-{row['service_name']}", row["heartbeated_at"]) for row in rows if row["status"] == "UP")
        yield from self._unreported([f"designate-{name}" for name in DESIGNATE], up)

    def _apis(self) -> Iterator[str]:
        """Yield nothing. An API that does not respond raises an error."""
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

    def _unreported(self, names: Collection[str], reports: Iterable[tuple[str, str | None]]) -> Iterator[str]:
        counted = {name for name, at in reports if at is not None and self._counts(name, at)}
        yield from (name for name in names if name not in counted)

    def _counts(self, name: str, at: str) -> bool:
        return name not in self._started or datetime.fromisoformat(at).replace(tzinfo=UTC) >= self._since
