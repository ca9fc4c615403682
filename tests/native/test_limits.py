"""Quotas, deadlines, unresponsive services: an instance cannot be created, or not in time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from native.bench import SETTINGS, FaultBench
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.server import CloudServer
from trove_resources.errors import DeadlineExceededError, LeftoversError, QuotaExceededError, ResourceFailedError
from trove_resources.flows.events import Event
from trove_resources.kinds import ResourceKind

pytestmark = pytest.mark.mini_only("quotas and durations are set")

LONG = 100_000.0


def _limit(service: str, project: str, **limits: int) -> Callable[[Cloud], None]:
    def limit(cloud: Cloud) -> None:
        project_id = cloud.identity.projects.where(name=project)[0].id
        quotas = getattr(cloud, service).quotas
        quotas[project_id] = {**quotas.get(project_id, {}), **limits}

    return limit


@pytest.mark.parametrize(
    ("service", "path", "limit"),
    [
        pytest.param("Nova", "/servers", _limit("compute", "service", instances=0), id="instances"),
        pytest.param("Nova", "/servers", _limit("compute", "service", ram=100), id="ram"),
        pytest.param("Cinder", "/volumes", _limit("volume", "service", volumes=1), id="volumes"),
        pytest.param("Cinder", "/volumes", _limit("volume", "service", gigabytes=3), id="gigabytes"),
        pytest.param("Neutron", "/ports", _limit("network", "service", port=1), id="ports"),
        pytest.param("Neutron", "/security-groups", _limit("network", "service", security_group=1), id="groups"),
        pytest.param(
            "Neutron", "/security-group-rules", _limit("network", "service", security_group_rule=4), id="rules"
        ),
        pytest.param("Neutron", "/floatingips", _limit("network", "demo", floatingip=0), id="floating-ips"),
        pytest.param("Designate", "/zones/*/recordsets", _limit("dns", "service", zone_recordsets=0), id="recordsets"),
    ],
)
def test_an_exceeded_quota_is_reported_and_everything_undone(
    bench: FaultBench, service: str, path: str, limit: Callable[[Cloud], None]
) -> None:
    limit(bench.cloud)
    run = bench.provision()
    assert isinstance(run.error, QuotaExceededError)
    assert run.error.service == service
    assert run.error.request_id
    assert not run.leftovers
    assert not bench.held()
    refused = [call for call in bench.calls() if call.method == "POST" and call.path == path]
    assert len(refused) <= 2, "a quota error is not retried"


def test_a_server_that_never_becomes_active_times_out(bench: FaultBench) -> None:
    bench.cloud.transitions.durations["server.build"] = LONG
    run = bench.provision()
    assert isinstance(run.error, DeadlineExceededError)
    assert str(run.error).startswith("timed out after 60 s waiting for server ")
    assert "to be ACTIVE; last state: BUILD" in str(run.error)
    assert not run.leftovers
    assert not bench.held()


@pytest.mark.parametrize(("seconds", "fault"), [(1.0, "No valid host was found"), (LONG, "Nova gives no reason")])
def test_the_cause_is_reported_when_nova_stores_the_fault_after_the_error_status(
    bench: FaultBench, seconds: float, fault: str
) -> None:
    bench.cloud.transitions.durations["server.fault"] = seconds
    spec = bench.spec()
    began = bench.clock.now()
    run = bench.provision(replace(spec, server=replace(spec.server, flavor_id=bench.site.huge_flavor_id)))
    assert isinstance(run.error, ResourceFailedError)
    assert fault in run.error.fault
    assert bench.clock.now() - began < SETTINGS.server_seconds / 2
    assert not bench.held()


def test_a_volume_that_never_becomes_available_times_out(bench: FaultBench) -> None:
    bench.cloud.transitions.durations["volume.create"] = LONG
    run = bench.provision()
    assert isinstance(run.error, DeadlineExceededError)
    assert str(run.error).startswith("timed out after 30 s waiting for volume ")
    assert "to be available or in-use; last state: creating" in str(run.error)
    # Cinder does not delete a volume that it is creating.
    assert {each.kind for each in run.leftovers} == {ResourceKind.DATA_VOLUME, ResourceKind.ROOT_VOLUME}
    assert set(bench.held()) == {"volumes"}
    bench.clock.sleep(LONG)
    assert bench.delete().error is None
    assert not bench.held()


@pytest.mark.parametrize(
    ("duration", "kind"), [("server.delete", ResourceKind.SERVER), ("volume.delete", ResourceKind.DATA_VOLUME)]
)
def test_a_delete_that_never_ends_times_out(provisioned: FaultBench, duration: str, kind: ResourceKind) -> None:
    provisioned.cloud.transitions.durations[duration] = LONG
    run = provisioned.delete()
    assert isinstance(run.error, LeftoversError)
    reason = next(each.reason for each in run.leftovers if each.kind is kind)
    waited_for = "server" if kind is ResourceKind.SERVER else "volume"
    assert f"timed out after {SETTINGS.delete_seconds:.0f} s waiting for {waited_for} " in reason
    assert "to be deleted; last state: " in reason
    provisioned.cloud.transitions.durations[duration] = 0.0
    provisioned.clock.sleep(LONG)
    assert provisioned.delete().error is None
    assert not provisioned.held()


def test_a_request_to_a_service_that_does_not_answer_is_repeated(server: CloudServer) -> None:
    bench = FaultBench(server, timeout=0.3)
    bench.fault({"kind": "hang", "service": "network", "method": "POST", "path": "/ports"})
    bench.fault({"kind": "hang", "service": "compute", "method": "GET", "path": "/servers/*"})
    run = bench.provision()
    bench.heal()
    assert run.error is None


def test_the_timeout_reports_that_nova_stopped_answering(bench: FaultBench) -> None:
    def watch(event: Event) -> None:
        if event.kind == "began" and event.step == "provision/server/active":
            bench.fault({"kind": "drop", "service": "compute", "method": "GET", "path": "/servers/*", "times": None})

    run = bench.provision(watch=watch)
    assert isinstance(run.error, DeadlineExceededError)
    assert "to be ACTIVE; last state: Nova: GET /servers/" in str(run.error)
    assert "did not answer" in str(run.error)
