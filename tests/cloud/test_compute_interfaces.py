"""The interfaces of Nova's servers. Source of all: exchanges with Nova 34.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.compute_kit import UNKNOWN, Fleet, message
from cloud.conftest import Clouds


@pytest.fixture
def fleet(clouds: Clouds) -> Iterator[Fleet]:
    made = Fleet(clouds)
    yield made
    made.clear()


def _attach(fleet: Fleet, server_id: str, **given: Any) -> Any:
    return fleet.api.post(f"/servers/{server_id}/os-interface", json={"interfaceAttachment": given})


def _ports(fleet: Fleet, server_id: str) -> list[str]:
    found = fleet.get(f"/servers/{server_id}/os-interface").json()["interfaceAttachments"]
    return [each["port_id"] for each in found]


def test_an_interface_shows_its_port(clouds: Clouds, fleet: Fleet) -> None:
    given = fleet.port()
    server_id = fleet.server(networks=[{"port": given}])
    port = clouds.demo.network.get_port(given)
    shown = fleet.get(f"/servers/{server_id}/os-interface/{given}").json()["interfaceAttachment"]
    assert shown == {
        "net_id": fleet.network_id,
        "port_id": given,
        "mac_addr": port.mac_address,
        "port_state": "ACTIVE",
        "fixed_ips": port.fixed_ips,
        "tag": None,
    }


def test_a_given_port_is_attached_and_detached(clouds: Clouds, fleet: Fleet) -> None:
    server_id, port = fleet.server(), fleet.port()
    made = _attach(fleet, server_id, port_id=port)
    assert (made.status_code, made.json()["interfaceAttachment"]["port_id"]) == (200, port)
    clouds.until(lambda: _ports(fleet, server_id), lambda seen: seen == [port])
    again = _attach(fleet, server_id, port_id=port)
    assert (again.status_code, message(again)) == (409, f"Port {port} is still in use.")
    assert fleet.api.delete(f"/servers/{server_id}/os-interface/{port}").status_code == 202
    clouds.until(lambda: _ports(fleet, server_id), lambda seen: seen == [])
    assert clouds.demo.network.get_port(port).device_id == ""


def test_a_port_that_nova_created_is_deleted_when_it_is_detached(clouds: Clouds, fleet: Fleet) -> None:
    server_id = fleet.server()
    port = _attach(fleet, server_id, net_id=fleet.network_id).json()["interfaceAttachment"]["port_id"]
    clouds.until(lambda: _ports(fleet, server_id), lambda seen: seen == [port])
    assert list(fleet.get(f"/servers/{server_id}/ips").json()["addresses"]) == ["tenant"]
    fleet.api.delete(f"/servers/{server_id}/os-interface/{port}")
    clouds.until(lambda: clouds.demo.network.find_port(port), lambda seen: seen is None)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"port_id": UNKNOWN}, 404, f"Port id {UNKNOWN} could not be found."),
        ({"port_id": UNKNOWN, "net_id": UNKNOWN}, 400, "Must not input both network_id and port_id"),
        ({"port_id": "nope"}, 400, "Invalid input for field/attribute port_id. Value: nope. 'nope' is not a 'uuid'"),
    ],
)
def test_an_invalid_interface_is_rejected(fleet: Fleet, given: dict[str, Any], status: int, said: str) -> None:
    answer = _attach(fleet, fleet.server(), **given)
    assert (answer.status_code, message(answer)) == (status, said)


def test_an_address_in_use_is_a_conflict(clouds: Clouds, fleet: Fleet) -> None:
    server_id = fleet.server()
    address = clouds.demo.network.get_port(fleet.port()).fixed_ips[0]["ip_address"]
    answer = _attach(fleet, server_id, net_id=fleet.network_id, fixed_ips=[{"ip_address": address}])
    assert (answer.status_code, message(answer)) == (409, f"Fixed IP {address} is already in use.")


def test_detaching_an_unattached_port_is_accepted_and_recorded_as_an_error(clouds: Clouds, fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.api.delete(f"/servers/{server_id}/os-interface/{UNKNOWN}").status_code == 202

    def last() -> tuple[str, str]:
        (action, *_) = fleet.get(f"/servers/{server_id}/os-instance-actions").json()["instanceActions"]
        return action["action"], action["message"]

    clouds.until(last, lambda seen: seen == ("detach_interface", "Error"))
    answer = fleet.get(f"/servers/{server_id}/os-interface/{UNKNOWN}")
    assert (answer.status_code, message(answer)) == (404, f"Port id {UNKNOWN} could not be found.")


def test_the_addresses_of_a_network_are_shown_by_its_name(fleet: Fleet) -> None:
    server_id = fleet.server(networks=[{"uuid": fleet.network_id}])
    shown = fleet.get(f"/servers/{server_id}/ips/tenant").json()["tenant"]
    assert [sorted(each) for each in shown] == [["addr", "version"]]
    unknown = fleet.get(f"/servers/{server_id}/ips/nope")
    assert (unknown.status_code, message(unknown)) == (404, "Instance is not a member of specified network")


def test_the_security_groups_of_a_servers_ports_are_listed(fleet: Fleet) -> None:
    server_id = fleet.server(networks=[{"uuid": fleet.network_id}])
    groups = fleet.get(f"/servers/{server_id}/os-security-groups").json()["security_groups"]
    assert [group["name"] for group in groups] == ["default"]
