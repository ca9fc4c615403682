"""Our options, beside Trove's in its configuration files.

Nothing here touches a global configuration: whoever has one registers the options on it.
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
        help="The resource manager, which provisions and changes the cloud resources of instances: a name "
        "`trove-resources managers` lists, or the path of a class, such as package.module.Class. In effect where "
        "taskmanager_manager is trove_resources.plugin.Manager.",
    ),
)
"""Options of ``[DEFAULT]``."""

GROUP_OPTIONS: Final[Sequence[cfg.Opt]] = (
    cfg.StrOpt(
        "task_log",
        default="/var/lib/trove/trove-resources/tasks.sqlite",
        help="The file of the task log, on each host of a task manager: its tasks with the seconds of each step, what "
        "they wait for, and why they failed, as `trove-resources task list` shows them. The user the task manager "
        "runs as makes the file, and its directory. Empty: no task log is kept.",
    ),
    cfg.StrOpt(
        "new_instances",
        default="orchestrator",
        choices=("orchestrator", "native"),
        help="With resource_manager = migration: which engine provisions new instances. Those that are there stay with "
        "the engine that provisioned them.",
    ),
    cfg.StrOpt(
        "heat_url",
        help="Where Heat is, up to /v1, without the project: for the orchestrator and the migration manager. Without "
        "it the catalog says where.",
    ),
    cfg.StrOpt("heat_service_type", default="orchestration", help="Heat's type in the catalog."),
    cfg.StrOpt("heat_endpoint_type", default="publicURL", help="Which of Heat's endpoints in the catalog is asked."),
    cfg.IntOpt(
        "stack_limit",
        default=512,
        min=-1,
        help="How many stacks Heat lets the project of Trove's service user have: what max_stacks_per_tenant says in "
        "heat.conf, where 512 is the default, and -1 no limit. Only `trove-resources-status upgrade check` reads it.",
    ),
    cfg.IntOpt(
        "sweep_interval",
        default=60,
        min=1,
        help="Seconds between two looks for what nobody watches any more: resizes whose heat-engine died, and "
        "instances whose task ended with its task manager. Trove looks no more often than each report_interval.",
    ),
    cfg.IntOpt(
        "task_log_size",
        default=1000,
        min=1,
        help="How many tasks the task log keeps; the oldest are forgotten. A thousand creates take about 3 MB.",
    ),
)
"""Options of ``[trove_resources]``."""


def register(conf: cfg.ConfigOpts) -> None:
    """Register our options on a configuration; to do so twice does no harm."""
    conf.register_opts(DEFAULT_OPTIONS)
    # A group of its own for each configuration: oslo.config keeps in it what is overridden.
    conf.register_group(cfg.OptGroup(GROUP.name, title=GROUP.title, help=GROUP.help))
    conf.register_opts(GROUP_OPTIONS, group=GROUP.name)


def list_opts() -> list[tuple[str | cfg.OptGroup, list[cfg.Opt]]]:
    """Return our options by group, for ``oslo-config-generator --namespace trove_resources``."""
    return [("DEFAULT", list(DEFAULT_OPTIONS)), (GROUP, list(GROUP_OPTIONS))]
