"""The resources of all users in a real cloud, to find what a test or a whole run left there or deleted."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import openstack
from keystoneauth1.exceptions import EndpointNotFound
from keystoneauth1.session import Session

USERS: Final = ("admin", "demo", "alt", "service")
"""The clouds of clouds.yaml."""
SECONDS: Final = 30.0
"""Time for deletes to finish: Designate and Heat report that they are done before they are."""
NEUTRONS_OWN: Final = "default"
"""A security group that Neutron creates for a project on first use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of resource, and how to list all resources of this kind."""

    name: str
    service: str
    path: str
    key: str
    """The key of the list in the response."""
    each_user: bool = False
    """Whether to list them as each user, because an administrator only sees their own."""
    headers: Mapping[str, str] | None = None
    within: str | None = None
    """The key inside each element that contains the resource, as for key pairs."""

    def rows(self, session: Session) -> list[dict[str, Any]]:
        """Return all resources of this kind. A cloud without the service has none."""
        # Only some catalogs include the version in Keystone's URL.
        where = {"service_type": self.service, **({"version": "3"} if self.service == "identity" else {})}
        try:
            answer = session.get(self.path, endpoint_filter=where, headers=dict(self.headers or {}))
        except EndpointNotFound:
            return []
        rows: list[dict[str, Any]] = answer.json()[self.key]
        return [row[self.within] for row in rows] if self.within else rows


EVERYBODYS: Final = {"X-Auth-All-Projects": "true"}
KINDS: Final[Sequence[Kind]] = (
    Kind(name="instance", service="database", path="/instances", key="instances", each_user=True),
    Kind(name="backup", service="database", path="/backups", key="backups", each_user=True),
    Kind(name="stack", service="orchestration", path="/stacks", key="stacks", each_user=True),
    Kind(name="server", service="compute", path="/servers/detail?all_tenants=1", key="servers"),
    Kind(name="server group", service="compute", path="/os-server-groups?all_projects=1", key="server_groups"),
    Kind(name="key pair", service="compute", path="/os-keypairs", key="keypairs", each_user=True, within="keypair"),
    Kind(name="flavor", service="compute", path="/flavors?is_public=none", key="flavors"),
    Kind(name="volume", service="volumev3", path="/volumes/detail?all_tenants=1", key="volumes"),
    Kind(name="snapshot", service="volumev3", path="/snapshots/detail?all_tenants=1", key="snapshots"),
    Kind(name="volume type", service="volumev3", path="/types?is_public=none", key="volume_types"),
    Kind(name="port", service="network", path="/v2.0/ports", key="ports"),
    Kind(name="floating IP", service="network", path="/v2.0/floatingips", key="floatingips"),
    Kind(name="security group", service="network", path="/v2.0/security-groups", key="security_groups"),
    Kind(name="network", service="network", path="/v2.0/networks", key="networks"),
    Kind(name="router", service="network", path="/v2.0/routers", key="routers"),
    Kind(name="zone", service="dns", path="/v2/zones?limit=1000", key="zones", headers=EVERYBODYS),
    Kind(name="recordset", service="dns", path="/v2/recordsets?limit=1000", key="recordsets", headers=EVERYBODYS),
    Kind(name="image", service="image", path="/v2/images?limit=1000", key="images"),
    Kind(name="project", service="identity", path="/projects", key="projects"),
    Kind(name="user", service="identity", path="/users", key="users"),
    Kind(name="trust", service="identity", path="/OS-TRUST/trusts", key="trusts"),
)


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """One resource, with what identifies it in a report."""

    kind: str
    id: str
    words: str
    made_at: datetime | None

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.words}".rstrip()


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two inventories of a cloud."""

    left: tuple[Thing, ...]
    gone: tuple[Thing, ...]

    def __bool__(self) -> bool:
        return bool(self.left or self.gone)

    def __str__(self) -> str:
        lines = [f"left: {thing}" for thing in self.left] + [f"deleted: {thing}" for thing in self.gone]
        return "\n".join(lines)


class RealCloud:
    """The cloud of OS_CLIENT_CONFIG_FILE, seen by all its users. This includes resources of concurrent tests.

    ``sessions`` are existing sessions of the users, if there are any.
    """

    def __init__(self, sessions: Mapping[str, Session] | None = None) -> None:
        self._sessions = sessions or {user: openstack.connect(cloud=user).session for user in USERS}

    def things(self, kinds: Sequence[Kind] = KINDS) -> frozenset[Thing]:
        """Return all resources."""
        return frozenset(thing for kind in kinds for thing in self._of(kind))

    def since(
        self, before: frozenset[Thing], *, seconds: float = SECONDS, of: Callable[[Thing], bool] = lambda _: True
    ) -> Difference:
        """Return the difference to an earlier inventory, of the resources that ``of`` selects.

        Pending deletes have ``seconds`` to finish.
        """
        deadline = time.monotonic() + seconds
        while difference := self._difference(before, of):
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        return difference

    @contextmanager
    def as_it_was(self, *, seconds: float = SECONDS) -> Iterator[None]:
        """Fail at the end if the inventory has changed. Only for tests that run alone."""
        before = self.things()
        yield
        difference = self.since(before, seconds=seconds)
        assert not difference, f"the cloud has changed:\n{difference}"

    def _difference(self, before: frozenset[Thing], of: Callable[[Thing], bool]) -> Difference:
        known, now = {(each.kind, each.id) for each in before}, self.things()
        there = {(each.kind, each.id) for each in now}
        return Difference(
            tuple(sorted(each for each in now if (each.kind, each.id) not in known and of(each))),
            tuple(sorted(each for each in before if (each.kind, each.id) not in there and of(each))),
        )

    def _of(self, kind: Kind) -> Iterator[Thing]:
        for user in USERS if kind.each_user else USERS[:1]:
            for row in kind.rows(self._sessions[user]):
                if not (kind.name == "security group" and row["name"] == NEUTRONS_OWN):
                    yield _thing(kind.name, row)


def _thing(kind: str, row: dict[str, Any]) -> Thing:
    named = next((str(row[key]) for key in ("name", "stack_name", "floating_ip_address") if row.get(key)), "")
    description = f"({row['description']})" if row.get("description") else ""
    made = next((str(row[key]) for key in ("created_at", "creation_time", "created") if row.get(key)), None)
    return Thing(kind, str(row.get("id") or row["name"]), f"{named} {description}".strip(), made and _moment(made))


def _moment(text: str) -> datetime:
    """Return a service's time. Without a time zone, it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
