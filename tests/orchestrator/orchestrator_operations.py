"""The operations on an instance that is there, as a test runs them: with a guest that is well, or not."""

from collections.abc import Callable, Mapping
from typing import Final

from orchestrator_kit import HeatBench, user_data
from taskflow.flow import Flow

from trove_lab.conformance import GuestStep
from trove_resources.contract import GuestHooks
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec

FORMER = ("0.0.0.0/0", "::/0")
OTHERS = ("198.51.100.0/24", "2001:db8::/32")
SIZE = 3
"""GiB the data volume grows to."""


Ask = Callable[[HeatBench], Flow]
"""Asks the manager for a flow."""


def guest(name: str, *, fails: bool = False) -> Flow:
    """Return the guest's part: nothing, or a failure."""
    return GuestStep(name, fails=fails).flow


def resize(bench: HeatBench, *, verify: Flow | None = None, flavor_id: str | None = None) -> Flow:
    """Return the flow to a flavor: of two that go, the one it does not have."""
    site = bench.site
    id_ = flavor_id or (site.flavor_id if bench.flavor == site.other_flavor_id else site.other_flavor_id)
    with bench.touching() as cloud:
        names = {each.id: each.name for each in cloud.compute.flavors}
    return bench.manager.resize_flavor(
        bench.ref, FlavorSpec(id=id_, name=names[id_]), verify or guest("resize_flavor/guest/verify")
    )


def grow(bench: HeatBench, size: int = SIZE) -> Flow:
    """Return the flow to another size of the data volume."""
    around = GuestHooks(before=guest("resize_volume/guest/before"), after=guest("resize_volume/guest/after"))
    return bench.manager.resize_volume(bench.ref, size, around)


def migrate(bench: HeatBench, *, verify: Flow | None = None) -> Flow:
    """Return the flow to another host."""
    return bench.manager.migrate(bench.ref, None, verify or guest("migrate/guest/verify"))


def let_in(bench: HeatBench, cidrs: tuple[str, ...], former: tuple[str, ...], *, public: bool | None = None) -> Flow:
    """Return the flow to other rules, and with or without a floating IP."""
    return bench.manager.update_access(bench.ref, AccessSpec(public=public, cidrs=cidrs, former_cidrs=former))


def rebuild(bench: HeatBench) -> Flow:
    """Return the flow to the same image, with other user data."""
    spec = RebuildSpec(
        image_id=bench.site.image_id, user_data=lambda nic: f"{user_data(nic)}package_update: true\n", isolated=True
    )
    return bench.manager.rebuild(bench.ref, spec)


OPERATIONS: Final[Mapping[str, Ask]] = {
    "resize": resize,
    "grow": lambda bench: grow(bench, bench.size + 2),
    "rules": lambda bench: let_in(bench, OTHERS, FORMER),
    "private": lambda bench: bench.manager.update_access(bench.ref, AccessSpec(public=False)),
    "public": lambda bench: bench.manager.update_access(bench.ref, AccessSpec(public=True)),
    "reboot": lambda bench: bench.manager.reboot(bench.ref),
    "rebuild": rebuild,
    "migrate": migrate,
    "no record": lambda bench: bench.manager.delete_dns_record(bench.ref),
    "record": lambda bench: bench.manager.create_dns_record(bench.ref, "10.0.0.7"),
}
