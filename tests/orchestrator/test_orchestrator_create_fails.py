"""A resource of a new stack fails: the error names the cause, and nothing is left."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from orchestrator_kit import HeatBench

from trove_resources.errors import DeadlineExceededError, ResourceFailedError
from trove_resources.kinds import ResourceKind

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

FULL = "The node is full of eels"
NAMED = {"NeutronError": {"type": "Eels", "message": FULL, "detail": ""}}
FORBIDDEN = {"forbidden": {"code": 403, "message": FULL}}
DESIGNATE = {"code": 400, "type": "eels", "message": FULL}
BAD = {"badRequest": {"code": 400, "message": FULL}}


class Failing(NamedTuple):
    kind: ResourceKind
    """The kind of the resource in the error."""
    where: str
    fault: str = "status"
    more: Mapping[str, Any] = MappingProxyType({})
    says: str = FULL


def _neutron(**more: Any) -> dict[str, Any]:
    return {"status": 400, "body": NAMED, **more}


FAILING = {
    "security group": Failing(ResourceKind.SECURITY_GROUP, "network POST /security-groups", more=_neutron()),
    "rule": Failing(ResourceKind.SECURITY_GROUP, "network POST /security-group-rules", more=_neutron()),
    "user port": Failing(ResourceKind.USER_PORT, "network POST /ports", more=_neutron(contains="User port for")),
    "management port": Failing(
        ResourceKind.MANAGEMENT_PORT, "network POST /ports", more=_neutron(contains="Management port for")
    ),
    "floating IP": Failing(ResourceKind.FLOATING_IP, "network POST /floatingips", more=_neutron()),
    "data volume": Failing(
        ResourceKind.DATA_VOLUME,
        "volume POST /volumes",
        more={"status": 400, "body": BAD, "contains": "datastore volume for"},
    ),
    "root volume": Failing(
        ResourceKind.ROOT_VOLUME,
        "volume POST /volumes",
        more={"status": 400, "body": BAD, "contains": "root volume for"},
    ),
    "data volume to error": Failing(
        ResourceKind.DATA_VOLUME, "volume POST /volumes", "error_later", {"contains": "datastore volume for"}, "error"
    ),
    "root volume to error": Failing(
        ResourceKind.ROOT_VOLUME, "volume POST /volumes", "error_later", {"contains": "root volume for"}, "error"
    ),
    "server refused": Failing(ResourceKind.SERVER, "compute POST /servers", more={"status": 403, "body": FORBIDDEN}),
    "server to ERROR": Failing(ResourceKind.SERVER, "compute POST /servers", "error_later", says="ERROR"),
    "recordset": Failing(
        ResourceKind.DNS_RECORD, "dns POST /zones/*/recordsets", more={"status": 400, "body": DESIGNATE}
    ),
    "recordset to ERROR": Failing(ResourceKind.DNS_RECORD, "dns POST /zones/*/recordsets", "error_later", says="ERROR"),
}


@pytest.mark.parametrize("name", FAILING)
def test_the_failed_resource_is_named_with_its_services_message_and_nothing_is_left(
    bench: HeatBench, name: str
) -> None:
    failing = FAILING[name]
    bench.fault(failing.fault, failing.where, **failing.more)
    run = bench.provision()
    assert isinstance(run.error, ResourceFailedError), run.error
    assert (run.error.kind, run.error.status) == (failing.kind, "CREATE_FAILED")
    assert re.search(failing.says, run.error.fault), run.error
    assert not run.leftovers
    assert run.results == {"stack_id": None}
    bench.check_nothing_is_left()


def test_a_server_that_is_never_built_times_out(bench: HeatBench) -> None:
    bench.configure(server_seconds=2, volume_seconds=1)
    bench.slow(server_build=600)
    run = bench.provision(bench.example.bare_spec())
    assert isinstance(run.error, DeadlineExceededError), run.error
    assert re.search("CREATE_IN_PROGRESS.*not done: server", run.error.last)
    assert not run.leftovers
    bench.check_nothing_is_left()


def test_a_volume_that_cinder_cannot_delete_while_it_is_created_is_named_and_deleted_later(bench: HeatBench) -> None:
    bench.configure(server_seconds=1, volume_seconds=1)
    bench.slow(volume_create=600)
    run = bench.provision(bench.example.spec())
    assert isinstance(run.error, DeadlineExceededError), run.error
    assert "not done: data volume" in run.error.last
    (volume,) = bench.held()["volumes"]
    assert [(each.kind, volume["id"] in str(each)) for each in run.leftovers] == [(ResourceKind.STACK, True)]
    assert run.results["stack_id"] is not None
    bench.slow(volume_create=0)
    with bench.touching() as cloud:
        cloud.transitions.cancel(volume["id"])
        cloud.volume.volumes.get(volume["id"]).status = "available"
