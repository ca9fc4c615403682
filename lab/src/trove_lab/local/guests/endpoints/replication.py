"""Replication: sources, replicas, promotion."""

import secrets
from typing import Any

from trove_lab.local.guests.endpoints.backups import back_up
from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json, not_supported


class Replication(Endpoint):
    """Replication between guests. Instead of an address, a source gives its replicas the id of its instance."""

    def backup_required_for_replication(self, _context: Any) -> bool:
        """Return True: replicas start from a backup, as for MySQL and PostgreSQL."""
        return True

    def get_replication_snapshot(
        self, context: Any, snapshot_info: Json, replica_source_config: str | None = None
    ) -> Json:
        """Become a source of replicas, and create the backup that a replica starts from."""
        self.enable_as_master(context, replica_source_config)
        if snapshot_info.get("storage_driver") != "cinder":
            back_up(self._guest, context, snapshot_info)
        return {
            "dataset": {
                "datastore_manager": snapshot_info["datastore"],
                "dataset_size": 0.1,
                "volume_size": float(self._guest.database.size),
                "snapshot_id": snapshot_info["id"],
            },
            "replication_strategy": "simulated",
            **self.get_replica_context(context),
        }

    def get_replica_context(self, _context: Any) -> Json:
        """Return what a replica needs to connect to this source."""
        user = {"name": f"slave_{secrets.token_hex(4)}", "password": secrets.token_hex(8)}
        return {
            "master": {"host": self._guest.instance_id, "port": 3306},
            "replica_conf": {"log_position": {}, "replication_user": user},
        }

    def enable_as_master(self, _context: Any, replica_source_config: str | None) -> None:
        """Become a source of replicas. The first time requires a restart."""
        del replica_source_config
        database = self._guest.database
        database.replicates_from = None
        if not database.is_source:
            database.is_source = True
            self._guest.restart_database()

    def attach_replica(
        self,
        _context: Any,
        replica_info: Json,
        slave_config: str,
        restart: bool = False,  # noqa: FBT001, FBT002 - Trove's signature
    ) -> None:
        """Replicate from a source."""
        del slave_config, restart
        self._guest.database.replicates_from = replica_info["master"]["host"]
        self._guest.restart_database()

    def attach_replication_slave(self, context: Any, snapshot: Json, slave_config: str) -> None:
        """Replicate from a source. An older cast of Trove."""
        self.attach_replica(context, snapshot, slave_config)

    def detach_replica(self, _context: Any, for_failover: bool = False) -> Json:  # noqa: FBT001, FBT002 - Trove's signature
        """Stop replicating."""
        del for_failover
        self._guest.database.replicates_from = None
        self._guest.database.read_only = False
        self._guest.restart_database()
        return {}

    def demote_replication_master(self, _context: Any) -> None:
        """Stop being a source."""
        self._guest.database.is_source = False
        self._guest.restart_database()

    def cleanup_source_on_replica_detach(self, _context: Any, replica_info: Json) -> None:
        """Forget a replica."""

    def make_read_only(self, _context: Any, read_only: bool) -> None:  # noqa: FBT001 - Trove's signature
        """Reject writes, or accept them again."""
        self._guest.database.read_only = read_only

    def get_latest_txn_id(self, _context: Any) -> str:
        """Return the id of the last transaction."""
        return str(self._guest.database.transactions)

    def get_last_txn(self, _context: Any) -> tuple[str | None, int]:
        """Return the source of a replica and the id of its last transaction."""
        return self._guest.database.replicates_from, self._guest.database.transactions

    def wait_for_txn(self, _context: Any, txn: str) -> None:
        """Wait until the replica has a transaction. Simulated replicas never lag."""
        self._guest.database.transactions = max(self._guest.database.transactions, int(txn))

    def get_txn_count(self, _context: Any) -> None:
        """Raise DatastoreOperationNotSupported, as the agents of MySQL and PostgreSQL do."""
        not_supported("get_txn_count")
