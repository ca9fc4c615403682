"""What the cloud holds for an instance, as its stack tells."""

from collections.abc import Callable
from typing import TypeVar

from trove_resources.clouds import Dns, rows
from trove_resources.clouds.service import Json
from trove_resources.inventory import Inventory
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

T = TypeVar("T")


def observe(dns: Dns, stacks: Stacks, instance_id: str) -> Inventory:
    """Return what is in the stack, as its services show it to Heat; nothing without a stack. Raises CloudError."""
    stack = stacks.find(instance_id)
    if stack is None:
        return Inventory(dns_names=tuple(dns.find(instance_id)))
    there = [each.name for each in stacks.heat.resources(stack.ref) if each.physical_id]
    shown = {name: stacks.heat.shown(stack.ref, name) for name in there}

    def of(read: Callable[[Json], T], *which: str) -> tuple[T, ...]:
        return tuple(read(row) for name in which if (row := shown.get(name)))

    return Inventory(
        servers=of(rows.server, names.SERVER),
        volumes=of(rows.volume, names.volume("data"), names.volume("root")),
        ports=of(rows.port, names.port("user"), names.port("management")),
        security_groups=of(rows.security_group, names.SECURITY_GROUP),
        floating_ips=of(rows.floating_ip, names.FLOATING_IP),
        dns_names=of(lambda row: str(row["name"]).rstrip("."), names.DNS_RECORD) or tuple(dns.find(instance_id)),
    )
