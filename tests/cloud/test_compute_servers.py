"""Nova's servers: create, show, list, change, delete. Source of all: exchanges with Nova 34.0.0."""

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


def test_a_server_is_built_then_active_with_an_address_of_its_network(clouds: Clouds, fleet: Fleet) -> None:
    answer = fleet.ask(networks=[{"uuid": fleet.network_id}])
    assert answer.status_code == 202
    made = answer.json()["server"]
    assert set(made) == {"id", "links", "OS-DCF:diskConfig", "security_groups", "adminPass"}
    assert answer.headers["Location"] == made["links"][0]["href"]
    server = fleet.wait(made["id"], "ACTIVE")
    ((address,),) = server["addresses"].values()
    assert (address["version"], address["OS-EXT-IPS:type"]) == (4, "fixed")
    assert server["OS-EXT-STS:power_state"] == 1
    assert server["OS-EXT-AZ:availability_zone"] == "nova"
    (port,) = clouds.demo.network.ports(device_id=made["id"])
    assert (port.device_owner, port.status, port.fixed_ips[0]["ip_address"]) == (
        "compute:nova",
        "ACTIVE",
        address["addr"],
    )


def test_everything_that_trove_sets_on_a_server_is_stored(clouds: Clouds, fleet: Fleet) -> None:
    port = fleet.port()
    server_id = fleet.server(
        networks=[{"port": port}],
        metadata={"trove_id": "1"},
        tags=["trove_instance_id_1"],
        description="one",
        user_data="IyEvYmluL3NoCg==",
        config_drive=True,
        availability_zone="nova",
    )
    server = fleet.show(server_id, who="admin")
    assert server["metadata"] == {"trove_id": "1"}
    assert server["tags"] == ["trove_instance_id_1"]
    assert server["description"] == "one"
    assert server["config_drive"] == "True"
    assert server["pinned_availability_zone"] == "nova"
    assert server["OS-EXT-SRV-ATTR:user_data"] == "IyEvYmluL3NoCg=="
    assert clouds.demo.network.get_port(port).device_id == server_id


def test_a_given_port_outlives_its_server_but_one_that_nova_created_does_not(clouds: Clouds, fleet: Fleet) -> None:
    given = fleet.port()
    server_id = fleet.server(networks=[{"port": given}, {"uuid": fleet.network_id}])
    assert len(list(clouds.demo.network.ports(device_id=server_id))) == 2
    assert fleet.api.delete(f"/servers/{server_id}").status_code == 204
    fleet.gone(server_id)
    freed = clouds.demo.network.get_port(given)
    assert (freed.device_id, freed.device_owner, freed.status) == ("", "", "DOWN")
    assert list(clouds.demo.network.ports(device_id=server_id)) == []


@pytest.mark.parametrize(
    ("changed", "said", "reason"),
    [
        ({"name": None}, "'name' is a required property", "every server has a name"),
        ({"flavorRef": None}, "'flavorRef' is a required property", "every server has a flavor"),
        ({"networks": None}, "'networks' is a required property", "required since 2.37"),
        ({"imageRef": None}, "Missing imageRef attribute", "no boot source"),
        ({"imageRef": "nope"}, "Invalid input for field/attribute imageRef. Value: nope.", "not an id"),
        ({"imageRef": UNKNOWN}, "Can not find requested image", "no such image"),
        ({"flavorRef": "nope"}, "Flavor nope could not be found.", "no such flavor"),
        ({"name": ""}, "Invalid input for field/attribute name. Value: . '' should be non-empty", "an empty name"),
        ({"name": " "}, "An invalid 'name' value was provided.", "a blank name"),
        ({"nope": 1}, "Additional properties are not allowed ('nope' was unexpected)", "unknown property"),
        (
            {"networks": "bogus"},
            "Invalid input for field/attribute networks. Value: bogus.",
            "not a list, auto or none",
        ),
        ({"networks": [{"uuid": "nope"}]}, "Invalid input for field/attribute networks.", "not an id"),
        ({"networks": [{"uuid": UNKNOWN}]}, f"Network {UNKNOWN} could not be found.", "no such network"),
        ({"networks": [{"port": UNKNOWN}]}, f"Port id {UNKNOWN} could not be found.", "no such port"),
        ({"availability_zone": "nope"}, "The requested availability zone is not available", "no such zone"),
        ({"key_name": "nope"}, "Invalid key_name provided.", "no such key pair"),
        ({"metadata": {"a": 1}}, "Invalid input for field/attribute a. Value: 1. 1 is not of type", "not a string"),
        ({"min_count": 3, "max_count": 2}, "min_count must be <= max_count", "min_count exceeds max_count"),
        ({"config_drive": "maybe"}, "Invalid input for field/attribute config_drive. Value: maybe.", "not a boolean"),
        ({"personality": []}, "Additional properties are not allowed ('personality' was", "removed in 2.57"),
    ],
)
def test_an_invalid_server_is_rejected_at_once(fleet: Fleet, changed: dict[str, Any], said: str, reason: str) -> None:
    answer = fleet.ask(**changed)
    assert answer.status_code == 400, reason
    assert said in message(answer), reason


