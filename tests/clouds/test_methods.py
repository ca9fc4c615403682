"""Methods that interpret what services report: the latest action and failure, attachments, rules."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import Driver, Example, Site, minicloud
from trove_resources.clouds import Clouds
from trove_resources.inventory import Rule
from trove_resources.native import Native
from trove_resources.settings import Settings

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.fixture(scope="module")
def server() -> Iterator[CloudServer]:
    with minicloud.started() as server:
        yield server


@pytest.fixture
def clouds(server: CloudServer) -> Clouds:
    server.cloud.reset()
    return minicloud.clouds_of(server, minicloud.session_of(server))


@pytest.fixture
def site(server: CloudServer, clouds: Clouds) -> Site:  # noqa: ARG001 - on the cloud that was reset
    return minicloud.site_on(server, minicloud.clock_of(server))


@pytest.fixture
def server_id(clouds: Clouds, site: Site) -> str:
    """Return the id of an instance's server, with a data volume and a security group."""
    example = Example(site)
    run = Driver(site.clock).run(Native(clouds, Settings()).provision(example.spec()), example.owner)
    return str(run.results["server_id"])


def test_a_healthy_server_has_no_failure(clouds: Clouds, server_id: str) -> None:
    assert clouds.compute.last_failure(server_id) is None


def test_the_latest_failure_of_a_server_includes_its_request_id(
    server: CloudServer, clouds: Clouds, site: Site, server_id: str
) -> None:
    clouds.compute.resize_server(server_id, site.huge_flavor_id)
    refused = [entry.request_id for entry in server.cloud.request_log if entry.action == "resize"]
    assert clouds.compute.last_failure(server_id) == f"No valid host was found.  ({refused[-1]})"


def test_a_failure_without_details_is_described_by_its_action(
    server: CloudServer, clouds: Clouds, site: Site, server_id: str
) -> None:
    clouds.compute.resize_server(server_id, site.huge_flavor_id)
    with server.cloud.lock:
        server.cloud.run_due()
        (row,) = server.cloud.compute.undeleted()
        row.actions[-1].events.clear()
    latest = clouds.compute.latest_action(server_id)
    assert latest is not None
    assert clouds.compute.last_failure(server_id) == f"its resize failed ({latest.request_id})"


def test_a_failure_followed_by_another_action_is_not_the_latest(clouds: Clouds, site: Site, server_id: str) -> None:
    clouds.compute.resize_server(server_id, site.huge_flavor_id)
    clouds.compute.server(server_id)
    clouds.compute.reboot_server(server_id, hard=False)
    assert clouds.compute.last_failure(server_id) is None


def test_the_latest_action_has_its_name_and_start_time(clouds: Clouds, site: Site, server_id: str) -> None:
    before = clouds.compute.server(server_id)
    site.clock.sleep(5.0)
    clouds.compute.reboot_server(server_id, hard=True)
    latest = clouds.compute.latest_action(server_id)
    assert before is not None
    assert before.updated_at is not None
    assert latest is not None
    assert (latest.name, latest.failed) == ("reboot", False)
    assert latest.started_at - before.updated_at >= timedelta(seconds=5)


def test_a_server_without_actions_has_no_latest_action(server: CloudServer, clouds: Clouds, server_id: str) -> None:
    with server.cloud.lock:
        (row,) = server.cloud.compute.undeleted()
        row.actions.clear()
    assert clouds.compute.latest_action(server_id) is None
    assert clouds.compute.last_failure(server_id) is None


def test_a_list_of_servers_includes_one_that_lost_its_tags(clouds: Clouds, site: Site, server_id: str) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    site.service.compute.delete(f"/servers/{server_id}/tags", microversion="2.79")
    assert set(clouds.compute.servers([server_id, nobody])) == {server_id}


def test_the_flavor_of_a_server_is_read_as_an_id(clouds: Clouds, site: Site, server_id: str) -> None:
    assert clouds.compute.flavor_id(server_id) == site.flavor_id


def test_only_an_incomplete_attachment_is_completed(
    server: CloudServer, clouds: Clouds, site: Site, server_id: str
) -> None:
    shown = clouds.compute.server(server_id)
    assert shown is not None
    (volume_id,) = shown.volume_ids
    with server.cloud.lock:
        server.cloud.faults.add({"kind": "error_later", "contains": "resize"})
    clouds.compute.resize_server(server_id, site.other_flavor_id)
    assert clouds.compute.server(server_id) is not None
    assert clouds.volume.volumes([volume_id])[volume_id].status == "attaching"
    for _ in range(2):
        clouds.volume.complete_attachments(volume_id)
        volume = clouds.volume.volume(volume_id)
        assert volume is not None
        assert (volume.status, volume.attached_to) == ("in-use", (server_id,))


@pytest.mark.parametrize(
    ("given", "cidr"),
    [
        pytest.param({"ethertype": "IPv4"}, "0.0.0.0/0", id="any-ipv4-address"),
        pytest.param({"ethertype": "IPv6"}, "::/0", id="any-ipv6-address"),
        pytest.param({"ethertype": "IPv4", "remote_group_id": "default"}, None, id="members-of-a-group"),
    ],
)
def test_a_rule_without_a_cidr_admits_any_address_unless_it_names_a_group(
    clouds: Clouds, site: Site, given: dict[str, str], cidr: str | None
) -> None:
    network = site.service.network
    group = network.create_security_group(name="rules")
    if "remote_group_id" in given:
        given = {**given, "remote_group_id": group.id}
    network.create_security_group_rule(security_group_id=group.id, direction="ingress", protocol="tcp", **given)
    assert [rule.cidr for rule in _rules(clouds, group.id)] == [cidr]


def _rules(clouds: Clouds, group_id: str) -> tuple[Rule, ...]:
    return clouds.network.security_group(group_id).rules
