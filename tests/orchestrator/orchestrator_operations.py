"""The operations on an existing instance, as tests run them: with a healthy guest, or a failing one."""

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
"""The size in GiB that the data volume is extended to."""

Ask = Callable[[HeatBench], Flow]
"""Returns the manager's flow of an operation."""


def guest(name: str, *, fails: bool = False) -> Flow:
    """Return the guest's flow: it does nothing, or fails."""
    return GuestStep(name, fails=fails).flow


def resize(bench: HeatBench, *, verify: Flow | None = None, flavor_id: str | None = None) -> Flow:
    """Return the flow to a flavor: by default, the one of the site's two flavors that the server does not have."""
    site = bench.site
    id_ = flavor_id or (site.flavor_id if bench.flavor == site.other_flavor_id else site.other_flavor_id)
    with bench.touching() as cloud:
        names = {each.id: each.name for each in cloud.compute.flavors}
    return bench.manager.resize_flavor(
        bench.ref, FlavorSpec(id=id_, name=names[id_]), verify or guest("resize_flavor/guest/verify")
    )


def extend(bench: HeatBench, size: int = SIZE) -> Flow:
    """Return the flow to another size of the data volume."""
    hooks = GuestHooks(before=guest("resize_volume/guest/before"), after=guest("resize_volume/guest/after"))
    return bench.manager.resize_volume(bench.ref, size, hooks)


def migrate(bench: HeatBench, *, verify: Flow | None = None) -> Flow:
    """Return the flow to another host."""
    return bench.manager.migrate(bench.ref, None, verify or guest("migrate/guest/verify"))


def let_in(bench: HeatBench, cidrs: tuple[str, ...], former: tuple[str, ...], *, public: bool | None = None) -> Flow:
    """Return the flow that changes the rules, and adds or removes the floating IP."""
    return bench.manager.update_access(bench.ref, AccessSpec(public=public, cidrs=cidrs, former_cidrs=former))


def rebuild(bench: HeatBench) -> Flow:
    """Return the flow that rebuilds the server from the same image, with other user data."""
    spec = RebuildSpec(
        image_id=bench.site.image_id, user_data=lambda nic: f"{user_data(nic)}package_update: true\n", isolated=True
    )
    return bench.manager.rebuild(bench.ref, spec)


OPERATIONS: Final[Mapping[str, Ask]] = {
    "resize": resize,
    "extend": lambda bench: extend(bench, bench.size + 2),
    "rules": lambda bench: let_in(bench, OTHERS, FORMER),
    "private": lambda bench: bench.manager.update_access(bench.ref, AccessSpec(public=False)),
    "public": lambda bench: bench.manager.update_access(bench.ref, AccessSpec(public=True)),
    "reboot": lambda bench: bench.manager.reboot(bench.ref),
    "rebuild": rebuild,
    "migrate": migrate,
}
