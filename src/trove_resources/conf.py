"""Our options, next to Trove's in its configuration files.

Nothing here uses a global configuration: the caller registers the options on its own.
"""

from collections.abc import Sequence
from typing import Final

from oslo_config import cfg

GROUP: Final = cfg.OptGroup(
    "trove_resources",
    title="trove-resources",
    help="How the resource managers of trove-resources work.",
)

DEFAULT_OPTIONS: Final[Sequence[cfg.Opt]] = (
    cfg.StrOpt(
        "resource_manager",
        default="native",
        help="The resource manager, which provisions and changes the cloud resources of instances: a name that "
        "`trove-resources managers` lists, or the path of a class, such as package.module.Class. It takes effect when "
        "taskmanager_manager is trove_resources.plugin.Manager.",
    ),
)
"""Options of ``[DEFAULT]``."""

GROUP_OPTIONS: Final[Sequence[cfg.Opt]] = (
    cfg.StrOpt(
        "task_log",
        default="/var/lib/trove/trove-resources/tasks.sqlite",
        help="The file of the task log on each task manager host: its tasks with the seconds of each step, what they "
        "wait for, and why they failed, as `trove-resources task list` shows them. The user that runs the task manager "
        "creates the file and its directory. Empty: no task log.",
    ),
    cfg.StrOpt(
        "heat_url",
        help="The URL of Heat up to /v1, without the project, for managers that use Heat. By default it comes from the "
        "service catalog.",
    ),
    cfg.StrOpt("heat_service_type", default="orchestration", help="The service type of Heat in the catalog."),
    cfg.StrOpt("heat_endpoint_type", default="publicURL", help="The endpoint type of Heat to use from the catalog."),
    cfg.IntOpt(
        "stack_limit",
        default=512,
        min=-1,
        help="How many stacks Heat allows the project of Trove's service user to have: the value of "
        "max_stacks_per_tenant in heat.conf, whose default is 512; -1 means no limit. Only `trove-resources-status "
        "upgrade check` reads it.",
    ),
    cfg.IntOpt(
        "sweep_interval",
        default=60,
        min=1,
        help="Seconds between two searches for orphaned operations: resizes whose heat-engine died, and instances "
        "whose task ended with its task manager. The search never runs more often than every report_interval.",
    ),
    cfg.IntOpt(
        "task_log_size",
        default=1000,
        min=1,
        help="How many tasks the task log keeps; the oldest are deleted. A thousand creates take about 3 MB.",
    ),
)
"""Options of ``[trove_resources]``."""


def register(conf: cfg.ConfigOpts) -> None:
    """Register our options on a configuration; registering them twice does no harm."""
    conf.register_opts(DEFAULT_OPTIONS)
    # A group object for each configuration: oslo.config stores overrides in it.
    conf.register_group(cfg.OptGroup(GROUP.name, title=GROUP.title, help=GROUP.help))
    conf.register_opts(GROUP_OPTIONS, group=GROUP.name)


def list_opts() -> list[tuple[str | cfg.OptGroup, list[cfg.Opt]]]:
    """Return our options by group; ``managers.list_opts`` adds those that resource managers declare."""
    return [("DEFAULT", list(DEFAULT_OPTIONS)), (GROUP, list(GROUP_OPTIONS))]
