"""Databases, users and the root user."""

import secrets
from typing import Any

from trove_lab.local.guests.database import Page
from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json, not_supported


class Accounts(Endpoint):
    """Databases, users and access rights. Calls that change something and return nothing are casts."""

    def create_database(self, context: Any, databases: list[Json]) -> None:
        """Create databases."""
        with self._guest.conductor.end_notification(context):
            self._guest.database.create_schemas(databases)

    def list_databases(
        self,
        _context: Any,
        limit: int | None = None,
        marker: str | None = None,
        include_marker: bool = False,  # noqa: FBT001, FBT002 - Trove's signature
    ) -> Page:
        """Return a page of databases and the next page's marker."""
        return self._guest.database.list_schemas(limit, marker, include_marker=include_marker)

    def delete_database(self, context: Any, database: Json) -> None:
        """Drop a database."""
        with self._guest.conductor.end_notification(context):
            self._guest.database.delete_schema(database)

    def create_user(self, context: Any, users: list[Json]) -> None:
        """Create users."""
        with self._guest.conductor.end_notification(context):
            self._guest.database.create_users(users)

    def list_users(
        self,
        _context: Any,
        limit: int | None = None,
        marker: str | None = None,
        include_marker: bool = False,  # noqa: FBT001, FBT002 - Trove's signature
    ) -> Page:
        """Return a page of users and the next page's marker."""
        return self._guest.database.list_users(limit, marker, include_marker=include_marker)

    def delete_user(self, context: Any, user: Json) -> None:
        """Drop a user."""
        with self._guest.conductor.end_notification(context):
            self._guest.database.delete_user(user)

    def get_user(self, _context: Any, username: str, hostname: str | None) -> Json | None:
        """Return a user, or None."""
        return self._guest.database.find_user(username, hostname)

    def update_attributes(self, context: Any, username: str, hostname: str | None, user_attrs: Json) -> None:
        """Change name, host or password of a user."""
        with self._guest.conductor.end_notification(context):
            self._guest.database.change_user(username, hostname, user_attrs)

    def change_passwords(self, context: Any, users: list[Json]) -> None:
        """Change passwords: each user has ``name``, ``host`` and ``password``."""
        with self._guest.conductor.end_notification(context):
            for user in users:
                self._guest.database.change_user(user["name"], user["host"], {"password": user["password"]})

    def grant_access(self, _context: Any, username: str, hostname: str | None, databases: list[str]) -> None:
        """Grant a user access to databases."""
        self._guest.database.grant(username, hostname, databases)

    def revoke_access(self, _context: Any, username: str, hostname: str | None, database: str) -> None:
        """Revoke a user's access to a database."""
        self._guest.database.revoke(username, hostname, database)

    def list_access(self, _context: Any, username: str, hostname: str | None) -> list[Json]:
        """Return the databases that a user has access to."""
        return self._guest.database.granted(username, hostname)

    def enable_root(self, _context: Any) -> Json:
        """Enable the root user with a new password."""
        return self._enable_root(secrets.token_hex(18))

    def enable_root_with_password(self, _context: Any, root_password: str | None = None) -> Json:
        """Enable the root user with this password, or a new one."""
        return self._enable_root(root_password or secrets.token_hex(18))

    def disable_root(self, _context: Any) -> None:
        """Disable the root user."""
        self._guest.database.root_enabled, self._guest.database.root_password = False, None

    def is_root_enabled(self, _context: Any) -> bool:
        """Return whether the root user is enabled."""
        return self._guest.database.root_enabled

    def get_root_password(self, _context: Any) -> None:
        """Raise DatastoreOperationNotSupported, as the agents of MySQL and PostgreSQL do."""
        not_supported("get_root_password")

    def _enable_root(self, password: str) -> Json:
        database = self._guest.database
        database.root_enabled, database.root_password = True, password
        return {"_name": "root", "_host": "%", "_password": password, "_databases": [], "_is_root": True}
