"""Choosing a host for a server."""

from collections.abc import Iterable

from trove_lab.cloud.compute.state import Flavor, Host, Server, ServerGroup, State


class NoValidHostError(Exception):
    """No host can take the server. The text is Nova's.

    It ends with a space when Placement finds no host with enough room, and says that there are not enough hosts when
    filters removed all candidates (exchanges with Nova 34.0.0).
    """


def choose(
    state: State,
    server: Server,
    flavor: Flavor,
    *,
    only: str | None = None,
    not_on: str | None = None,
) -> Host:
    """Return the host for a server with a flavor: of the suitable hosts, the one with the most free memory.

    ``only`` is the requested host, ``not_on`` an excluded one. Raise NoValidHostError.
    """
    roomy = [host for host in state.hosts if _has_room(state, host, flavor) and only in (None, host.name)]
    zone = server.pinned_availability_zone
    roomy = [host for host in roomy if zone in (None, host.availability_zone)]
    if not roomy:
        raise NoValidHostError("No valid host was found. ")
    group = state.group_of(server)
    fit = [host for host in roomy if host.name != not_on and _group_allows(state, host, server, group)]
    if not fit:
        raise NoValidHostError("No valid host was found. There are not enough hosts available.")
    return min(fit, key=lambda host: (_penalty(state, host, server, group), -_free(state, host)["ram"]))


def used(state: State, host: Host) -> dict[str, int]:
    """Return what the servers on a host use: ``vcpus``, ``ram``, ``disk``. A resize counts on both of its hosts."""
    flavors = list(_flavors_on(state, host))
    return {name: sum(getattr(flavor, name) for flavor in flavors) for name in ("vcpus", "ram", "disk")}


def _flavors_on(state: State, host: Host) -> Iterable[Flavor]:
    for server in state.undeleted():
        move = server.migration
        if move is None and server.host == host.name:
            yield server.flavor
        if move and move.source == host.name:
            yield move.old_flavor
        if move and move.target == host.name:
            yield move.new_flavor


def _free(state: State, host: Host) -> dict[str, int]:
    return {name: getattr(host, name) - taken for name, taken in used(state, host).items()}


def _has_room(state: State, host: Host, flavor: Flavor) -> bool:
    return all(getattr(flavor, name) <= free for name, free in _free(state, host).items())


def _others(state: State, server: Server, group: ServerGroup) -> list[str]:
    """Return the hosts of the other members of a group, each as often as it has members."""
    members = (state.servers.get(each) for each in group.members if each != server.id)
    return [member.host for member in members if member and member.host and member.deleted_at is None]


def _group_allows(state: State, host: Host, server: Server, group: ServerGroup | None) -> bool:
    if group is None:
        return True
    others = _others(state, server, group)
    if group.policy == "affinity":
        return not others or host.name in others
    if group.policy == "anti-affinity":
        return others.count(host.name) < group.rules.get("max_server_per_host", 1)
    return True


def _penalty(state: State, host: Host, server: Server, group: ServerGroup | None) -> int:
    """Return the penalty that a soft policy gives the host. Lower is better."""
    if group is None or not group.policy.startswith("soft-"):
        return 0
    there = _others(state, server, group).count(host.name)
    return there if group.policy == "soft-anti-affinity" else -there
