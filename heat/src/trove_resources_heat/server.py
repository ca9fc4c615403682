"""``Trove::Nova::Server``."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from heat.common import exception
from heat.engine import resource, support
from heat.engine.resources.openstack.nova import server

from trove_resources_heat import __version__, schema
from trove_resources_heat.compute import RUNNING, Compute
from trove_resources_heat.gate import Gate, Way
from trove_resources_heat.kept import Kept
from trove_resources_heat.operation import Surroundings
from trove_resources_heat.record import IN_PROGRESS, RESIZE, Record
from trove_resources_heat.relaxed import lenient
from trove_resources_heat.signals import SIGNAL, Signal


@dataclass(kw_only=True)
class Update:
    """What one update has to wait for: heat's own part first, then the resize."""

    stock: Any
    gate: Gate | None
    stock_done: bool = False


class TroveServer(Kept, server.Server):
    """A server that is resized with a second look, and never replaced.

    As OS::Nova::Server, but: a change of its flavor waits at VERIFY_RESIZE for the signal confirm or revert, and is
    reverted when neither comes in time. It is not replaced, whatever fails. A change of image or user_data is written
    down and not done: the signal rebuild does it. Signals: reboot, confirm, revert, migrate, rebuild, recover.
    """

    support_status = support.SupportStatus(version=__version__, message="trove-resources-heat")
    properties_schema: ClassVar[dict[str, Any]] = schema.PROPERTIES
    attributes_schema: ClassVar[dict[str, Any]] = schema.ATTRIBUTES
    signal_needs_metadata_updates = False

    _settle = False
    """The update is of a resource that failed: what its server is has to be looked at."""
    _signal: Signal | None = None

    def translation_rules(self, props: Any) -> list[Any]:
        """Return heat's, without a failure when there is no such image or flavor any more."""
        return lenient(super().translation_rules(props))

    def _validate_image_flavor(self, image: Any, flavor: Any) -> None:
        """Leave it to Nova whether an image fits a flavor, and may be used: it says so when it matters."""

    def _needs_update(self, after: Any, before: Any, after_props: Any, *rest: Any, **options: Any) -> bool:
        self._settle = self.status == self.FAILED
        if super()._needs_update(after, before, after_props, *rest, **options):
            return True
        # Heat would say COMPLETE to a template it knows already, whatever the failure has left.
        return self._settle and not self._is_settled(after_props)

    def _is_settled(self, after_props: Any) -> bool:
        try:
            seen = self._compute().show()
            return (
                seen is not None
                and seen.task_state is None
                and seen.status in RUNNING
                and self._compute().has_flavor(seen, after_props[self.FLAVOR])
            )
        except Exception:  # noqa: BLE001 - Heat records no exception here; the update that follows meets it again
            return False

    def handle_update(self, json_snippet: Any, tmpl_diff: Any, prop_diff: dict[str, Any]) -> Update:
        """Begin an update: the flavor is ours, image and user data are nobody's, all else is heat's."""
        after = json_snippet.properties(self.properties_schema, self.context)
        settle, self._settle = self._settle, False
        ours = {self.FLAVOR, self.IMAGE, self.USER_DATA}
        written = sorted(name for name in prop_diff if name in (self.IMAGE, self.USER_DATA))
        if written:
            self._tell(f"{' and '.join(written)} written down, not applied: the signal rebuild does that")
        stock = {name: value for name, value in prop_diff.items() if name not in ours}
        updaters = super().handle_update(json_snippet, tmpl_diff, stock)
        gate = self._gate(after, new=self.FLAVOR in prop_diff) if settle or self.FLAVOR in prop_diff else None
        return Update(stock=updaters, gate=gate)

    def check_update_complete(self, update: Update) -> bool:
        """Look once at what the update waits for."""
        update.stock_done = update.stock_done or super().check_update_complete(update.stock)
        return update.stock_done and (update.gate is None or update.gate.step())

    def handle_update_cancel(self, update: Update) -> None:
        """Have the server back: the update ends undecided, for its stack is deleted, or its time is over."""
        if update.gate is not None:
            update.gate.give_back("the update was cancelled, or its time was over")

    def handle_preempt(self) -> None:
        """Have the resize given up that stands in the way of a newer update. Whoever watches it does so."""
        record = Record(self)
        known, move = record.known_move(), record.move()
        # Loaded before the newer update found the resource locked: what has taken the place of that is not in its way.
        over = known is not None and not known.ended and move is not None and known.id != move.id
        if move is not None and move.operation == RESIZE and not over:
            record.give_back("a newer update took over")

    def _signal_check_hook(self, details: Any) -> None:
        # Runs in the request: what is raised here is its answer.
        super()._signal_check_hook(details)
        if not (isinstance(details, dict) and "unset_hook" in details):
            self._signal = Signal(self, self._surroundings(), details)

    def handle_signal(self, _details: Any = None) -> None:
        """Watch what the signal has begun, in a thread of its own."""
        if self._signal is not None:
            self._signal.run()
        # Its events are written: heat's own would repeat what the sender wrote, and with the resource's status.
        raise resource.NoActionRequired

    def user_data_for_nova(self, user_data: str) -> Any:
        """Return user data in the form that the server's user_data_format asks for."""
        form = self.properties[self.USER_DATA_FORMAT]
        metadata = self.metadata_get(True) or {}
        return self.client_plugin().build_userdata(metadata, user_data, user_data_format=form)

    def _resolve_attribute(self, name: str) -> Any:
        if name == schema.PLUGIN_VERSION:
            return __version__
        if name == schema.OPERATIONS:
            return Record(self).operations()
        if name == schema.RESIZE_STATE:
            return self._resize_state()
        return super()._resolve_attribute(name)

    def _resize_state(self) -> dict[str, Any]:
        move = Record(self).move()
        if move is None:
            return {}
        try:
            seen = self._compute().show()
        except exception.EntityNotFound:
            seen = None
        return {**asdict(move), "server_status": seen and seen.status}

    def _gate(self, after: Any, *, new: bool) -> Gate:
        """Return what takes the server to the flavor of the template; ``new`` says that it had another one before."""
        compute, record, flavor = self._compute(), Record(self), after[self.FLAVOR]
        way = Way(
            move=record.begin(RESIZE, flavor),
            seconds=after[schema.RESIZE_TIMEOUT],
            arrived=lambda seen: compute.has_flavor(seen, flavor),
            ask=lambda: compute.resize(flavor),
            take_over=new,
            # Whoever would decide has been told of a failure already.
            confirm=self.stack.action == self.stack.ROLLBACK,
        )
        return Gate(compute, record, way, self._tell)

    def _tell(self, text: str) -> None:
        self._add_event(self.UPDATE, self.IN_PROGRESS, text)

    def _compute(self) -> Compute:
        return Compute(self.client_plugin(), self.resource_id)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            compute=self._compute(),
            record=Record(self),
            tell=lambda text: self._add_event(SIGNAL, IN_PROGRESS, text),
            seconds=self.stack.timeout_secs(),
            resize_seconds=self.properties[schema.RESIZE_TIMEOUT],
            resource=self,
        )
