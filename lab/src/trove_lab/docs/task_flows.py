"""The flows of Trove's tasks and how they end, imported without the noise of what Trove's task manager brings along."""

import warnings
from typing import Final

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from trove.instance.tasks import InstanceTasks

    from trove_resources.plugin.database.instances import ERRORS
    from trove_resources.plugin.tasks.flows import BUILDERS

STATUSES: Final = frozenset(name for name, task in vars(InstanceTasks).items() if task in ERRORS.values())
"""The names of the task statuses that the plug-in writes by the role of a step."""

__all__ = ["BUILDERS", "STATUSES"]
