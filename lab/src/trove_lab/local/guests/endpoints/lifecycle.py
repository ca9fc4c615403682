"""Preparing, starting, stopping, configuring and upgrading the database."""

from typing import Any

from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json


class Lifecycle(Endpoint):
    """The life of the database on its server."""

    def rpc_ping(self, _context: Any) -> bool:
        """Return True: the agent is alive."""
        return True

    def prepare(  # noqa: PLR0917 - Trove's signature
        self,
        context: Any,
        packages: list[str] | None,
        databases: list[Json] | None,
        memory_mb: int,
        users: list[Json] | None,
        device_path: str | None = None,
        mount_point: str | None = None,
        backup_info: Json | None = None,
        config_contents: str | None = None,
        root_password: str | None = None,
        overrides: Json | None = None,
        cluster_config: Json | None = None,
        snapshot: Json | None = None,
        modules: list[Json] | None = None,
        ds_version: str | None = None,
    ) -> None:
        """Set up the database of a new instance. A cast."""
        del packages, memory_mb, device_path, mount_point, config_contents, modules, ds_version
        guest, database = self._guest, self._guest.database

        def work() -> None:
            database.overrides = dict(overrides or {})
            if snapshot:
                database.replicates_from = snapshot["master"]["host"]
                database.read_only = True
            database.create_schemas(databases or [])
            database.create_users(users or [])
            if root_password and not backup_info:
                database.root_enabled, database.root_password = True, root_password

        with guest.conductor.end_notification(context):
            guest.install(work, waits_for_cluster=bool(cluster_config))

    def cluster_complete(self, _context: Any) -> None:
        """Start to report: the cluster is complete."""
        self._guest.end_install()

    def rebuild(
        self,
        _context: Any,
        ds_version: str,
        config_contents: str | None = None,
        config_overrides: Json | None = None,
    ) -> None:
        """Set up the database again on a rebuilt server, from its data volume. A cast."""
        del ds_version, config_contents
        database = self._guest.database

        def work() -> None:
            database.overrides = dict(config_overrides or {})

        self._guest.install(work)

    def stop_db(self, _context: Any) -> None:
        """Stop the database."""
        self._guest.stop_database()

    def restart(self, _context: Any) -> None:
        """Restart the database, or start it if it is stopped."""
        self._guest.restart_database()

    def start_db_with_conf_changes(self, _context: Any, config_contents: str, ds_version: str) -> None:
        """Start the database with the configuration of another flavor."""
        del config_contents, ds_version
        self._guest.restart_database()

    def reset_configuration(self, _context: Any, configuration: Json) -> None:
        """Replace the configuration, whether the database is running or not."""
        del configuration

    def update_overrides(self, _context: Any, overrides: Json, remove: bool = False) -> None:  # noqa: FBT001, FBT002 - Trove's signature
        """Write a configuration group to the disk, or remove it."""
        if remove:
            self._guest.database.overrides.clear()
        self._guest.database.overrides.update(overrides)

    def apply_overrides(self, _context: Any, overrides: Json) -> None:
        """Apply a configuration group to the running database."""
        self._guest.database.overrides.update(overrides)

    def pre_upgrade(self, _context: Any) -> Json:
        """Return what ``post_upgrade`` needs, which is nothing."""
        return {}

    def upgrade(self, _context: Any, upgrade_info: Json) -> None:
        """Run another version of the database. A cast."""
        del upgrade_info
        self._guest.restart_database()

    def post_upgrade(self, _context: Any, upgrade_info: Json) -> None:
        """Recover after the image was upgraded."""
        del upgrade_info

    def update_guest(self, _context: Any) -> None:
        """Update the agent itself."""

    def get_hwinfo(self, _context: Any) -> Json:
        """Describe the machine."""
        return {"mem_total": 0, "num_cpus": 1}

    def get_diagnostics(self, _context: Any) -> Json:
        """Describe the agent's process."""
        names = ("fd_size", "vm_size", "vm_peak", "vm_rss", "vm_hwm", "threads")
        return {"version": "simulated", **dict.fromkeys(names, 0)}
