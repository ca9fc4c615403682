"""The composition root: puts resource manager, clouds and the runner of flows together, from Trove's options."""

import threading
import uuid
from typing import Any, Protocol

from oslo_config import cfg
from taskflow.flow import Flow

from trove_resources import conf as our_conf
from trove_resources.contract import ResourceManager
from trove_resources.errors import WrongEngineError
from trove_resources.flows import events
from trove_resources.flows.clock import Clock, SystemClock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Event
from trove_resources.flows.exclusive import Exclusive
from trove_resources.flows.runner import Runner
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner
from trove_resources.plugin import managers
from trove_resources.plugin.clouds import CloudsOfTrove, settings
from trove_resources.plugin.instances import FreshInstance

DEFAULT_ENGINE = "native"
"""The engine of rows that say none: they are older than us."""


class Row(Protocol):
    """Who a flow is run for: where what it announces is written down."""

    context: Any
    """Trove's, of the request."""

    def announce(self, name: str, value: str | None) -> None:
        """Take a result; None: it was undone."""


class Composition:
    """One of it in a task manager.

    Raises UnknownManagerError or UnusableManagerError when ``resource_manager`` names nothing that can be used.
    """

    def __init__(self, conf: cfg.ConfigOpts, *, clock: Clock | None = None) -> None:
        our_conf.register(conf)
        self.conf = conf
        self.clock = clock or SystemClock()
        self.exclusive = Exclusive()
        self._class = managers.load(conf.resource_manager)
        self._clouds = CloudsOfTrove(conf)
        self._settings = settings(conf)
        self._waiter = Waiter(self.clock)

    @property
    def engine(self) -> str:
        """What stands in the row of an instance that is created now."""
        return self._class.name

    def manager(self, engine: str, instance: FreshInstance) -> ResourceManager:
        """Return the resource manager of an engine, for an instance's region.

        Raises WrongEngineError when the engine is not the one we run.
        """
        if engine != self.engine:
            raise WrongEngineError(instance.id, engine=engine, manager=self.engine)
        clouds = self._clouds.of_region(instance.db_info.region_id)
        return self._class(clouds=clouds, settings=self._settings)  # type: ignore[call-arg]

    def run(self, flow: Flow, row: Row, owner: Owner, stop: threading.Event) -> None:
        """Run a flow, writing down what it announces. Raises FlowFailedError."""
        context = FlowContext(
            owner=owner, request_id=request_id(row.context), clock=self.clock, waiter=self._waiter, stop=stop
        )
        failed = _FirstFailure()
        try:
            Runner(listener=failed).run(flow, context, row.announce)
        except Exception as error:
            raise FlowFailedError(failed.event, error, context) from error


_CURRENT: list[Composition] = []


def install(composition: Composition) -> None:
    """Make a composition the one of this process."""
    _CURRENT[:] = [composition]


def current() -> Composition:
    """Return the composition of this process: a flow that is built again has nothing else to begin with."""
    return _CURRENT[0]


def engine_of(instance: FreshInstance) -> str:
    """Return the engine that owns an instance."""
    return instance.db_info.provisioning_engine or DEFAULT_ENGINE


class FlowFailedError(Exception):
    """A flow failed and was undone; the message says which step, why, and what is left."""

    def __init__(self, event: Event | None, cause: Exception, context: FlowContext) -> None:
        self.cause = cause
        self.role = event.step.split("/")[1] if event else ""
        """Of the step that failed: ``data_volume``, ``server`` …"""
        self.leftovers = list(context.leftovers)
        """What could not be undone."""
        title = f"Failed to {event.title}: " if event else ""
        super().__init__(f"{title}{cause}")

    def __str__(self) -> str:
        left = "; not undone: " + "; ".join(map(str, self.leftovers)) if self.leftovers else ""
        return f"{super().__str__()}{left}"


class _FirstFailure:
    """Logs events, and keeps the first that is a failure."""

    def __init__(self) -> None:
        self.event: Event | None = None

    def __call__(self, event: Event) -> None:
        if event.kind == "failed" and self.event is None:
            self.event = event
        events.log(event)


def new_owner(instance_id: str) -> Owner:
    """Return the owner of what a new task makes."""
    return Owner(instance_id=instance_id, task_id=str(uuid.uuid4()))


def request_id(context: Any) -> str:
    """Return the id of the request a task came with."""
    return str(getattr(context, "request_id", "") or "")
