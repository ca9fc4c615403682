"""The composition root: puts resource manager, clouds and the runner of flows together, from Trove's options."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from oslo_config import cfg

from trove_resources import conf as our_conf
from trove_resources import managers
from trove_resources.contract import Reconciler, ResourceManager
from trove_resources.errors import WrongEngineError
from trove_resources.flows.clock import Clock, SystemClock
from trove_resources.flows.exclusive import Exclusive
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner
from trove_resources.plugin.clouds import CloudsOfTrove, settings
from trove_resources.plugin.database.instance_rows import DEFAULT_ENGINE
from trove_resources.plugin.database.instances import BuiltInstance, FreshInstance
from trove_resources.plugin.tasks.task import Task, request_id
from trove_resources.task_log.log import Now, task_log


class Composition:
    """One of it in a task manager.

    Raises UnknownManagerError or UnusableManagerError when ``resource_manager`` names nothing that can be used.
    """

    def __init__(
        self, conf: cfg.ConfigOpts, *, clock: Clock | None = None, now: Now = lambda: datetime.now(UTC)
    ) -> None:
        our_conf.register(conf)
        self.conf = conf
        self.clock = clock or SystemClock()
        self._exclusive = Exclusive()
        self._class = managers.load(conf.resource_manager)
        self._clouds = CloudsOfTrove(conf)
        self._settings = settings(conf)
        self._now = now
        self._waiter = Waiter(self.clock)
        self._task_log = task_log(conf, self.clock, now)

    @property
    def engine(self) -> str:
        """What stands in the row of an instance that is created now."""
        return self._class.engine_of_new(self._settings)

    def manager(self, engine: str, instance: FreshInstance | BuiltInstance) -> ResourceManager:
        """Return the resource manager of an engine, for an instance's region.

        Raises WrongEngineError when the engine is none we run.
        """
        if engine not in self._class.engines():
            raise WrongEngineError(instance.id, engine=engine, manager=self._class.name)
        clouds = self._clouds.of_region(instance.db_info.region_id)
        # A provision that is taken up again stays with the engine it began with.
        settings = replace(self._settings, new_instances=engine)
        return self._class(clouds=clouds, settings=settings)  # type: ignore[call-arg]

    def now(self) -> datetime:
        """Return the wall clock's moment."""
        return self._now()

    @property
    def settles(self) -> Reconciler | None:
        """What ends that which nobody watches any more, in the region of our credentials; None: nothing does."""
        manager = self._class(clouds=self._clouds.of_region(None), settings=self._settings)  # type: ignore[call-arg]
        return manager if isinstance(manager, Reconciler) else None

    @contextmanager
    def task(self, operation: str, instance_id: str, context: Any) -> Iterator[Task]:
        """Hold an instance for a task of a request. Raises InstanceBusyError; a ``delete`` waits instead."""
        with self._exclusive.hold(instance_id, operation) as stop:
            owner = Owner(instance_id=instance_id, task_id=str(uuid.uuid4()))
            request = request_id(context)
            task = Task(
                operation=operation,
                owner=owner,
                request_id=request,
                stop=stop,
                clock=self.clock,
                waiter=self._waiter,
                listener=self._task_log.began(operation, owner, request),
            )
            try:
                yield task
            except BaseException as error:
                # A thread that is killed has not done it either.
                task.error = str(error) or type(error).__name__
                raise
            finally:
                self._task_log.ended(owner, task.error)


_CURRENT: list[Composition] = []


def install(composition: Composition) -> None:
    """Make a composition the one of this process."""
    _CURRENT[:] = [composition]


def current() -> Composition:
    """Return the composition of this process: a flow that is built again has nothing else to begin with."""
    return _CURRENT[0]


def engine_of(instance: FreshInstance | BuiltInstance) -> str:
    """Return the engine that owns an instance."""
    return instance.db_info.provisioning_engine or DEFAULT_ENGINE
