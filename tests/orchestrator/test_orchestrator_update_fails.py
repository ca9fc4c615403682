"""A resource fails during an update: everything is as before, and the operation succeeds when it is repeated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import OPERATIONS, extend, guest, let_in, migrate, resize

from trove_lab.conformance import GuestSaysNoError
from trove_resources.errors import InvalidSpecError, ResourceFailedError, ResourcesError
from trove_resources.kinds import ResourceKind

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

EELS = "full of eels"
NEUTRON = {"status": 400, "times": None, "body": {"NeutronError": {"type": "Eels", "message": EELS, "detail": ""}}}
NOVA = {"status": 400, "times": None, "body": {"badRequest": {"code": 400, "message": EELS}}}


@dataclass(frozen=True, slots=True)
class Failing:
    """A fault in a request that an operation needs."""

    operation: str
    where: str
    says: str
    """A regular expression that the error matches."""
    fault: str = "status"
    more: dict[str, Any] = field(default_factory=lambda: {"times": None})


FAILING = {
    "new rules": Failing("rules", "network POST /security-group-rules", f"security group.*{EELS}", more=NEUTRON),
    "old rules": Failing(
        "rules", "network DELETE /security-group-rules/*", f"security group.*{EELS}", more={**NEUTRON, "times": 1}
    ),
    "size refused": Failing(
        "extend", "volume POST /volumes/*/action", f"data volume.*{EELS}", more={**NOVA, "contains": "os-extend"}
    ),
    "flavor refused": Failing(
        "resize", "compute POST /servers/*/action", f"server.*{EELS}", more={**NOVA, "contains": '"resize"'}
    ),
    "migration refused": Failing(
        "migrate", "compute POST /servers/*/action", EELS, more={**NOVA, "contains": '"migrate"'}
    ),
    "reboot refused": Failing("reboot", "compute POST /servers/*/action", EELS, more={**NOVA, "contains": '"reboot"'}),
    "rebuild refused": Failing(
        "rebuild", "compute POST /servers/*/action", EELS, more={**NOVA, "contains": '"rebuild"'}
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_the_failed_resource_is_named_and_everything_is_as_before(instance: HeatBench, name: str) -> None:
    failing, before = FAILING[name], instance.picture()
    instance.fault(failing.fault, failing.where, **failing.more)
    run = instance.attempt(OPERATIONS[failing.operation](instance))
    assert isinstance(run.error, ResourcesError), run.error
    assert re.search(failing.says, str(run.error)), run.error
    assert not run.leftovers
    assert run.announced == []
    assert instance.picture() == before
    instance.check_well()


def test_a_floating_ip_that_cannot_be_created_leaves_everything_as_before(instance: HeatBench) -> None:
    assert instance.attempt(OPERATIONS["private"](instance)).error is None
    before = instance.picture()
    instance.fault("status", "network POST /floatingips", **NEUTRON)
    run = instance.attempt(OPERATIONS["public"](instance))
    assert isinstance(run.error, ResourceFailedError)
    assert (run.error.kind, run.leftovers) == (ResourceKind.FLOATING_IP, [])
    assert instance.picture() == before
    assert EELS in run.error.fault
    instance.heal()
    assert instance.attempt(OPERATIONS["public"](instance)).error is None
    instance.check_well()


def test_a_floating_ip_that_cannot_be_deleted_is_deleted_by_the_next_operation(bench: HeatBench) -> None:
    kind, held = ResourceKind.FLOATING_IP, "floating_ips"
    assert bench.provision().error is None
    ids, before = bench.ids(), bench.held()
    bench.fault("status", "network DELETE /floatingips/*", **NEUTRON)
    run = bench.attempt(OPERATIONS["private"](bench))
    assert isinstance(run.error, ResourceFailedError), run.error
    assert (run.error.kind, run.error.resource_id) == (kind, before[held][0]["id"])
    assert EELS in run.error.fault
    assert bench.held()[held] == before[held]
    again = bench.attempt(OPERATIONS["public"](bench))
    assert re.search(f"{kind} .*{EELS}.*try again", str(again.error), re.DOTALL), again.error
    bench.heal()
    assert bench.attempt(OPERATIONS["public"](bench)).error is None
    (made,) = bench.held()[held]
    assert made["id"] != before[held][0]["id"]
    assert bench.ids() == ids
    bench.check_well()


def test_a_floating_ip_that_could_not_be_deleted_is_deleted_with_the_instance(bench: HeatBench) -> None:
    assert bench.provision().error is None
    bench.fault("status", "network DELETE /floatingips/*", **NEUTRON)
    assert bench.attempt(OPERATIONS["private"](bench)).error is not None
    bench.heal()
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_flavor_that_fits_no_host_leaves_the_server_as_before(instance: HeatBench) -> None:
    before = instance.picture()
    run = instance.attempt(resize(instance, flavor_id=instance.site.huge_flavor_id))
    assert isinstance(run.error, ResourceFailedError)
    assert run.error.kind is ResourceKind.SERVER
    assert "No valid host" in run.error.fault
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda bench: resize(bench, verify=guest("resize_flavor/guest/verify", fails=True)), id="resize"),
        pytest.param(lambda bench: migrate(bench, verify=guest("migrate/guest/verify", fails=True)), id="migrate"),
    ],
)
def test_a_server_with_an_unhealthy_guest_is_moved_back(instance: HeatBench, ask: Callable[[HeatBench], Any]) -> None:
    before = instance.picture()
    run = instance.attempt(ask(instance))
    assert isinstance(run.error, GuestSaysNoError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


def test_a_migration_that_was_reverted_fails_at_once_when_its_task_runs_again(instance: HeatBench) -> None:
    before, owner = instance.picture(), instance.example.next_task().owner
    for verify in (guest("migrate/guest/verify", fails=True), guest("migrate/guest/verify")):
        run = instance.driver.attempt(migrate(instance, verify=verify), owner)
    assert isinstance(run.error, ResourceFailedError), run.error
    assert run.error.status == "REVERTED"
    assert instance.picture() == before
    instance.check_well()


def test_a_volume_whose_extension_fails_keeps_its_size_and_is_extended_once_an_operator_has_repaired_it(
    bench: HeatBench,
) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    bench.fault("error_later", "volume POST /volumes/*/action", contains="os-extend")
    run = bench.attempt(extend(bench))
    assert isinstance(run.error, ResourceFailedError)
    assert run.error.kind is ResourceKind.DATA_VOLUME
    assert "error_extending" in str(run.error)
    (left,) = run.leftovers
    assert re.search("data volume .*error_extending.*repair that resource by hand", left.reason)
    assert bench.template["resources"]["data_volume"]["properties"]["size"] == 1
    again = bench.attempt(extend(bench))
    assert "error_extending" in str(again.error)
    with bench.touching() as cloud:
        (volume,) = ids["volumes"]
        cloud.volume.volumes.get(volume).status = "in-use"
    assert bench.attempt(extend(bench)).error is None
    assert bench.held()["volumes"][0]["size"] == 3
    assert bench.ids() == ids
    bench.check_well()


def test_a_server_in_error_after_the_resize_is_started_again_on_its_old_flavor(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids, flavor = bench.ids(), bench.flavor
    bench.fault("error_later", "compute POST /servers/*/action", contains='"resize"')
    run = bench.attempt(resize(bench))
    assert isinstance(run.error, ResourceFailedError)
    assert (run.error.kind, run.leftovers) == (ResourceKind.SERVER, [])
    assert "ERROR" in run.error.fault
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    bench.check_well()
    assert bench.attempt(resize(bench)).error is None
    assert (bench.flavor, bench.ids()) == (bench.site.other_flavor_id, ids)
    bench.check_well()


def test_invalid_arguments_are_refused_and_heat_is_not_asked_to_change_anything(instance: HeatBench) -> None:
    before, changed = instance.picture(), instance.stack
    run = instance.attempt(extend(instance, 0))
    assert isinstance(run.error, InvalidSpecError)
    instance.configure(public_network_id=None)
    run = instance.attempt(let_in(instance, ("10.0.0.0/8",), (), public=True))
    assert isinstance(run.error, InvalidSpecError)
    assert not run.leftovers
    assert (instance.picture(), instance.stack) == (before, changed)
