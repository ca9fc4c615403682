"""Operations on a stack that failed, is in progress or was changed by hand, or that lost a resource."""

import re
from collections.abc import Callable

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import FORMER, OPERATIONS, OTHERS, SIZE, extend, let_in, rebuild, resize

from trove_resources.errors import ResourceFailedError, ResourcesError
from trove_resources.orchestrator.guard import differences
from trove_resources.orchestrator.template import change

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

REFUSED = {"status": 400, "body": {"badRequest": {"code": 400, "message": "full of eels"}}}
NO_RULE = {"status": 400, "body": {"NeutronError": {"type": "Eels", "message": "full of eels", "detail": ""}}}
RULE = {"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp", "remote_ip_prefix": "192.0.2.0/24"}


def update_failed(bench: HeatBench) -> None:
    """Leave an update that failed half-way: the template has a flavor that the server does not have."""
    bench.fault("status", "compute POST /servers/*/action", contains='"resize"', **REFUSED)
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 60)
    assert bench.change(template) == "UPDATE_FAILED"


def rollback_failed(bench: HeatBench) -> None:
    """Leave an update whose rollback failed as well."""
    template = bench.template
    template["resources"]["security_group"]["properties"]["description"] = "another"
    template["resources"]["user_port"]["properties"]["name"] = "another"
    bench.fault("status", "network PUT /ports/*", times=None, **NO_RULE)
    bench.fault("status", "network PUT /security-groups/*", skip=1, times=None, **NO_RULE)
    assert bench.change(template, rollback=True) == "ROLLBACK_FAILED"


def check_failed(bench: HeatBench) -> None:
    """Leave a check that failed."""
    bench.fault("status", "compute GET /servers/*", status=404)
    bench.site.service.orchestration.post(f"{bench.stack_ref.path}/actions", json={"check": None})
    bench.until(lambda: bench.status == "CHECK_FAILED")


def extension_abandoned(bench: HeatBench) -> None:
    """Leave a volume that was extended, and a stack with the old size."""
    former = bench.template
    assert bench.change(change.with_size(former, SIZE)) == "UPDATE_COMPLETE"
    assert bench.change(former) == "UPDATE_FAILED"


@pytest.mark.parametrize("leave", [update_failed, rollback_failed, check_failed, extension_abandoned])
def test_a_failed_stack_is_recovered_first(bench: HeatBench, leave: Callable[[HeatBench], None]) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    leave(bench)
    bench.heal()
    run = bench.attempt(extend(bench))
    assert run.announced == [("volume_size", str(SIZE))], run.error
    assert bench.ids() == ids
    bench.check_well()


