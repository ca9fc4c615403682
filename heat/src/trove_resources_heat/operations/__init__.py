"""The operations that a signal can begin, one module each."""

from trove_resources_heat.operations.base import Operation
from trove_resources_heat.operations.decide import Confirm, Revert
from trove_resources_heat.operations.migrate import Migrate
from trove_resources_heat.operations.reboot import Reboot
from trove_resources_heat.operations.rebuild import Rebuild
from trove_resources_heat.operations.recover import Recover

OPERATIONS: dict[str, type[Operation]] = {
    each.name: each for each in (Reboot, Confirm, Revert, Migrate, Rebuild, Recover)
}
"""The operations by ``action`` of the signal."""
DECISIONS = frozenset({Confirm.name, Revert.name})
"""The operations that are allowed while an update changes the server."""
