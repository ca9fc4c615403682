"""Owner markers: what is written on each resource when it is created, so that it is found again.

| resource | where the marker stands |
|---|---|
| server | metadata and tags, stock Trove's and the task's |
| data volume, root volume | metadata; the name is stock Trove's |
| port, security group, its rules, floating IP | description, beginning with stock Trove's text, if it has any |
| server group | its name: it has nothing else |
| stack | its name and its tags; one of them is the engine |

Stock Trove writes names, tags, metadata and descriptions as they are here without the task: its own resources are
found by the same questions, and it finds ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PortRole = Literal["management", "user"]
VolumeRole = Literal["data", "root"]

INSTANCE_KEY: Final = "trove_instance_id"
TASK_KEY: Final = "trove_resources_task"
ROLE_KEY: Final = "trove_resources_role"
RETAINED_KEY: Final = "trove_resources_kept"
"""On a data volume that outlives its instance: the ids of the snapshots that keep it."""
UPDATE_TAG: Final = "trove_resources_update"
"""How the tag of a stack's last update begins."""
_MOST_KEEPERS = 6
"""How many ids, with commas, are in the 255 characters a value of Cinder's metadata can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An instance, and the task (a UUID) that creates its resources."""

    instance_id: str
    task_id: str

    @property
    def task_note(self) -> str:
        """What stands at the end of a description."""
        return f"[{TASK_KEY} {self.task_id}]"

    @property
    def task_tag(self) -> str:
        """What stands among a server's tags."""
        return f"{TASK_KEY}_{self.task_id}"


def resource_name(instance_id: str) -> str:
    """Return the name of an instance's ports and volumes, as stock Trove gives it."""
    return f"trove-{instance_id}"


def security_group_name(prefix: str, instance_id: str) -> str:
    """Return the name of an instance's security group; Trove's option has the prefix."""
    return f"{prefix}-{instance_id}"


def server_group_name(instance_id: str) -> str:
    """Return the name of the server group an instance and its replicas share."""
    return f"locality_{instance_id}"


def is_server_group_name(name: str) -> bool:
    """Say whether a server group is one that Trove or we made."""
    return name.startswith(server_group_name(""))


def server_tag(instance_id: str) -> str:
    """Return the tag by which an instance's server is asked for."""
    return f"{INSTANCE_KEY}_{instance_id}"


ENGINE_TAG: Final = "trove_resources_engine_orchestrator"
"""On every stack of an instance: the engine that owns it."""
GROUP_TAG: Final = "trove_resources_server_group"
"""On every stack of a server group."""


def stack_tags(owner: Owner, template_version: str) -> tuple[str, ...]:
    """Return the tags of an instance's stack."""
    version = f"trove_resources_template_{template_version}"
    return ("trove_instance", server_tag(owner.instance_id), ENGINE_TAG, version, owner.task_tag)


def update_tag(owner: Owner, what: str) -> str:
    """Return the tag by which a task finds its own update of a stack; ``what`` tells its updates apart."""
    return f"{UPDATE_TAG}_{owner.task_id}_{what}"


def group_stack_name(instance_id: str) -> str:
    """Return the name of the stack of a server group, the one an instance made."""
    return f"trove-locality-{instance_id}"


def group_tag(group_id: str) -> str:
    """Return the tag by which the stack of a server group is asked for."""
    return f"{GROUP_TAG}_{group_id}"


def server_tags(owner: Owner, stock: Mapping[str, str], datastore_manager: str) -> tuple[str, ...]:
    """Return a server's tags: stock Trove's, made from its metadata, and the task's."""
    own = [f"{key}_{value}" for key, value in stock.items()]
    return ("trove_instance", f"trove_{datastore_manager}", *own, owner.task_tag)


def server_metadata(owner: Owner, *, project_id: str, user_id: str) -> dict[str, str]:
    """Return a server's metadata, as stock Trove writes it."""
    return {"trove_project_id": project_id, "trove_user_id": user_id, INSTANCE_KEY: owner.instance_id}


def volume_metadata(owner: Owner, role: VolumeRole) -> dict[str, str]:
    """Return a volume's metadata."""
    return {INSTANCE_KEY: owner.instance_id, TASK_KEY: owner.task_id, ROLE_KEY: role}


def retained_metadata(snapshot_ids: Sequence[str]) -> dict[str, str]:
    """Return what stands on a volume that is kept for its snapshots: as many of their ids as there is room for."""
    return {RETAINED_KEY: ",".join(snapshot_ids[:_MOST_KEEPERS])}


def volume_description(instance_id: str, role: VolumeRole) -> str:
    """Return a volume's description, as stock Trove writes it."""
    return f"{'datastore' if role == 'data' else 'root'} volume for {instance_id}"


def port_description(owner: Owner, role: PortRole) -> str:
    """Return a port's description. Both ports of an instance share a name; this tells them apart."""
    return f"{role.capitalize()} port for trove instance {owner.instance_id} {owner.task_note}"


def port_role(description: str) -> PortRole | None:
    """Return the role of the port with this description, or None when it is not Trove's."""
    roles: tuple[PortRole, ...] = ("management", "user")
    return next(
        (role for role in roles if description.startswith(f"{role.capitalize()} port for trove instance ")), None
    )


def security_group_description(owner: Owner) -> str:
    """Return a security group's description."""
    return f"Security group for trove instance {owner.instance_id} {owner.task_note}"


def is_ours(description: str) -> bool:
    """Say whether a description ends with a task of ours, whichever: stock Trove's and operators' do not."""
    return f"[{TASK_KEY} " in description


def floating_ip_description(owner: Owner) -> str:
    """Return a floating IP's description."""
    return f"{floating_ip_prefix(owner.instance_id)}{owner.task_note}"


def floating_ip_prefix(instance_id: str) -> str:
    """Return how the descriptions of an instance's floating IPs begin. Stock Trove's have none."""
    return f"Floating IP for trove instance {instance_id} "
