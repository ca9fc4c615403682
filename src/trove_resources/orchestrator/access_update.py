"""The updates of a stack that change who can reach the database: they run one after the other."""

from typing import Final

from trove_resources.clouds.service import Json
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names, network

OPEN, CLOSE, RELEASE = "open", "close", "release"
"""Names of updates: add rules and the floating IP, remove rules, remove the floating IP."""
_ALLOWED: Final = (
    ("resources", names.SECURITY_GROUP, "properties", "rules"),
    ("resources", names.FLOATING_IP),
    ("outputs", network.FLOATING_ADDRESS),
)


def update_of(stacks: Stacks, name: str, before: Json, template: Json) -> Update:
    """Return the update from one template to another."""
    return Update(
        name=name,
        before=before,
        template=template,
        allowed=_ALLOWED,
        seconds=stacks.settings.access_seconds,
        rollback=name != RELEASE,
    )
