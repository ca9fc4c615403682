"""The plug-in's calls to Nova about one server, made with Heat's Nova client."""

import logging
from dataclasses import dataclass
from typing import Any

from heat.common import exception
from keystoneauth1 import exceptions as keystone
from novaclient import exceptions as nova

LOG = logging.getLogger(__name__)

FLAVOR_ID_VERSION = "2.46"
"""The last microversion in which a server shows its flavor's id. Later ones show a name, which may be reused."""
VERIFY_RESIZE = "VERIFY_RESIZE"
STABLE = frozenset({"ACTIVE", "SHUTOFF"})
"""Statuses of a server that is not being changed. A server that was off before a move is off after it."""
_SERVER_ERROR = 500
_OVER_LIMIT = (413, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """A server, as Nova shows it to its owner."""

    status: str
    task_state: str | None
    flavor_id: str
    host_id: str
    """Identifies the host without naming it: only administrators see host names."""
    image_id: str | None
    """None if the server boots from a volume."""
    fault: str | None

    @property
    def idle(self) -> bool:
        """Return whether Nova has no task under way on the server."""
        return self.task_state is None and self.status != "BUILD"


class Compute:
    """Nova, for one server. When Nova rejects a request, novaclient's ClientException is raised."""

    def __init__(self, plugin: Any, server_id: str) -> None:
        self._plugin, self.server_id = plugin, server_id

    def show(self) -> ServerState | None:
        """Return the server, or None if Nova does not answer now. Raises Heat's EntityNotFound."""
        try:
            shown = self._client(FLAVOR_ID_VERSION).servers.get(self.server_id)
        except nova.NotFound as error:
            raise exception.EntityNotFound(entity="Server", name=self.server_id) from error
        except (nova.ClientException, keystone.ClientException) as error:
            if not outcome_unknown(error):
                raise
            LOG.warning("Could not get the server %s from Nova: %s", self.server_id, error)
            return None
        fault = getattr(shown, "fault", None) or {}
        return ServerState(
            # Some clouds append details in parentheses to the status.
            status=shown.status.split("(")[0],
            task_state=getattr(shown, "OS-EXT-STS:task_state", None),
            flavor_id=str(shown.flavor.get("id")),
            host_id=shown.hostId,
            image_id=shown.image["id"] if shown.image else None,
            fault=fault.get("message"),
        )

    def has_flavor(self, server: ServerState, flavor: str) -> bool:
        """Return whether the server has a flavor: by its id, or by its name if that flavor was deleted."""
        if server.flavor_id == flavor:
            return True
        return bool(self._client().servers.get(self.server_id).flavor.get("original_name") == flavor)

    def resize(self, flavor: str) -> None:
        """Request a resize to a flavor."""
        self._client().servers.resize(self.server_id, flavor)

    def confirm(self) -> None:
        """Confirm a resize or migration: the server stays where it is now."""
        self._client().servers.confirm_resize(self.server_id)

    def revert(self) -> None:
        """Revert a resize or migration: the server goes back to where it was."""
        self._client().servers.revert_resize(self.server_id)

    def reboot(self, *, hard: bool) -> None:
        """Request a reboot."""
        self._client().servers.reboot(self.server_id, reboot_type="HARD" if hard else "SOFT")

    def migrate(self, host: str | None) -> None:
        """Request a cold migration to a host, or to any host if None."""
        self._client().servers.migrate(self.server_id, **({"host": host} if host else {}))

    def rebuild(self, image_id: str, **changes: Any) -> None:
        """Request a rebuild from an image."""
        self._client().servers.rebuild(self.server_id, image_id, **changes)

    def failure_reason(self) -> str:
        """Return why the latest action on the server failed. Nova shows the details to administrators only."""
        client = self._client().instance_action
        try:
            latest = client.list(self.server_id)[0]
            events = client.get(self.server_id, latest.request_id).events
        except (nova.ClientException, keystone.ClientException, IndexError, AttributeError) as error:
            return f"Nova does not report why ({error})"
        failed = [event for event in events if event.get("result") == "Error"]
        details = next((event["details"] for event in failed if event.get("details")), None)
        where = ", ".join(event["event"] for event in failed) or latest.action
        return f"{details or f'Nova reports that {where} failed'} ({latest.request_id})"

    def _client(self, version: str | None = None) -> Any:
        """Return novaclient at a microversion, or at the newest one if None or if an operator capped it lower."""
        if version is None or not self._plugin.is_version_supported(version):
            return self._plugin.client()
        return self._plugin.client(version)


def outcome_unknown(error: Exception) -> bool:
    """Return whether an error leaves open what Nova did, or what it would answer if asked again."""
    status = getattr(error, "code", None) or getattr(error, "http_status", None)
    return not status or status >= _SERVER_ERROR or status in _OVER_LIMIT
