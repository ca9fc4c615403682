"""Backups: to Swift by the agent, or as a Cinder snapshot for which the agent freezes the file system."""

import hashlib
from typing import Any

import requests
from trove.backup.state import BackupState
from trove.common import cfg, clients, exception

from trove_lab.local.control import USER_AGENT
from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json
from trove_lab.local.guests.guest import Guest

TIMEOUT = 30
"""Timeout in seconds of requests to Swift."""


class Backups(Endpoint):
    """Backups of this guest's database."""

    def create_backup(self, context: Any, backup_info: Json) -> None:
        """Create a backup and report it. A cast."""
        with self._guest.conductor.end_notification(context):
            back_up(self._guest, context, backup_info)

    def pre_create_backup(self, _context: Any, **_information: Any) -> Json:
        """Freeze the file system before a snapshot of its volume."""
        return {}

    def post_create_backup(self, _context: Any, **_information: Any) -> Json:
        """Thaw the file system."""
        return {}


def back_up(guest: Guest, context: Any, backup_info: Json) -> None:
    """Store a backup in Swift with the caller's token, as ``BaseDbApp.create_backup`` does, and report its state.

    Raises TroveError when Swift answers with an error.
    """
    state: Json = {
        "backup_id": backup_info["id"],
        "size": 0.1,
        "state": BackupState.BUILDING,
        "backup_type": "incremental" if backup_info.get("parent") else "full",
    }
    guest.conductor.report_backup(context, state)
    guest.take("backup")
    content = f"simulated backup {backup_info['id']} of instance {guest.instance_id}\n".encode()
    # Before Trove 26 the guest looks up the URL of Swift itself.
    swift_url = backup_info.get("swift_url") or clients.swift_client(context).url
    container = f"{swift_url}/{backup_info.get('swift_container') or cfg.CONF.backup_swift_container}"
    location = f"{container}/{backup_info['id']}.xbstream.gz"
    headers = {"X-Auth-Token": context.auth_token, "User-Agent": USER_AGENT}
    try:
        for url, data in ((container, b""), (location, content)):
            requests.put(url, data=data, headers=headers, timeout=TIMEOUT).raise_for_status()
        state |= {"checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(), "location": location}
        state |= {"success": True, "state": BackupState.COMPLETED}
    except requests.RequestException as error:
        state |= {"success": False, "state": BackupState.FAILED}
        raise exception.TroveError(f"Failed to create backup {backup_info['id']}, error: {error}") from error
    finally:
        guest.conductor.report_backup(context, state)
