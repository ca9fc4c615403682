"""Clusters of MariaDB, which replicate with Galera.

Names and parameters are those of ``GaleraCommonGuestAgentAPI``
(``trove/common/strategies/cluster/experimental/galera_common/guestagent.py``), by which Trove's cluster strategy calls
the members. The strategy also calls ``cluster_complete``, which every agent answers. Trove 26.0.0 has the strategy, but
no agent that answers the other calls.
"""

import re
from typing import Any

from trove_lab.local.guests.database import ClusterMember
from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json

_NAME = re.compile(r"^wsrep_cluster_name=(.+)$", re.MULTILINE)
_MEMBERS = re.compile(r'^wsrep_cluster_address="gcomm://(.+)"$', re.MULTILINE)


class Galera(Endpoint):
    """The calls to a member of a cluster. Simulated members replicate in name only."""

    def reset_admin_password(self, _context: Any, admin_password: str) -> None:
        """Set the password of the agent's own database user: it is the same on all members."""
        self._guest.database.admin_password = admin_password

    def install_cluster(
        self,
        _context: Any,
        replication_user: Json,
        cluster_configuration: str,
        bootstrap: bool,  # noqa: FBT001 - Trove's signature
    ) -> None:
        """Join the members that the configuration names; the first member bootstraps the cluster."""
        del bootstrap
        self._guest.database.cluster = ClusterMember(
            name=_only(_NAME, cluster_configuration),
            members=_only(_MEMBERS, cluster_configuration).split(","),
            replication_user=replication_user,
        )

    def get_cluster_context(self, _context: Any) -> Json:
        """Return what a new member needs to join. Raises LookupError when this is not a member."""
        member = self._member()
        return {
            "cluster_name": member.name,
            "replication_user": member.replication_user,
            "admin_password": self._guest.database.admin_password,
        }

    def write_cluster_configuration_overrides(self, _context: Any, cluster_configuration: str) -> None:
        """Take the new list of members. Raises LookupError when this is not a member."""
        self._member().members = _only(_MEMBERS, cluster_configuration).split(",")

    def _member(self) -> ClusterMember:
        member = self._guest.database.cluster
        if member is None:
            raise LookupError(f"instance {self._guest.instance_id} is not a member of a cluster")
        return member


def _only(pattern: re.Pattern[str], configuration: str) -> str:
    """Return the value that a cluster configuration gives. Raises ValueError when it has none."""
    match = pattern.search(configuration)
    if match is None:
        raise ValueError(f"the cluster configuration has no line {pattern.pattern}")
    return match[1]
