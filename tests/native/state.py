"""The state of an instance, and its differences from an earlier one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from native.bench import FaultBench
from trove_lab.cloud.compute import states
from trove_lab.conformance import Run
from trove_resources.errors import Leftover


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the cloud holds for an instance, by kind of leftover. Ids that change with a recreation are left out."""

    parts: dict[str, Any]
    flavor: str
    size: int
    """Size of the data volume, in GiB."""
    host: str

    def differs(self, before: "State", run: Run) -> set[str]:
        """Return the kinds of resources that differ from before, and for which nothing was announced."""
        kinds = {kind for kind, part in self.parts.items() if part != before.parts[kind]}
        if self.flavor != before.flavor and run.results.get("flavor_id") is None:
            kinds.add("server")
        if self.size != before.size and run.results.get("volume_size") != str(self.size):
            kinds.add("volume")
        # The volumes of a server in transition are in transition, too: they are part of it.
        return kinds - {"volume"} if "server" in kinds and self.size == before.size else kinds


def state_of(bench: FaultBench) -> State:
    """Return the current state of the instance."""
    cloud = bench.cloud
    with cloud.lock:
        cloud.run_due()
        (server,) = cloud.compute.undeleted()
        devices = {device.volume_id: device.device_name for device in server.devices}
        data = next(volume for volume in cloud.volume.volumes if volume.description.startswith("datastore"))
        status = states.status(server.vm_state, server.task_state)
        groups = [group for group in cloud.network.security_groups if group.id not in cloud.seeded]
        own = {group.id for group in groups if not group.is_default}
        return State(
            parts={
                "server": (server.id, server.name, status, server.task_state, server.metadata),
                "volume": {
                    each.id: (
                        each.status,
                        [one.server_id for one in each.attached],
                        devices.get(each.id),
                        each.metadata,
                    )
                    for each in cloud.volume.volumes
                },
                "port": sorted(port.id for port in cloud.network.ports if port.id not in cloud.seeded),
                "security group": sorted(
                    (
                        rule.direction,
                        rule.ethertype,
                        str(rule.protocol),
                        str(rule.port_range_min),
                        rule.remote_ip_prefix,
                    )
                    for rule in cloud.network.rules
                    if rule.security_group_id in own
                ),
                "floating IP": [(each.port_id, each.project_id) for each in cloud.network.floating_ips],
                "DNS record": [each.name for each in cloud.dns.recordsets if not each.managed],
                "server group": [each.name for each in cloud.compute.server_groups],
            },
            flavor=server.flavor.name,
            size=data.size,
            host=str(server.host),
        )


def kinds_of(leftovers: Iterable[Leftover]) -> set[str]:
    """Return the kinds of leftovers as a state names them: it does not tell roles of volumes and ports apart."""
    return {
        title.split()[-1] if title.endswith(("volume", "port")) else title
        for title in (str(each.kind) for each in leftovers)
    }


def actions_of(bench: FaultBench) -> Counter[str]:
    """Return how often each action was carried out on the server."""
    (server,) = bench.cloud.compute.undeleted()
    return Counter(action.action for action in server.actions)


def check_every_change_is_reported(bench: FaultBench, before: State, run: Run) -> None:
    """Fail if a resource is neither unchanged, nor announced, nor reported as a leftover, or if data was lost."""
    after = state_of(bench)
    assert after.differs(before, run) <= kinds_of(run.leftovers), (after, before, run.leftovers)
    assert after.parts["volume"].keys() == before.parts["volume"].keys()
    assert after.size >= before.size
