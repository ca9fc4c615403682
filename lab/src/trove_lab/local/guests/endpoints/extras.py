"""Logs, modules and TLS."""

from typing import Any

from trove.common import exception

from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json


class Extras(Endpoint):
    """Logs, modules and TLS. A simulated guest has no logs to publish and no modules to load."""

    def guest_log_list(self, _context: Any) -> list[Json]:
        """Return the logs."""
        return [self._log()]

    def guest_log_action(self, _context: Any, log_name: str, **change: bool | None) -> Json:
        """Enable, disable, publish or discard a log. The only one is an empty system log."""
        if change["enable"] and change["disable"]:
            raise exception.BadRequest(f"Cannot enable and disable log '{log_name}'.")
        if log_name != "guest":
            raise exception.NotFound(f"Log '{log_name}' is not defined.")
        if change["enable"] or change["disable"]:
            raise exception.BadRequest(f"Cannot change a SYSTEM log ('{log_name}').")
        return self._log()

    def ssl_show(self, _context: Any) -> Json:
        """Describe TLS: off."""
        return {"status": "off"}

    def ssl_action(self, _context: Any, mode: str, container: Json, **change: bool | None) -> Json:
        """Turn TLS on or off."""
        del mode, container
        return {"status": "on" if change["enable"] else "off"}

    def ssl_rollback(self, _context: Any) -> Json:
        """Revert the last change of TLS."""
        return {"status": "off"}

    def module_list(self, _context: Any, include_contents: bool = False) -> list[Json]:  # noqa: FBT001, FBT002 - Trove's signature
        """Return the modules, of which there are none."""
        del include_contents
        return []

    def module_apply(self, _context: Any, modules: list[Json] | None = None) -> list[Json]:
        """Accept modules without loading them."""
        del modules
        return []

    def module_remove(self, _context: Any, module: Json | None = None) -> None:
        """Unload a module."""

    def _log(self) -> Json:
        return {
            "name": "guest",
            "type": "SYS",
            "status": "Ready",
            "published": 0,
            "pending": 0,
            "container": "None",
            "prefix": "None",
            "metafile": "None",
        }
