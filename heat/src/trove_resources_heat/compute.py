"""What the plug-in asks of Nova about one server, with heat's client of it."""

import logging
from dataclasses import dataclass
from typing import Any

from heat.common import exception
from keystoneauth1 import exceptions as keystone
from novaclient import exceptions as nova

LOG = logging.getLogger(__name__)

FLAVOR_ID = "2.46"
"""The last microversion in which a server shows its flavor's id: a name can be another flavor's by now."""
VERIFY_RESIZE = "VERIFY_RESIZE"
RUNNING = frozenset({"ACTIVE", "SHUTOFF"})
"""Statuses of a server that nobody is changing. What was off when it was moved is off afterwards."""
_UNCLEAR = 500
_TOO_MANY = (413, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """A server, as Nova shows it to its owner."""

    status: str
    task_state: str | None
    flavor_id: str
    host_id: str
    """Tells hosts apart without naming them: names are for administrators."""
    image_id: str | None
    """None when it boots from a volume."""
    fault: str | None

    @property
    def at_rest(self) -> bool:
        """Say whether Nova is doing nothing with it."""
        return self.task_state is None and self.status != "BUILD"


class Compute:
    """Nova, for one server. What Nova refuses is raised as novaclient's ClientException."""

    def __init__(self, plugin: Any, server_id: str) -> None:
        self._plugin, self.server_id = plugin, server_id

    def show(self) -> ServerState | None:
        """Return the server, or None when Nova cannot say now. Raises heat's EntityNotFound when it is gone."""
        try:
            shown = self._client(FLAVOR_ID).servers.get(self.server_id)
        except nova.NotFound as error:
            raise exception.EntityNotFound(entity="Server", name=self.server_id) from error
        except (nova.ClientException, keystone.ClientException) as error:
            if not is_unclear(error):
                raise
            LOG.warning("Nova does not show the server %s: %s", self.server_id, error)
            return None
        fault = getattr(shown, "fault", None) or {}
        return ServerState(
            # Some clouds write more behind the status.
            status=shown.status.split("(")[0],
            task_state=getattr(shown, "OS-EXT-STS:task_state", None),
            flavor_id=str(shown.flavor.get("id")),
            host_id=shown.hostId,
            image_id=shown.image["id"] if shown.image else None,
            fault=fault.get("message"),
        )

    def has_flavor(self, server: ServerState, flavor: str) -> bool:
        """Say whether it has a flavor: by its id, or by its name when there is no flavor of this name any more."""
        if server.flavor_id == flavor:
            return True
        return bool(self._client().servers.get(self.server_id).flavor.get("original_name") == flavor)

    def resize(self, flavor: str) -> None:
        """Ask for another flavor."""
        self._client().servers.resize(self.server_id, flavor)

    def confirm(self) -> None:
        """Have the server stay where it is now."""
        self._client().servers.confirm_resize(self.server_id)

    def revert(self) -> None:
        """Have the server back where it was."""
        self._client().servers.revert_resize(self.server_id)

    def reboot(self, *, hard: bool) -> None:
        """Ask for a reboot."""
        self._client().servers.reboot(self.server_id, reboot_type="HARD" if hard else "SOFT")

    def migrate(self, host: str | None) -> None:
        """Ask for another host: this one, or any."""
        self._client().servers.migrate(self.server_id, **({"host": host} if host else {}))

    def rebuild(self, image_id: str, **changes: Any) -> None:
        """Ask for the server on an image."""
        self._client().servers.rebuild(self.server_id, image_id, **changes)

    def why(self) -> str:
        """Return why the latest action on the server failed, as far as Nova tells: details are for administrators."""
        client = self._client().instance_action
        try:
            latest = client.list(self.server_id)[0]
            events = client.get(self.server_id, latest.request_id).events
        except (nova.ClientException, keystone.ClientException, IndexError, AttributeError) as error:
            return f"Nova does not say why ({error})"
        failed = [event for event in events if event.get("result") == "Error"]
        details = next((event["details"] for event in failed if event.get("details")), None)
        where = ", ".join(event["event"] for event in failed) or latest.action
        return f"{details or f'Nova says that {where} failed'} ({latest.request_id})"

    def _client(self, version: str | None = None) -> Any:
        """Return novaclient of a microversion, or of the newest; also where an operator allows only older ones."""
        if version is None or not self._plugin.is_version_supported(version):
            return self._plugin.client()
        return self._plugin.client(version)


def is_unclear(error: Exception) -> bool:
    """Say whether an error leaves open what Nova does, or will say when asked again."""
    status = getattr(error, "code", None) or getattr(error, "http_status", None)
    return not status or status >= _UNCLEAR or status in _TOO_MANY
