"""Owner markers: what is written on each resource when it is created, so that it can be found again.

| resource | where the marker is |
|---|---|
| server | metadata and tags, stock Trove's and the task's |
| data volume, root volume | metadata; the name is stock Trove's |
| port, security group, its rules, floating IP | description, which begins with stock Trove's text, if it has one |
| server group | its name: it has no other field |
| stack | its name and its tags; one of them is the engine |

Stock Trove writes the same names, tags, metadata and descriptions, without the task: the same queries find its
resources, and it finds ours.
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
"""On a retained volume: the ids of the snapshots for which it is retained."""
UPDATE_TAG: Final = "trove_resources_update"
"""The beginning of the tag of a stack's last update."""
LONGEST_TAG: Final = 60
"""Characters of a tag of a server (nova/api/validation/parameter_types.py, ``tag``)."""
_MOST_SNAPSHOTS = 6
"""How many ids, with commas, fit in the 255 characters of a metadata value of Cinder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An instance, and the task (a UUID) that creates its resources."""

    instance_id: str
    task_id: str

    @property
    def task_note(self) -> str:
        """The end of a description."""
        return f"[{TASK_KEY} {self.task_id}]"

    @property
    def task_tag(self) -> str:
        """One of a server's tags."""
        return f"{TASK_KEY}_{self.task_id}"


def resource_name(instance_id: str) -> str:
    """Return the name of an instance's ports and volumes, as stock Trove chooses it."""
    return f"trove-{instance_id}"


def security_group_name(prefix: str, instance_id: str) -> str:
    """Return the name of an instance's security group; the prefix is an option of Trove."""
    return f"{prefix}-{instance_id}"


def server_group_name(instance_id: str) -> str:
    """Return the name of the server group of an instance and its replicas."""
    return f"locality_{instance_id}"


def is_server_group_name(name: str) -> bool:
    """Return whether Trove or trove-resources created a server group, by its name."""
    return name.startswith(server_group_name(""))


def server_tag(instance_id: str) -> str:
    """Return the tag by which an instance's server is found."""
    return f"{INSTANCE_KEY}_{instance_id}"


ENGINE_TAG: Final = "trove_resources_engine_orchestrator"
"""A tag on every stack of an instance: the engine that owns it."""
GROUP_TAG: Final = "trove_resources_server_group"
"""A tag on every stack of a server group."""


def stack_tags(owner: Owner, template_version: str) -> tuple[str, ...]:
    """Return the tags of an instance's stack."""
    version = f"trove_resources_template_{template_version}"
    return ("trove_instance", server_tag(owner.instance_id), ENGINE_TAG, version, owner.task_tag)


def update_tag(owner: Owner, what: str) -> str:
    """Return the tag by which a task finds its own update of a stack; ``what`` distinguishes its updates."""
    return f"{UPDATE_TAG}_{owner.task_id}_{what}"


def group_stack_name(instance_id: str) -> str:
    """Return the name of the stack of the server group that an instance created."""
    return f"trove-locality-{instance_id}"


def group_tag(group_id: str) -> str:
    """Return the tag by which the stack of a server group is found."""
    return f"{GROUP_TAG}_{group_id}"


def server_tags(owner: Owner, stock: Mapping[str, str], datastore_manager: str) -> tuple[str, ...]:
    """Return a server's tags: stock Trove's, derived from its metadata, and the task's.

    One that is longer than Nova allows is left out: the id of a user of a directory can have 64 characters. The
    metadata has it in any case.
    """
    own = [f"{key}_{value}" for key, value in stock.items()]
    tags = ("trove_instance", f"trove_{datastore_manager}", *own, owner.task_tag)
    return tuple(tag for tag in tags if len(tag) <= LONGEST_TAG)


def server_metadata(owner: Owner, *, project_id: str, user_id: str) -> dict[str, str]:
    """Return a server's metadata, as stock Trove writes it."""
    return {"trove_project_id": project_id, "trove_user_id": user_id, INSTANCE_KEY: owner.instance_id}


def volume_metadata(owner: Owner, role: VolumeRole) -> dict[str, str]:
    """Return a volume's metadata."""
    return {INSTANCE_KEY: owner.instance_id, TASK_KEY: owner.task_id, ROLE_KEY: role}


def retained_metadata(snapshot_ids: Sequence[str]) -> dict[str, str]:
    """Return the metadata of a retained volume: the ids of its snapshots, as many as fit."""
    return {RETAINED_KEY: ",".join(snapshot_ids[:_MOST_SNAPSHOTS])}


def volume_description(instance_id: str, role: VolumeRole) -> str:
    """Return a volume's description, as stock Trove writes it."""
    return f"{'datastore' if role == 'data' else 'root'} volume for {instance_id}"


def port_description(owner: Owner, role: PortRole) -> str:
    """Return a port's description. Both ports of an instance have the same name; the description distinguishes them."""
    return f"{role.capitalize()} port for trove instance {owner.instance_id} {owner.task_note}"


def port_role(description: str) -> PortRole | None:
    """Return the role of the port with a description, or None when it is not Trove's."""
    roles: tuple[PortRole, ...] = ("management", "user")
    return next(
        (role for role in roles if description.startswith(f"{role.capitalize()} port for trove instance ")), None
    )


def security_group_description(owner: Owner) -> str:
    """Return a security group's description."""
    return f"Security group for trove instance {owner.instance_id} {owner.task_note}"


def is_ours(description: str) -> bool:
    """Return whether a description names a task of ours. Those of stock Trove and of operators do not."""
    return f"[{TASK_KEY} " in description


def floating_ip_description(owner: Owner) -> str:
    """Return a floating IP's description."""
    return f"{floating_ip_prefix(owner.instance_id)}{owner.task_note}"


def floating_ip_prefix(instance_id: str) -> str:
    """Return the beginning of the descriptions of an instance's floating IPs. Stock Trove's have no description."""
    return f"Floating IP for trove instance {instance_id} "