def test_an_unknown_security_group_or_server_group_is_rejected(fleet: Fleet) -> None:
    network = [{"uuid": fleet.network_id}]
    grouped = fleet.ask(networks=network, security_groups=[{"name": "nope"}])
    assert (grouped.status_code, message(grouped)) == (400, "Unable to find security_group with name or id 'nope'")
    hinted = fleet.ask(hints={"group": UNKNOWN})
    assert (hinted.status_code, message(hinted)) == (400, f"Instance group {UNKNOWN} could not be found.")


def test_a_port_in_use_is_a_conflict_and_an_address_in_use_a_bad_request(clouds: Clouds, fleet: Fleet) -> None:
    port = fleet.port()
    address = clouds.demo.network.get_port(port).fixed_ips[0]["ip_address"]
    fleet.server(networks=[{"port": port}])
    again = fleet.ask(networks=[{"port": port}])
    assert (again.status_code, message(again)) == (409, f"Port {port} is still in use.")
    taken = fleet.ask(networks=[{"uuid": fleet.network_id, "fixed_ip": address}])
    assert taken.status_code == 400
    assert message(taken).startswith(f"Fixed IP address {address} is already in use on instance ")


def test_only_an_administrator_names_the_host(fleet: Fleet) -> None:
    answer = fleet.ask(host="compute1")
    assert answer.status_code == 403
    assert message(answer) == "Policy doesn't allow compute:servers:create:requested_destination to be performed."


def test_networks_auto_and_none_and_nothing(fleet: Fleet) -> None:
    alone = fleet.show(fleet.server(networks="none"))
    assert alone["addresses"] == {}
    assert list(fleet.show(fleet.server(networks="auto"))["addresses"]) == ["tenant"]
    early = fleet.ask(version="2.1", networks=None)
    assert list(fleet.wait(early.json()["server"]["id"], "ACTIVE")["addresses"]) == ["tenant"]


def test_several_servers_are_numbered(fleet: Fleet) -> None:
    fleet.server(name="contract-many", min_count=2)
    made = fleet.get("/servers?name=contract-many").json()["servers"]
    for server in made:
        fleet._servers.append(server["id"])  # noqa: SLF001 - the answer named the first only
    assert sorted(server["name"] for server in made) == ["contract-many-1", "contract-many-2"]


@pytest.mark.parametrize(
    ("query", "found", "reason"),
    [
        ("name=contract-a", ["contract-ab", "contract-a"], "a name is a regular expression found anywhere"),
        ("name=^contract-a$", ["contract-a"], "it can be anchored"),
        ("name=contract-&status=active", ["contract-ab", "contract-a"], "a status in any case"),
        ("name=contract-&status=ERROR", [], "no server is in ERROR"),
        ("tags=x,y", ["contract-a"], "has both tags"),
        ("tags-any=x,z", ["contract-ab", "contract-a"], "has one of them"),
        ("name=contract-&not-tags=x,y", ["contract-ab"], "does not have both"),
        ("name=contract-&not-tags-any=x,z", [], "has none of them"),
        ("name=contract-&sort_key=display_name&sort_dir=asc", ["contract-a", "contract-ab"], "sorted by name"),
        ("name=contract-&changes-since=2099-01-01T00:00:00Z", [], "nothing has changed since"),
        ("name=contract-&flavor=nope", [], "no such flavor"),
        ("name=contract-&key_name=nope", ["contract-ab", "contract-a"], "for administrators only before 2.83: ignored"),
    ],
)
def test_servers_are_listed_by(fleet: Fleet, query: str, found: list[str], reason: str) -> None:
    fleet.server(name="contract-a", tags=["x", "y"])
    fleet.server(name="contract-ab", tags=["z"])
    names = [server["name"] for server in fleet.get(f"/servers?{query}", version="2.60").json()["servers"]]
    # Nova orders by creation time in seconds, then by id: within a second the order is arbitrary.
    assert (names if "sort_key" in query else sorted(names, reverse=True)) == found, reason


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("name=a(", 400, "Invalid input for query parameters name. Value: a(. 'a(' is not a 'regex'"),
        ("status=NOPE", 400, "Invalid status value"),
        ("limit=x", 400, "Invalid input for query parameters limit. Value: x. 'x' does not match '^[0-9]*$'"),
        ("marker=nope", 400, "marker [nope] not found"),
        (
            "changes-since=nope",
            400,
            "Invalid input for query parameters changes-since. Value: nope. 'nope' is not a 'date-time'",
        ),
        (
            "all_tenants=1",
            403,
            "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
        ),
    ],
)
def test_an_invalid_list_is_rejected(fleet: Fleet, query: str, status: int, said: str) -> None:
    answer = fleet.get(f"/servers?{query}", version="2.60")
    assert (answer.status_code, message(answer)) == (status, said)


