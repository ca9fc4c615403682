"""``Trove::Cinder::Volume``."""

from typing import Any, ClassVar

from heat.common import exception
from heat.engine import support
from heat.engine.resources.openstack.cinder import volume

from trove_resources_heat import __version__
from trove_resources_heat.kept import Kept
from trove_resources_heat.relaxed import without

GONE_BY_NOW = ("cinder.snapshot", "cinder.backup", "cinder.volume", "glance.image")
"""What a volume was made from, and does without."""
RESTING = frozenset({"available", "in-use"})


class TroveVolume(Kept, volume.CinderVolume):
    """A volume that grows, and is never replaced, shrunk or detached to grow.

    As OS::Cinder::Volume, but: a size below that of the volume is refused, and a rollback leaves the volume as large as
    it is; and what it was made from need not exist any more.
    """

    support_status = support.SupportStatus(version=__version__, message="trove-resources-heat")
    properties_schema: ClassVar[dict[str, Any]] = without(volume.CinderVolume.properties_schema, GONE_BY_NOW)

    _settle = False
    """The update is of a volume that failed: its size has to be looked at."""

    def _needs_update(self, after: Any, before: Any, after_props: Any, *rest: Any, **options: Any) -> bool:
        self._settle = self.status == self.FAILED
        if super()._needs_update(after, before, after_props, *rest, **options):
            return True
        # Heat would say COMPLETE to a size it knows already, whatever the failure has left.
        return self._settle and not self._is_settled(after_props[self.SIZE])

    def _is_settled(self, size: int | None) -> bool:
        seen = self._seen()
        return seen is not None and seen.status in RESTING and size in (None, seen.size)

    def handle_update(self, json_snippet: Any, tmpl_diff: Any, prop_diff: dict[str, Any]) -> Any:
        """Begin an update; a size the volume has already is nothing to do."""
        if self.BACKUP_ID in prop_diff or self.READ_ONLY in prop_diff:
            # Heat takes the volume from its server for these.
            raise exception.NotSupported(feature=f"a change of {self.BACKUP_ID} or {self.READ_ONLY}")
        changes = dict(prop_diff)
        if self._settle:
            # The size of the template that failed is no difference to Heat.
            wanted = json_snippet.properties(self.properties_schema, self.context)[self.SIZE]
            changes.setdefault(self.SIZE, wanted)
        if self.SIZE in changes:
            self._check_size(changes)
        return super().handle_update(json_snippet, tmpl_diff, changes)

    def _seen(self) -> Any:
        """Return the volume, or None when Cinder does not tell."""
        try:
            return self.client().volumes.get(self.resource_id)
        except Exception:  # noqa: BLE001 - Heat records no exception where it is asked for
            return None

    def _check_size(self, changes: dict[str, Any]) -> None:
        seen, wanted = self.client().volumes.get(self.resource_id), changes[self.SIZE]
        if wanted is None or wanted == seen.size:
            if self._settle and seen.status not in RESTING:
                raise exception.Error(f"the volume is {seen.status}; it is left as it is")
            del changes[self.SIZE]
        elif wanted < seen.size and self.stack.action == self.stack.ROLLBACK:
            self._add_event(self.UPDATE, self.IN_PROGRESS, f"the volume stays at {seen.size} GB: it cannot shrink")
            del changes[self.SIZE]
        elif wanted < seen.size:
            raise exception.NotSupported(feature=f"a volume of {seen.size} GB that shrinks to {wanted} GB")
        elif seen.status not in RESTING:
            raise exception.Error(f"the volume is {seen.status}; it has to be available or in-use to grow")
        elif seen.attachments and not self.client_plugin().is_version_supported(volume.MICROVERSION_EXTEND_INUSE):
            raise exception.NotSupported(feature="growing a volume in use, with this Cinder,")
