"""The operations of the contract on an instance that is there, each with what is so afterwards."""

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
"""GiB the data volume grows to."""
USER_DATA = "#cloud-config\nfqdn: again\n"

Operation = Callable[[Fleet, Member], None]
"""Runs one, and fails unless it did what it should. Raises CloudError when the cloud refuses it."""


def _run(fleet: Fleet, member: Member, flow: Flow) -> None:
    run = fleet.run(member, flow)
    if run.error is not None:
        raise run.error
    assert not run.leftovers


def resize_flavor(fleet: Fleet, member: Member) -> None:
    """To the larger flavor."""
    flavors = fleet.flavors
    larger = FlavorSpec(id=fleet.site.other_flavor_id, name=flavors[fleet.site.other_flavor_id])
    verify = GuestStep("resize_flavor/guest/verify")
    _run(fleet, member, fleet.manager.resize_flavor(member.ref, larger, verify.flow))
    assert len(verify.seen) == 1
    assert [server.flavor for server in fleet.observe(member).servers] == [larger.name]


def resize_volume(fleet: Fleet, member: Member) -> None:
    """To a larger data volume."""
    before, after = (GuestStep(f"resize_volume/guest/{when}", requires=["on_line"]) for when in ("before", "after"))
    around = GuestHooks(before=before.flow, after=after.flow)
    _run(fleet, member, fleet.manager.resize_volume(member.ref, SIZE, around))
    assert [(volume.size, volume.status) for volume in fleet.observe(member).volumes] == [(SIZE, "in-use")]
    assert len(after.seen) == 1


def update_access(fleet: Fleet, member: Member) -> None:
    """Somebody else is let in, and there is a floating IP."""
    access = AccessSpec(public=True, cidrs=(OFFICE,), former_cidrs=member.allowed)
    _run(fleet, member, fleet.manager.update_access(member.ref, access))
    member.allowed = (OFFICE,)
    held = fleet.observe(member)
    assert rules_of(held) == {("tcp", 3306, 3306, OFFICE)}
    assert len(held.floating_ips) == 1


def reboot(fleet: Fleet, member: Member) -> None:
    """The server once more."""
    before = fleet.actions(member).count("reboot")
    _run(fleet, member, fleet.manager.reboot(member.ref))
    assert fleet.actions(member).count("reboot") == before + 1


def rebuild(fleet: Fleet, member: Member) -> None:
    """The server on its image, with other user data."""
    spec = RebuildSpec(image_id=fleet.site.image_id, user_data=lambda _nic: USER_DATA)
    _run(fleet, member, fleet.manager.rebuild(member.ref, spec))
    assert fleet.actions(member).count("rebuild") == 1
    assert [server.status for server in fleet.observe(member).servers] == ["ACTIVE"]


def migrate(fleet: Fleet, member: Member) -> None:
    """The server on another host."""
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
"""By name."""


def error_of(operation: Operation, fleet: Fleet, member: Member) -> str:
    """Return what the cloud's refusal of an operation says; empty when it went well."""
    try:
        operation(fleet, member)
    except CloudError as error:
        return str(error)
    return ""
