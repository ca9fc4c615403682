"""A server that moves to another flavor or host: the undo, and the point after which there is none."""

from dataclasses import replace

import pytest

from native.operations import MEDIUM, Saves, guest, ref_of, run
from native.state import actions_of, check_every_change_is_reported, state_of
from trove_lab.cloud.compute.state import Hosts
from trove_lab.conformance import GuestStep
from trove_resources.errors import CloudError, MoveRefusedError, QuotaExceededError, ResourceFailedError
from trove_resources.kinds import ResourceKind
from trove_resources.spec import FlavorSpec

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.mark.parametrize(("name", "given_back"), [("resize_flavor", MEDIUM.name), ("migrate", "m1.small")])
def test_a_failed_confirmation_is_not_undone(saves: Saves, name: str, given_back: str) -> None:
    bench = saves.bench(name)
    bench.fault({"kind": "error_later", "contains": "confirmResize"})
    done = run(bench, name)
    assert "confirmation failed" in str(done.error)
    assert not done.leftovers
    assert (state_of(bench).flavor, state_of(bench).parts["server"][2]) == (given_back, "ACTIVE")
    assert done.results == ({"flavor_id": MEDIUM.id} if name == "resize_flavor" else {})


def test_a_lost_confirmation_is_reported_as_left_because_it_cannot_be_undone(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    bench.cloud.transitions.durations["server.confirm"] = 5.0
    bench.fault({"kind": "lose_answer", "contains": "confirmResize", "times": None})
    done = run(bench, "resize_flavor")
    assert isinstance(done.error, CloudError)
    assert "flavor_id" not in done.results
    (left,) = done.leftovers
    assert left.kind is ResourceKind.SERVER
    assert "keeps the flavor m1.medium" in left.reason
    assert state_of(bench).parts["server"][2] == "ACTIVE"


def test_a_failed_revert_is_recovered_by_a_hard_reboot(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    before = state_of(bench)
    bench.fault({"kind": "error_later", "contains": "revertResize"})
    verify = guest("resize_flavor/guest/verify", fails=True)
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), MEDIUM, verify))
    assert str(done.error) == "the guest says no"
    assert not done.leftovers
    assert state_of(bench) == before


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_rejected_revert_is_reported_as_left(saves: Saves, status: int) -> None:
    bench = saves.bench("resize_flavor")
    before = state_of(bench)
    bench.fault({"kind": "status", "status": status, "contains": "revertResize", "times": None})
    verify = guest("resize_flavor/guest/verify", fails=True)
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), MEDIUM, verify))
    assert str(done.error) == "the guest says no"
    (left,) = done.leftovers
    assert (left.kind, left.resource_id) == (ResourceKind.SERVER, ref_of(bench).server_id)
    assert f"answered {status}" in left.reason
    check_every_change_is_reported(bench, before, done)


@pytest.mark.parametrize("kind", ["status", "drop", "lose_answer"])
@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_a_revert_survives_a_call_that_fails_once(saves: Saves, kind: str, seconds: float) -> None:
    bench = saves.bench("resize_flavor")
    before = state_of(bench)
    bench.cloud.transitions.durations["server.revert"] = seconds
    bench.fault({"kind": kind, "contains": "revertResize"})
    verify = guest("resize_flavor/guest/verify", fails=True)
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), MEDIUM, verify))
    assert not done.leftovers
    assert state_of(bench) == before
    assert actions_of(bench)["revertResize"] == 1


