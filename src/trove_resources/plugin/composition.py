"""The composition root: builds everything a task manager needs from Trove's options."""

from datetime import UTC, datetime

from oslo_config import cfg

from trove_resources import conf as our_conf
from trove_resources import managers
from trove_resources.flows.clock import Clock, SystemClock
from trove_resources.plugin.clouds import CloudsOfTrove, settings
from trove_resources.plugin.engines import Engines
from trove_resources.plugin.tasks.change import Change
from trove_resources.plugin.tasks.create import Create
from trove_resources.plugin.tasks.delete import Delete
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.recovery import Recovery
from trove_resources.plugin.tasks.retained_volumes import RetainedVolumes
from trove_resources.plugin.tasks.running import Tasks
from trove_resources.task_log.log import Now, task_log


class Composition:
    """The parts of one task manager.

    Raises UnknownManagerError or UnusableManagerError when ``resource_manager`` does not name a usable manager.
    """

    def __init__(
        self, conf: cfg.ConfigOpts, *, clock: Clock | None = None, now: Now = lambda: datetime.now(UTC)
    ) -> None:
        our_conf.register(conf)
        clock = clock or SystemClock()
        manager = managers.load(conf.resource_manager)
        engines = Engines(manager, CloudsOfTrove(conf), settings(conf, managers.options_of(manager, conf)))
        flows = TaskFlows(conf, engines)
        ours = conf.trove_resources
        tasks = Tasks(clock, task_log(ours.task_log, ours.task_log_size, clock, now))
        self.create = Create(conf, engines, flows, tasks)
        self.change = Change(conf, engines, flows, tasks)
        self.delete = Delete(conf, flows, tasks)
        self.recovery = Recovery(conf, engines, flows, tasks, now=now)
        self.retained_volumes = RetainedVolumes(conf, flows, tasks)