def test_a_stack_that_cannot_be_recovered_is_refused_with_what_to_do(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    rollback_failed(bench)
    run = bench.attempt(extend(bench))
    assert isinstance(run.error, ResourceFailedError), run.error
    says = "UPDATE_FAILED: .*eels.*repair that resource by hand, and try again"
    assert re.search(says, str(run.error), re.DOTALL)
    assert bench.ids() == ids
    assert [each["size"] for each in bench.held()["volumes"]] == [1]


def test_a_stack_in_progress_is_left_alone_with_what_to_do(instance: HeatBench) -> None:
    former = instance.template
    instance.slow(server_resize=3)
    template = change.with_flavor(former, instance.site.other_flavor_id, 60)
    instance.heat.patch(instance.stack_ref, minutes=5, rollback=True, template=template)
    run = instance.attempt(extend(instance))
    assert isinstance(run.error, ResourceFailedError), run.error
    assert f"openstack stack cancel {instance.name}" in run.error.fault
    assert (instance.status, run.leftovers) == ("UPDATE_IN_PROGRESS", [])
    instance.heat.cancel(instance.stack_ref, rollback=True)
    instance.until(lambda: instance.status == "ROLLBACK_COMPLETE")
    assert instance.template == former
    instance.check_well()


def test_a_missing_stack_is_reported_and_the_instance_can_be_deleted(bench: HeatBench) -> None:
    bench.provision(bench.example.bare_spec())
    flows = [resize(bench), OPERATIONS["reboot"](bench)]
    bench.heat.delete(bench.stack_ref)
    bench.until(lambda: bench.status == "gone")
    for flow in flows:
        assert re.search("stack .* is not found: it was deleted; delete the instance", str(bench.attempt(flow).error))
    assert bench.delete().error is None


def lose_server(bench: HeatBench) -> None:
    """Delete the server without Heat."""
    nova, (server,) = bench.site.service.compute, bench.ids()["servers"]
    nova.delete_server(server)
    bench.until(lambda: not bench.held().get("servers"))


def lose_port(bench: HeatBench) -> None:
    """Delete the user port, which a tenant can do."""
    (port,) = [row["id"] for row in bench.held()["ports"] if row["description"].startswith("User")]
    bench.site.service.network.delete_port(port)


def lose_group(bench: HeatBench) -> None:
    """Delete the security group."""
    (group,) = bench.held()["security_groups"]
    with bench.touching() as cloud:
        cloud.network.security_groups.remove(group["id"])
        for rule in cloud.network.rules.where(security_group_id=group["id"]):
            cloud.network.rules.remove(rule.id)
        for port in cloud.network.ports:
            port.security_group_ids = [each for each in port.security_group_ids if each != group["id"]]


def lose_volume(bench: HeatBench) -> None:
    """Delete the data volume."""
    lose_attachment(bench)
    (volume,) = bench.ids()["volumes"]
    bench.site.service.block_storage.delete_volume(volume)


def lose_attachment(bench: HeatBench) -> None:
    """Detach the data volume from the server."""
    (server,), (volume,) = bench.ids()["servers"], bench.ids()["volumes"]
    bench.site.service.compute.delete(f"/servers/{server}/os-volume_attachments/{volume}")
    bench.until(lambda: bench.held()["volumes"][0]["status"] == "available")


@pytest.mark.parametrize(
    ("lose", "ask", "says"),
    [
        pytest.param(lose_server, resize, "server .*(could not be found|is not found)", id="server, resize"),
        pytest.param(lose_server, OPERATIONS["reboot"], "Server .*could not be found", id="server, reboot"),
        pytest.param(lose_volume, extend, "data volume .*could not be found", id="volume"),
        pytest.param(lose_port, rebuild, "user port .* is not found: it was deleted", id="port"),
        pytest.param(
            lose_group, lambda bench: let_in(bench, OTHERS, FORMER), "security group .* is not found", id="group"
        ),
    ],
)
def test_a_missing_resource_is_named_and_the_instance_can_be_deleted(
    bench: HeatBench, lose: Callable[[HeatBench], None], ask: Callable[[HeatBench], object], says: str
) -> None:
    bench.provision(bench.example.spec())
    before = bench.ids()
    lose(bench)
    left = bench.ids()
    run = bench.attempt(ask(bench))
    assert isinstance(run.error, ResourcesError)
    assert re.search(says, str(run.error), re.DOTALL), run.error
    assert bench.ids() == left != before or lose is lose_group
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_detached_volume_is_extended_and_deleted(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    lose_attachment(bench)
    assert bench.attempt(extend(bench)).error is None
    assert bench.ids() == ids
    assert bench.held()["volumes"][0]["size"] == SIZE


def test_a_template_without_a_server_is_refused(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    template = bench.template
    del template["resources"]["server"]
    template["outputs"] = {}
    assert bench.change(template) == "UPDATE_COMPLETE"
    volumes = bench.ids()["volumes"]
    for ask in (extend, OPERATIONS["reboot"]):
        run = bench.attempt(ask(bench))
        assert "its template has no resource server; update the stack with a template that has one" in str(run.error)
    assert bench.ids()["volumes"] == volumes


def test_an_operation_changes_only_its_own_field_of_an_older_releases_template(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids, former, stack = bench.ids(), bench.template, bench.stack
    assert stack is not None
    former["description"] = "Trove instance"
    del former["resources"]["server"]["properties"]["flavor_update_policy"]
    del former["resources"]["server"]["properties"]["user_data_update_policy"]
    former["outputs"] = {}
    tags = tuple(re.sub("^(trove_resources_template)_.*", r"\1_0", each) for each in stack.tags)
    assert bench.change(former, tags=tags) == "UPDATE_COMPLETE"
    server = ("resources", "server", "properties")
    for ask, changed in (
        (resize, {(*server, "flavor"), (*server, "resize_timeout")}),
        (extend, {("resources", "data_volume", "properties", "size")}),
        (OPERATIONS["rules"], {("resources", "security_group", "properties", "rules")}),
    ):
        before = bench.template
        assert bench.attempt(ask(bench)).error is None
        assert set(differences(before, bench.template)) == changed
    assert bench.ids() == ids
    assert "trove_resources_template_0" in bench.stack.tags  # type: ignore[union-attr]
    bench.check_well()


def test_a_rule_created_by_hand_survives_an_operation_and_its_undo(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    (group,) = bench.held()["security_groups"]
    bench.site.service.network.create_security_group_rule(security_group_id=group["id"], **RULE)

    def by_hand() -> int:
        return sum(row["protocol"] == "icmp" for row in bench.held()["security_group_rules"])

    bench.fault("status", "network DELETE /security-group-rules/*", **NO_RULE)
    assert bench.attempt(OPERATIONS["rules"](bench)).error is not None
    assert by_hand() == 1
    bench.heal()
    assert bench.attempt(OPERATIONS["rules"](bench)).error is None
    assert by_hand() == 1
    bench.check_well()