def test_an_exceeded_quota_for_the_flavor_is_reported(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    before = state_of(bench)
    project = bench.cloud.identity.projects.where(name="service")[0].id
    bench.cloud.compute.quotas[project] = {**bench.cloud.compute.quotas.get(project, {}), "ram": 2048}
    done = run(bench, "resize_flavor")
    assert isinstance(done.error, QuotaExceededError)
    assert (state_of(bench), done.leftovers) == (before, [])


@pytest.mark.parametrize("name", ["resize_flavor", "migrate"])
def test_a_move_that_somebody_else_began_is_reported_and_not_changed(saves: Saves, name: str) -> None:
    bench = saves.bench(name)
    nova, server_id = bench.site.service.compute, str(ref_of(bench).server_id)
    if name == "migrate":
        nova.resize_server(server_id, MEDIUM.id)
    else:
        nova.post(f"/servers/{server_id}/action", json={"migrate": None}, microversion="2.79")
    nova.wait_for_server(nova.get_server(server_id), status="VERIFY_RESIZE", interval=0.2)
    before = state_of(bench)
    done = run(bench, name)
    assert isinstance(done.error, ResourceFailedError)
    assert "confirm or revert that first" in str(done.error)
    assert not done.results
    assert not done.leftovers
    assert state_of(bench) == before


def test_a_move_that_the_task_began_before_is_continued(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    bench.site.service.compute.resize_server(str(ref_of(bench).server_id), MEDIUM.id)
    done = run(bench, "resize_flavor")
    assert done.error is None
    assert state_of(bench).flavor == MEDIUM.name
    assert actions_of(bench)["resize"] == 1


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_a_flavor_of_the_same_name_but_another_id_is_a_different_flavor(saves: Saves, seconds: float) -> None:
    bench = saves.bench("resize_flavor")
    bench.cloud.transitions.durations["server.resize"] = seconds
    with bench.cloud.lock:
        (server,) = bench.cloud.compute.undeleted()
        server.flavor = replace(server.flavor, id="long-gone", name=MEDIUM.name)
    done = run(bench, "resize_flavor")
    assert done.error is None
    assert actions_of(bench)["resize"] == 1


def test_a_flavor_that_no_host_can_take_is_reported(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    before = state_of(bench)
    huge = FlavorSpec(id=bench.site.huge_flavor_id, name="m1.huge")
    verify = guest("resize_flavor/guest/verify")
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), huge, verify))
    assert isinstance(done.error, ResourceFailedError)
    assert "No valid host was found" in str(done.error)
    assert "req-" in str(done.error)
    assert (state_of(bench), done.leftovers) == (before, [])


def test_a_migration_without_another_host_is_reported(saves: Saves) -> None:
    bench = saves.bench("migrate")
    before = state_of(bench)
    with bench.cloud.lock:
        own = bench.cloud.compute.hosts.get(before.host)
        assert own is not None
        bench.cloud.compute.hosts = Hosts([own])
    done = run(bench, "migrate")
    assert "No valid host was found" in str(done.error)
    assert (state_of(bench), done.leftovers) == (before, [])


@pytest.mark.parametrize(("name", "back"), [("resize_flavor", "it has the flavor"), ("migrate", "it is on the host")])
def test_a_move_that_is_reverted_by_hand_is_reported_as_failed(saves: Saves, name: str, back: str) -> None:
    bench = saves.bench(name)
    before, server_id = state_of(bench), str(ref_of(bench).server_id)

    def revert() -> None:
        bench.site.service.compute.revert_server_resize(server_id)

    verify = GuestStep(f"{name}/guest/verify", revert).flow
    manager = bench.manager
    flow = (
        manager.resize_flavor(ref_of(bench), MEDIUM, verify)
        if name == "resize_flavor"
        else manager.migrate(ref_of(bench), None, verify)
    )
    done = run(bench, name, flow=flow)
    assert isinstance(done.error, ResourceFailedError)
    assert "was reverted in Nova" in str(done.error)
    assert back in str(done.error)
    assert not done.results
    assert not done.leftovers
    assert state_of(bench) == before


@pytest.mark.parametrize("name", ["resize_flavor", "migrate"])
@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_move_that_nova_rejects_leaves_nothing_to_wait_for(saves: Saves, name: str, status: int) -> None:
    bench = saves.bench(name)
    before, began = state_of(bench), bench.clock.now()
    action = "resize" if name == "resize_flavor" else "migrate"
    bench.fault({"kind": "status", "status": status, "contains": f'"{action}"', "times": None})
    with bench.cloud.lock:
        # Nova answers so while an operator's backup of the server runs.
        (server,) = bench.cloud.compute.undeleted()
        server.task_state = "image_uploading"
    done = run(bench, name)
    assert isinstance(done.error, MoveRefusedError)
    assert f"answered {status}" in str(done.error)
    assert (done.results, done.leftovers) == ({}, [])
    assert bench.clock.now() - began < 1
    with bench.cloud.lock:
        server.task_state = None
    assert state_of(bench) == before
