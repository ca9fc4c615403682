"""A simulated database server, which keeps its contents in memory.

It uses the dictionaries of Trove's own models (``trove/common/db``): a schema has ``_name``, a user ``_name``,
``_host``, ``_password`` and ``_databases``.
"""

from dataclasses import dataclass, field
from typing import Any

Model = dict[str, Any]
Page = tuple[list[Model], str | None]


class NoSuchUserError(LookupError):
    """The user of a call does not exist."""

    def __init__(self, name: str, host: str | None) -> None:
        super().__init__(f"user {name}@{host} does not exist")


@dataclass(slots=True, kw_only=True)
class ClusterMember:
    """What the database knows of the Galera cluster that it is a member of."""

    name: str
    members: list[str]
    """Addresses of all members."""
    replication_user: Model


@dataclass(slots=True, kw_only=True)
class Database:
    """The contents of the data volume, which survive a reboot and a rebuild of the server."""

    root_enabled: bool = False
    root_password: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    read_only: bool = False
    is_source: bool = False
    """Whether it is configured as a source of replicas."""
    replicates_from: str | None = None
    """The address of the source it replicates from."""
    admin_password: str | None = None
    """The password of the agent's own user, once a cluster strategy has set it."""
    cluster: ClusterMember | None = None
    transactions: int = 0
    size: int = 0
    """The size of its file system in GB."""
    _schemas: dict[str, Model] = field(default_factory=dict)
    _users: dict[tuple[str, str | None], Model] = field(default_factory=dict)

    def create_schemas(self, schemas: list[Model]) -> None:
        """Create databases."""
        self._schemas.update({schema["_name"]: dict(schema) for schema in schemas})
        self.transactions += 1

    def delete_schema(self, schema: Model) -> None:
        """Drop a database."""
        del self._schemas[schema["_name"]]
        self.transactions += 1

    def list_schemas(self, limit: int | None, marker: str | None, *, include_marker: bool) -> Page:
        """Return a page of the databases by name, and the marker of the next page."""
        return _page(self._schemas, limit, marker, include_marker=include_marker)

    def create_users(self, users: list[Model]) -> None:
        """Create users with access to their databases."""
        self._users.update({(user["_name"], user.get("_host")): dict(user) for user in users})
        self.transactions += 1

    def delete_user(self, user: Model) -> None:
        """Drop a user. Raises NoSuchUserError."""
        self._existing(user["_name"], user.get("_host"))
        del self._users[user["_name"], user.get("_host")]
        self.transactions += 1

    def find_user(self, name: str, host: str | None) -> Model | None:
        """Return a user, or None."""
        return self._users.get((name, host))

    def list_users(self, limit: int | None, marker: str | None, *, include_marker: bool) -> Page:
        """Return a page of the users by name@host, and the marker of the next page."""
        named = {f"{name}@{host}": user for (name, host), user in self._users.items()}
        return _page(named, limit, marker, include_marker=include_marker)

    def change_user(self, name: str, host: str | None, changed: Model) -> None:
        """Change the name, host or password of a user. None keeps a value. Raises NoSuchUserError."""
        user = self._existing(name, host)
        del self._users[name, host]
        user.update({f"_{key}": value for key, value in changed.items() if value is not None})
        self._users[user["_name"], user.get("_host")] = user
        self.transactions += 1

    def grant(self, name: str, host: str | None, schemas: list[str]) -> None:
        """Grant a user access to databases. Raises NoSuchUserError."""
        user = self._existing(name, host)
        known = {schema["_name"] for schema in user["_databases"]}
        user["_databases"] += [self._as_granted(schema) for schema in schemas if schema not in known]
        self.transactions += 1

    def revoke(self, name: str, host: str | None, schema: str) -> None:
        """Revoke a user's access to a database. Raises NoSuchUserError."""
        user = self._existing(name, host)
        user["_databases"] = [each for each in user["_databases"] if each["_name"] != schema]
        self.transactions += 1

    def granted(self, name: str, host: str | None) -> list[Model]:
        """Return the databases that a user has access to. Raises NoSuchUserError."""
        return [self._as_granted(schema["_name"]) for schema in self._existing(name, host)["_databases"]]

    def _existing(self, name: str, host: str | None) -> Model:
        user = self.find_user(name, host)
        if user is None:
            raise NoSuchUserError(name, host)
        return user

    def _as_granted(self, schema: str) -> Model:
        return self._schemas.get(schema, {"_name": schema, "_character_set": None, "_collate": None})


def _page(named: dict[str, Model], limit: int | None, marker: str | None, *, include_marker: bool) -> Page:
    names = sorted(named)
    if marker is not None:
        names = [name for name in names if name > marker or (include_marker and name == marker)]
    page = names if limit is None else names[:limit]
    return [dict(named[name]) for name in page], page[-1] if len(page) < len(names) else None
