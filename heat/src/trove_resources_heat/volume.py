"""``Trove::Cinder::Volume``."""

from typing import Any, ClassVar

from heat.common import exception
from heat.engine import support
from heat.engine.resources.openstack.cinder import volume

from trove_resources_heat import __version__
from trove_resources_heat.never_replaced import NeverReplaced
from trove_resources_heat.validation import without_constraints

MAY_BE_DELETED = ("cinder.snapshot", "cinder.backup", "cinder.volume", "glance.image")
"""Constraints on what a volume is created from, and does not need afterwards."""
STABLE = frozenset({"available", "in-use"})
"""Statuses of a volume that is not being changed."""


class TroveVolume(NeverReplaced, volume.CinderVolume):
    """A volume that grows, and is never replaced, shrunk, or detached to grow.

    As OS::Cinder::Volume, except: a size below the volume's own is rejected, a rollback leaves the volume at its size,
    and the volume's sources may be deleted.
    """

    support_status = support.SupportStatus(version=__version__, message="trove-resources-heat")
    properties_schema: ClassVar[dict[str, Any]] = without_constraints(
        volume.CinderVolume.properties_schema, MAY_BE_DELETED
    )

    _after_failure = False
    """Whether the update is of a FAILED resource, so that the volume's actual size has to be checked."""

    def _needs_update(self, after: Any, before: Any, after_props: Any, *rest: Any, **options: Any) -> bool:
        self._after_failure = self.status == self.FAILED
        if super()._needs_update(after, before, after_props, *rest, **options):
            return True
        # Heat would report COMPLETE for a size that it has stored already, whatever state the failure left behind.
        return self._after_failure and not self._has_size(after_props[self.SIZE])

    def _has_size(self, size: int | None) -> bool:
        current = self._show()
        return current is not None and current.status in STABLE and size in (None, current.size)

    def handle_update(self, json_snippet: Any, tmpl_diff: Any, prop_diff: dict[str, Any]) -> Any:
        """Begin an update. A size that the volume has already needs nothing to be done."""
        if self.BACKUP_ID in prop_diff or self.READ_ONLY in prop_diff:
            # Heat detaches the volume from its server to change these.
            raise exception.NotSupported(feature=f"a change of {self.BACKUP_ID} or {self.READ_ONLY}")
        changes = dict(prop_diff)
        if self._after_failure:
            # Heat has stored the size of the update that failed, so prop_diff does not contain it.
            wanted = json_snippet.properties(self.properties_schema, self.context)[self.SIZE]
            changes.setdefault(self.SIZE, wanted)
        if self.SIZE in changes:
            self._check_size(changes)
        return super().handle_update(json_snippet, tmpl_diff, changes)

    def _show(self) -> Any:
        """Return the volume, or None if Cinder does not answer."""
        try:
            return self.client().volumes.get(self.resource_id)
        except Exception:  # noqa: BLE001 - Heat does not handle an exception from _needs_update
            return None

    def _check_size(self, changes: dict[str, Any]) -> None:
        current, wanted = self.client().volumes.get(self.resource_id), changes[self.SIZE]
        if wanted is None or wanted == current.size:
            if self._after_failure and current.status not in STABLE:
                raise exception.Error(f"the volume is {current.status}; it is left unchanged")
            del changes[self.SIZE]
        elif wanted < current.size and self.stack.action == self.stack.ROLLBACK:
            self._add_event(self.UPDATE, self.IN_PROGRESS, f"the volume stays at {current.size} GB: it cannot shrink")
            del changes[self.SIZE]
        elif wanted < current.size:
            raise exception.NotSupported(feature=f"shrinking a volume from {current.size} GB to {wanted} GB")
        elif current.status not in STABLE:
            raise exception.Error(f"the volume is {current.status}; it must be available or in-use to grow")
        elif current.attachments and not self.client_plugin().is_version_supported(volume.MICROVERSION_EXTEND_INUSE):
            raise exception.NotSupported(feature="extending an in-use volume with this Cinder")
