"""What a manager does not support is refused, not ignored. For managers that support only a part of the contract."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import MYSQL, Example
from trove_lab.conformance.guest import GuestStep
from trove_lab.conformance.needs import ALL_KINDS
from trove_lab.conformance.resize_volume import around, guest_steps
from trove_resources.contract import OPERATIONS, supported
from trove_resources.errors import InvalidSpecError, OperationIsNotSupported
from trove_resources.kinds import ResourceKind
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec

_CALLS: Final[Mapping[str, Callable[[Bench], object]]] = {
    "provision": lambda bench: bench.manager.provision(bench.example.spec()),
    "delete": lambda bench: bench.manager.delete(bench.ref),
    "resize_flavor": lambda bench: bench.manager.resize_flavor(
        bench.ref, FlavorSpec(id=bench.site.flavor_id, name="any"), GuestStep("resize_flavor/guest/verify").flow
    ),
    "resize_volume": lambda bench: bench.manager.resize_volume(bench.ref, 2, around(guest_steps(bench))),
    "update_access": lambda bench: bench.manager.update_access(bench.ref, AccessSpec(public=False)),
    "reboot": lambda bench: bench.manager.reboot(bench.ref),
    "rebuild": lambda bench: bench.manager.rebuild(
        bench.ref, RebuildSpec(image_id=bench.site.image_id, user_data=lambda _nic: "")
    ),
    "migrate": lambda bench: bench.manager.migrate(bench.ref, None, GuestStep("migrate/guest/verify").flow),
    "create_group": lambda bench: bench.manager.create_group(bench.ref, "affinity"),
    "delete_group": lambda bench: bench.manager.delete_group(bench.ref),
    "observe": lambda bench: bench.manager.observe(bench.ref),
}


def _parts(example: Example) -> Mapping[ResourceKind, dict[str, Any]]:
    """Return the field of a spec that asks for each kind of resource."""
    return {
        ResourceKind.ROOT_VOLUME: {"server": example.server(image_id=None), "root_volume": example.root_volume()},
        ResourceKind.DATA_VOLUME: {"data_volume": example.data_volume()},
        ResourceKind.USER_PORT: {"ports": (example.user_port(),)},
        ResourceKind.MANAGEMENT_PORT: {"ports": (example.management_port(),)},
        ResourceKind.FLOATING_IP: {"ports": (example.user_port(),), "public": True},
        ResourceKind.SECURITY_GROUP: {"security_group": example.security_group(MYSQL)},
        ResourceKind.DNS_RECORD: {"dns": True},
    }


class UnsupportedConformance(Conformance):
    """Whatever the manager does not support."""

    def test_the_manager_overrides_the_operations_that_it_supports_and_no_others(self, bench: Bench) -> None:
        assert supported(type(bench.manager)) == self.operations

    def test_other_operations_are_refused(self, bench: Bench) -> None:
        for operation in sorted(OPERATIONS.keys() - self.operations):
            with pytest.raises(OperationIsNotSupported) as refused:
                _CALLS[operation](bench)
            assert (refused.value.manager, refused.value.operation) == (bench.manager.name, operation)

    def test_a_spec_with_a_resource_that_the_manager_does_not_create_is_refused(self, bench: Bench) -> None:
        example = replace(bench.example, creates=ALL_KINDS)
        for kind in sorted(ALL_KINDS - self.creates, key=str):
            spec = example.spec(**{"ports": (), "security_group": None, "data_volume": None, **_parts(example)[kind]})
            with pytest.raises(InvalidSpecError):
                bench.provision(spec)
            assert bench.observe().is_empty, kind
