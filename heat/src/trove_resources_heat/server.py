"""``Trove::Nova::Server``."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from heat.common import exception
from heat.engine import resource, support
from heat.engine.resources.openstack.nova import server

from trove_resources_heat import __version__, schema
from trove_resources_heat.compute import STABLE, Compute
from trove_resources_heat.never_replaced import NeverReplaced
from trove_resources_heat.operations.base import Target
from trove_resources_heat.progress import MovePlan, MoveProgress
from trove_resources_heat.resource_data import IN_PROGRESS, RESIZE, ResourceData
from trove_resources_heat.signals import SIGNAL, Signal
from trove_resources_heat.validation import tolerate_missing


@dataclass(kw_only=True)
class UpdateProgress:
    """An update under way: first the part that Heat's own class handles, then the resize."""

    stock: Any
    resize: MoveProgress | None
    stock_done: bool = False


class TroveServer(NeverReplaced, server.Server):
    """A server whose resizes wait for a decision, and that is never replaced.

    As OS::Nova::Server, except: a flavor change waits at VERIFY_RESIZE for a confirm or revert signal, and is reverted
    if neither arrives in time. No failure leads to a replacement. A change of image or user_data is recorded but not
    applied; the rebuild signal applies it. Signals: reboot, confirm, revert, migrate, rebuild, recover.
    """

    support_status = support.SupportStatus(version=__version__, message="trove-resources-heat")
    properties_schema: ClassVar[dict[str, Any]] = schema.PROPERTIES
    attributes_schema: ClassVar[dict[str, Any]] = schema.ATTRIBUTES
    signal_needs_metadata_updates = False

    _after_failure = False
    """Whether the update is of a FAILED resource, so that the server's actual state has to be checked."""
    _signal: Signal | None = None

    def translation_rules(self, props: Any) -> list[Any]:
        """Return Heat's rules, which here do not fail if the image or flavor was deleted."""
        return tolerate_missing(super().translation_rules(props))

    def _validate_image_flavor(self, image: Any, flavor: Any) -> None:
        """Skip Heat's check whether an image fits a flavor and may be used: Nova checks that when it matters."""

    def _needs_update(self, after: Any, before: Any, after_props: Any, *rest: Any, **options: Any) -> bool:
        self._after_failure = self.status == self.FAILED
        if super()._needs_update(after, before, after_props, *rest, **options):
            return True
        # Heat would report COMPLETE for a template that it has stored already, whatever state the failure left behind.
        return self._after_failure and not self._is_stable_with_flavor(after_props[self.FLAVOR])

    def _is_stable_with_flavor(self, flavor: str) -> bool:
        try:
            current = self._compute().show()
            return (
                current is not None
                and current.task_state is None
                and current.status in STABLE
                and self._compute().has_flavor(current, flavor)
            )
        except Exception:  # noqa: BLE001 - Heat does not handle it here; the update that follows meets it again
            return False

    def handle_update(self, json_snippet: Any, tmpl_diff: Any, prop_diff: dict[str, Any]) -> UpdateProgress:
        """Begin an update. A new flavor is handled here, image and user data are only recorded, Heat does the rest."""
        after = json_snippet.properties(self.properties_schema, self.context)
        after_failure, self._after_failure = self._after_failure, False
        handled_here = {self.FLAVOR, self.IMAGE, self.USER_DATA}
        recorded = sorted(name for name in prop_diff if name in (self.IMAGE, self.USER_DATA))
        if recorded:
            self._add_update_event(
                f"recorded but not applied: {' and '.join(recorded)}; send the rebuild signal to apply"
            )
        stock = {name: value for name, value in prop_diff.items() if name not in handled_here}
        updaters = super().handle_update(json_snippet, tmpl_diff, stock)
        new_flavor = self.FLAVOR in prop_diff
        resize = self._resize(after, new_flavor=new_flavor) if after_failure or new_flavor else None
        return UpdateProgress(stock=updaters, resize=resize)

    def check_update_complete(self, update: UpdateProgress) -> bool:
        """Check once whether the update is complete."""
        update.stock_done = update.stock_done or super().check_update_complete(update.stock)
        return update.stock_done and (update.resize is None or update.resize.poll())

    def handle_update_cancel(self, update: UpdateProgress) -> None:
        """Revert the resize: the update ends without a decision, because it timed out or its stack is deleted."""
        if update.resize is not None:
            update.resize.cancel("the update was cancelled or timed out")

    def handle_preempt(self) -> None:
        """Request the revert of a resize that stands in the way of a newer update. Its watcher does the revert."""
        data = ResourceData(self)
        loaded, move = data.loaded_move(), data.latest_move()
        # Heat loaded this resource before the newer update found it locked. A resize that has begun since then is not
        # in the way of that update.
        over = loaded is not None and not loaded.ended and move is not None and loaded.id != move.id
        if move is not None and move.operation == RESIZE and not over:
            data.request_revert("a newer update took over")

    def _signal_check_hook(self, details: Any) -> None:
        # This runs within the request: an exception raised here becomes its response.
        super()._signal_check_hook(details)
        if not (isinstance(details, dict) and "unset_hook" in details):
            self._signal = Signal(self, self._target(), details)

    def handle_signal(self, _details: Any = None) -> None:
        """Watch the operation that the signal began, in a thread of its own."""
        if self._signal is not None:
            self._signal.run()
        # The operation wrote its own events. Heat's would repeat the signal's details, with the resource's status.
        raise resource.NoActionRequired

    def user_data_for_nova(self, user_data: str) -> Any:
        """Return user data in the server's user_data_format."""
        form = self.properties[self.USER_DATA_FORMAT]
        metadata = self.metadata_get(True) or {}
        return self.client_plugin().build_userdata(metadata, user_data, user_data_format=form)

    def _resolve_attribute(self, name: str) -> Any:
        if name == schema.PLUGIN_VERSION:
            return __version__
        if name == schema.OPERATIONS:
            return ResourceData(self).operations()
        if name == schema.RESIZE_STATE:
            return self._resize_state()
        return super()._resolve_attribute(name)

    def _resize_state(self) -> dict[str, Any]:
        move = ResourceData(self).latest_move()
        if move is None:
            return {}
        try:
            current = self._compute().show()
        except exception.EntityNotFound:
            current = None
        return {**asdict(move), "server_status": current and current.status}

    def _resize(self, after: Any, *, new_flavor: bool) -> MoveProgress:
        """Return the progress of a resize to the template's flavor. It sends nothing to Nova before its first poll."""
        compute, data, flavor = self._compute(), ResourceData(self), after[self.FLAVOR]
        plan = MovePlan(
            move=data.begin_move(RESIZE, flavor),
            timeout=after[schema.RESIZE_TIMEOUT],
            arrived=lambda current: compute.has_flavor(current, flavor),
            request=lambda: compute.resize(flavor),
            take_over=new_flavor,
            # In a rollback the client has been notified of a failure already, and will not decide.
            confirm=self.stack.action == self.stack.ROLLBACK,
        )
        return MoveProgress(compute, data, plan, self._add_update_event)

    def _add_update_event(self, text: str) -> None:
        self._add_event(self.UPDATE, self.IN_PROGRESS, text)

    def _compute(self) -> Compute:
        return Compute(self.client_plugin(), self.resource_id)

    def _target(self) -> Target:
        return Target(
            compute=self._compute(),
            data=ResourceData(self),
            add_event=lambda text: self._add_event(SIGNAL, IN_PROGRESS, text),
            timeout=self.stack.timeout_secs(),
            resize_timeout=self.properties[schema.RESIZE_TIMEOUT],
            resource=self,
        )