def test_a_full_page_links_to_the_next(fleet: Fleet) -> None:
    both = {fleet.server(name="contract-p"), fleet.server(name="contract-p")}
    first = fleet.get("/servers?name=contract-p&limit=1").json()
    (shown,) = first["servers"]
    (link,) = first["servers_links"]
    assert link["href"].endswith(f"/servers?limit=1&name=contract-p&marker={shown['id']}")
    second = fleet.get(f"/servers?name=contract-p&marker={shown['id']}").json()
    assert [server["id"] for server in second["servers"]] == list(both - {shown["id"]})
    assert "servers_links" not in second


def test_a_deleted_server_is_listed_by_changes_since_but_cannot_be_shown(fleet: Fleet) -> None:
    server_id = fleet.server(name="contract-gone")
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    assert fleet.get("/servers?name=contract-gone").json()["servers"] == []
    query = "name=contract-gone&changes-since=2020-01-01T00:00:00Z&limit=1"
    (seen,) = fleet.get(f"/servers/detail?{query}").json()["servers"]
    assert (seen["id"], seen["status"], seen["OS-EXT-STS:vm_state"]) == (server_id, "DELETED", "deleted")
    assert seen["OS-SRV-USG:terminated_at"] is not None
    deleted = fleet.get("/servers?all_tenants=1&deleted=true&limit=1", who="admin").json()["servers"]
    assert [server["id"] for server in deleted] == [server_id]
    again = fleet.api.delete(f"/servers/{server_id}")
    assert (again.status_code, message(again)) == (404, f"Instance {server_id} could not be found.")


def test_another_projects_server_is_not_found(fleet: Fleet) -> None:
    server_id = fleet.server()
    for unknown, who in ((server_id, "alt"), (UNKNOWN, "demo"), ("nope", "demo")):
        answer = fleet.get(f"/servers/{unknown}", who=who)
        assert (answer.status_code, message(answer)) == (404, f"Instance {unknown} could not be found.")
    assert fleet.get(f"/servers/{server_id}", who="admin").status_code == 200


def test_a_server_is_renamed_and_described(fleet: Fleet) -> None:
    server_id = fleet.server()
    body = {"server": {"name": "contract-new", "description": "new"}}
    changed = fleet.api.put(f"/servers/{server_id}", json=body, microversion="2.96").json()["server"]
    assert (changed["name"], changed["description"]) == ("contract-new", "new")
    refused = fleet.api.put(f"/servers/{server_id}", json={"server": {"name": ""}})
    assert message(refused) == "Invalid input for field/attribute name. Value: . '' should be non-empty"


def test_metadata_is_merged_replaced_and_deleted(fleet: Fleet) -> None:
    path = f"/servers/{fleet.server(metadata={'k': 'v'})}/metadata"
    assert fleet.api.post(path, json={"metadata": {"a": "1"}}).json() == {"metadata": {"k": "v", "a": "1"}}
    assert fleet.api.put(path, json={"metadata": {"b": "2"}}).json() == {"metadata": {"b": "2"}}
    assert fleet.api.put(f"{path}/c", json={"meta": {"c": "3"}}).json() == {"meta": {"c": "3"}}
    assert message(fleet.api.put(f"{path}/c", json={"meta": {"d": "3"}})) == "Request body and URI mismatch"
    assert fleet.api.delete(f"{path}/c").status_code == 204
    assert message(fleet.api.delete(f"{path}/c")) == "Metadata item was not found"
    assert fleet.get(path).json() == {"metadata": {"b": "2"}}


def test_tags_are_set_added_and_deleted(fleet: Fleet) -> None:
    server_id = fleet.server()
    path = f"/servers/{server_id}/tags"
    assert fleet.api.put(path, json={"tags": ["a", "b", "a"]}, microversion="2.26").json() == {"tags": ["a", "b"]}
    added = [fleet.api.put(f"{path}/c", microversion="2.26").status_code for _ in range(2)]
    assert added == [201, 204]
    wrong = fleet.api.put(path, json={"tags": ["a,b"]}, microversion="2.26")
    assert message(wrong) == "Invalid input for field/attribute 0. Value: a,b. 'a,b' does not match '^[^,/]*$'"
    removed = [fleet.api.delete(f"{path}/a", microversion="2.26") for _ in range(2)]
    assert [each.status_code for each in removed] == [204, 404]
    assert message(removed[1]) == f"Instance {server_id} has no tag 'a'"
    assert fleet.get(path).json() == {"tags": ["b", "c"]}
    assert fleet.get(path, version="2.1").status_code == 404


def test_the_sdk_creates_finds_and_deletes_a_server(clouds: Clouds, fleet: Fleet) -> None:
    """The calls of openstacksdk that programs use, in addition to the bodies that the other tests send."""
    compute = clouds.demo.compute
    server = compute.create_server(
        name="contract-sdk", flavor_id=fleet.flavor("m1.tiny"), image_id=fleet.image_id, networks="none"
    )
    compute.wait_for_server(server, interval=0)
    assert compute.find_server("contract-sdk").id == server.id
    assert [each.id for each in compute.servers(name="contract-sdk")] == [server.id]
    compute.delete_server(server)
    compute.wait_for_delete(server, interval=0)
