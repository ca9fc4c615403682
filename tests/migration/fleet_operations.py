"""The operations of the contract on an existing instance, each with a check of its result."""

from collections.abc import Callable, Mapping
from typing import Final

from fleet_kit import Fleet, Member
from taskflow.flow import Flow

from trove_lab.conformance import GuestStep
from trove_lab.conformance.update_access import OFFICE, rules_of
from trove_resources.contract import GuestHooks
from trove_resources.errors import CloudError
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec

SIZE = 2
"""The size, in GiB, to which the data volume is extended."""
USER_DATA = "#cloud-config\nfqdn: again\n"

Operation = Callable[[Fleet, Member], None]
"""Runs an operation and checks its result. Raises CloudError when a service rejects it."""


def _run(fleet: Fleet, member: Member, flow: Flow) -> None:
    run = fleet.run(member, flow)
    if run.error is not None:
        raise run.error
    assert not run.leftovers


def resize_flavor(fleet: Fleet, member: Member) -> None:
    """Resize to the larger flavor."""
    flavors = fleet.flavors
    larger = FlavorSpec(id=fleet.site.other_flavor_id, name=flavors[fleet.site.other_flavor_id])
    verify = GuestStep("resize_flavor/guest/verify")
    _run(fleet, member, fleet.manager.resize_flavor(member.ref, larger, verify.flow))
    assert len(verify.seen) == 1
    assert [server.flavor for server in fleet.observe(member).servers] == [larger.name]


def resize_volume(fleet: Fleet, member: Member) -> None:
    """Extend the data volume."""
    before, after = (GuestStep(f"resize_volume/guest/{when}", requires=["on_line"]) for when in ("before", "after"))
    around = GuestHooks(before=before.flow, after=after.flow)
    _run(fleet, member, fleet.manager.resize_volume(member.ref, SIZE, around))
    assert [(volume.size, volume.status) for volume in fleet.observe(member).volumes] == [(SIZE, "in-use")]
    assert len(after.seen) == 1


def update_access(fleet: Fleet, member: Member) -> None:
    """Admit other clients, and add a floating IP."""
    access = AccessSpec(public=True, cidrs=(OFFICE,), former_cidrs=member.allowed)
    _run(fleet, member, fleet.manager.update_access(member.ref, access))
    member.allowed = (OFFICE,)
    held = fleet.observe(member)
    assert rules_of(held) == {("tcp", 3306, 3306, OFFICE)}
    assert len(held.floating_ips) == 1


def reboot(fleet: Fleet, member: Member) -> None:
    """Reboot the server."""
    before = fleet.actions(member).count("reboot")
    _run(fleet, member, fleet.manager.reboot(member.ref))
    assert fleet.actions(member).count("reboot") == before + 1


def rebuild(fleet: Fleet, member: Member) -> None:
    """Rebuild the server with its image and other user data."""
    spec = RebuildSpec(image_id=fleet.site.image_id, user_data=lambda _nic: USER_DATA)
    _run(fleet, member, fleet.manager.rebuild(member.ref, spec))
    assert fleet.actions(member).count("rebuild") == 1
    assert [server.status for server in fleet.observe(member).servers] == ["ACTIVE"]


def migrate(fleet: Fleet, member: Member) -> None:
    """Migrate the server to another host."""
    (before,) = fleet.observe(member).servers
    verify = GuestStep("migrate/guest/verify")
    _run(fleet, member, fleet.manager.migrate(member.ref, None, verify.flow))
    (after,) = fleet.observe(member).servers
    assert after.host != before.host
    assert (after.id, len(verify.seen)) == (before.id, 1)


OPERATIONS: Final[Mapping[str, Operation]] = {
    each.__name__: each
    for each in (
        *(resize_flavor, reboot, update_access),
        *(resize_volume, rebuild, migrate),
    )
}
"""The operations, by name."""


def error_of(operation: Operation, fleet: Fleet, member: Member) -> str:
    """Return the error of a rejected operation, or an empty string if it succeeds."""
    try:
        operation(fleet, member)
    except CloudError as error:
        return str(error)
    return ""
