"""Reading what the cloud holds for an instance, from its stack."""

from collections.abc import Callable
from typing import TypeVar

from trove_resources.clouds import Dns, rows
from trove_resources.clouds.service import Json
from trove_resources.inventory import Inventory
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

T = TypeVar("T")


def observe(dns: Dns, stacks: Stacks, instance_id: str) -> Inventory:
    """Return the stack's resources as their services show them; empty without a stack. Raises CloudError."""
    stack = stacks.find(instance_id)
    if stack is None:
        return Inventory(dns_names=tuple(dns.find(instance_id)))
    existing = [each.name for each in stacks.heat.resources(stack.ref) if each.physical_id]
    shown = {name: stacks.heat.show_resource(stack.ref, name) for name in existing}

    def of(read: Callable[[Json], T], *which: str) -> tuple[T, ...]:
        return tuple(read(row) for name in which if (row := shown.get(name)))

    return Inventory(
        servers=of(rows.server, names.SERVER),
        volumes=of(rows.volume, names.DATA_VOLUME, names.ROOT_VOLUME),
        ports=of(rows.port, names.USER_PORT, names.MANAGEMENT_PORT),
        security_groups=of(rows.security_group, names.SECURITY_GROUP),
        floating_ips=of(rows.floating_ip, names.FLOATING_IP),
        dns_names=of(lambda row: str(row["name"]).rstrip("."), names.DNS_RECORD) or tuple(dns.find(instance_id)),
    )
