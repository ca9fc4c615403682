"""The flows of tasks and their final statuses, imported without the warnings of Trove's task manager."""

import warnings
from typing import Any, Final, cast

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from trove.common.cfg import CONF
    from trove.instance.tasks import InstanceTasks

    from trove_resources.plugin.database.instances import ERRORS
    from trove_resources.plugin.tasks.flows import TaskFlows

STATUSES: Final = frozenset(name for name, task in vars(InstanceTasks).items() if task in ERRORS.values())
"""The names of the task statuses that the plug-in writes by the role of a step."""

FLOWS: Final = TaskFlows(CONF, cast("Any", None))
"""Builds flows for loaded instances with the managers that it is given."""
OPERATIONS: Final = FLOWS.operations
