"""Operations after the settings have changed, or what an instance was created from has been deleted."""

import re
from dataclasses import replace

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import OPERATIONS, SIZE, guest, resize

from trove_lab.conformance import minicloud
from trove_resources.clouds import Orchestration
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.contract import GuestHooks
from trove_resources.errors import OperationIsNotSupported
from trove_resources.orchestrator.guard import differences

pytestmark = [pytest.mark.mini_only("looks into the cloud"), pytest.mark.xdist_group("orchestrator")]

SERVER = ("resources", "server", "properties")
NOBODY = "00000000-0000-0000-0000-000000000000"
ABOUT = {
    "resize": {(*SERVER, "flavor"), (*SERVER, "resize_timeout")},
    "extend": {("resources", "data_volume", "properties", "size")},
    "rules": {("resources", "security_group", "properties", "rules")},
    "private": {("resources", "floating_ip"), ("outputs", "floating_address")},
    "reboot": set(),
    "migrate": set(),
}
"""The paths at which an operation changes the template."""
SEEN = {
    "resize": {"flavor", "servers"},
    "extend": {"volumes"},
    "rules": {"security_group_rules"},
    "private": {"floating_ips"},
    "reboot": set(),
    "migrate": {"servers"},
}
"""The kinds of resources that an operation changes."""


@pytest.mark.parametrize("operation", ABOUT)
def test_after_all_settings_have_changed_an_operation_changes_only_its_own_field(
    instance: HeatBench, operation: str
) -> None:
    before, ids = instance.picture(), instance.ids()
    instance.configure(
        public_network_id=NOBODY,
        security_group_prefix="another",
        require_router=False,
        server_seconds=41,
        volume_seconds=21,
        delete_seconds=42,
        move_seconds=43,
        revert_seconds=44,
        verify_seconds=61,
    )
    assert instance.attempt(OPERATIONS[operation](instance)).error is None
    after = instance.picture()
    assert set(differences(before.pop("template"), after.pop("template"))) == ABOUT[operation]
    assert {kind for kind in {*before, *after} if before.get(kind) != after.get(kind)} == SEEN[operation]
    assert instance.ids() == ids
    instance.check_well()


def created_from_what_is_deleted(bench: HeatBench) -> None:
    """Create an instance from a snapshot and a key, and delete both."""
    nova, cinder = bench.site.service.compute, bench.site.service.block_storage
    nova.create_keypair(name=bench.name, public_key="ssh-rsa AAAA key")
    source = cinder.create_volume(size=1)
    bench.until(lambda: cinder.get_volume(source.id).status == "available")
    snapshot = cinder.create_snapshot(volume_id=source.id)
    bench.until(lambda: cinder.get_snapshot(snapshot.id).status == "available")
    example = bench.example
    server = example.server(key_name=bench.name)
    spec = example.spec(server=server, data_volume=example.data_volume(snapshot_id=snapshot.id))
    run = bench.provision(spec)
    cinder.delete_snapshot(snapshot.id)
    cinder.wait_for_delete(snapshot, interval=0.1)
    cinder.delete_volume(source.id)
    nova.delete_keypair(bench.name)
    bench.until(lambda: len(bench.held()["volumes"]) == 1)
    assert run.error is None, run.error


def test_a_stack_stays_updatable_when_what_it_was_created_from_is_deleted(bench: HeatBench) -> None:
    created_from_what_is_deleted(bench)
    ids = bench.ids()
    with bench.touching() as cloud:
        image = cloud.image.images.get(bench.site.image_id)
        flavor = cloud.compute.flavors.get(bench.site.flavor_id)
        cloud.image.images.remove(image.id)
        cloud.compute.flavors.remove(flavor.id)
    try:
        for operation in ("extend", "rules", "resize", "reboot"):
            run = bench.attempt(OPERATIONS[operation](bench))
            assert run.error is None, (operation, run.error)
    finally:
        with bench.touching() as cloud:
            cloud.image.images.add(image)
            cloud.compute.flavors.add(flavor)
    assert bench.ids() == ids
    assert (bench.flavor, bench.held()["volumes"][0]["size"]) == (bench.site.other_flavor_id, SIZE)
    bench.check_well()


class StockHeat(Orchestration):
    """A Heat without the types of our plug-in."""

    def has_type(self, name: str) -> bool:
        """Return whether it is one of Heat's own."""
        return name.startswith("OS::")


@pytest.fixture
def stock(bench: HeatBench) -> HeatBench:
    """Return an instance whose stack is created with Heat's own types."""
    session = minicloud.session_of(bench.heat_cloud)
    heat = StockHeat(Service(session, Endpoint(service_type="orchestration"), name="Heat"))
    bench.clouds = replace(bench.clouds, orchestration=heat)
    return bench


def test_with_heats_own_types_what_was_deleted_is_named_and_the_instance_is_unchanged(stock: HeatBench) -> None:
    created_from_what_is_deleted(stock)
    ids = stock.ids()
    run = stock.attempt(OPERATIONS["rules"](stock))
    assert re.search("(VolumeSnapshot|Key).* could not be found", str(run.error)), run.error
    assert stock.ids() == ids
    hooks = GuestHooks(before=guest("resize_volume/guest/before"), after=guest("resize_volume/guest/after"))
    run = stock.attempt(stock.manager.resize_volume(stock.ref, SIZE, hooks))
    assert run.error is not None
    assert [each["size"] for each in stock.held()["volumes"]] == [1]
    assert stock.ids() == ids


def test_with_heats_own_types_a_server_is_resized_and_reverted_and_signals_are_refused(stock: HeatBench) -> None:
    assert stock.provision(stock.example.spec()).error is None
    ids, flavor = stock.ids(), stock.flavor
    run = stock.attempt(resize(stock, verify=guest("resize_flavor/guest/verify", fails=True)))
    assert run.error is not None
    assert (run.leftovers, stock.flavor, stock.ids()) == ([], flavor, ids)
    stock.check_well()
    for operation in ("reboot", "rebuild", "migrate"):
        with pytest.raises(OperationIsNotSupported):
            stock.manager.require_supported(operation, stock.ref)
        assert isinstance(stock.attempt(OPERATIONS[operation](stock)).error, OperationIsNotSupported)
