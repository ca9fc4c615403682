"""Nova's flavors and key pairs. Source of all: exchanges with Nova 34.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.compute_kit import message
from cloud.conftest import Clouds

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ97eBHOP505dPU1DG+Ku7qiJR3ZmAOEK85HSc+0HgjO rec@lab"


@pytest.fixture
def flavor(clouds: Clouds) -> Iterator[dict[str, Any]]:
    """A flavor for one test."""
    given = {"name": "contract-flavor", "ram": 64, "vcpus": 1, "disk": 0, "id": "contract-1"}
    answer = clouds.admin.compute.post("/flavors", json={"flavor": given})
    assert answer.status_code == 200, answer.text
    yield answer.json()["flavor"]
    clouds.admin.compute.delete("/flavors/contract-1")


def test_an_administrator_creates_and_deletes_flavors(clouds: Clouds, flavor: dict[str, Any]) -> None:
    assert (flavor["id"], flavor["ram"], flavor["vcpus"], flavor["disk"]) == ("contract-1", 64, 1, 0)
    body = {"flavor": {"name": "contract-flavor", "ram": 64, "vcpus": 1, "disk": 0}}
    again = clouds.admin.compute.post("/flavors", json=body)
    assert (again.status_code, message(again)) == (409, "Flavor with name contract-flavor already exists.")
    refused = clouds.demo.compute.post("/flavors", json=body)
    said = "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed."
    assert (refused.status_code, message(refused)) == (403, said)
    deleted = [clouds.admin.compute.delete("/flavors/contract-1") for _ in range(2)]
    assert [each.status_code for each in deleted] == [202, 404]
    assert message(deleted[1]) == "Flavor contract-1 could not be found."


@pytest.mark.parametrize(
    ("version", "with_it", "without"),
    [
        ("2.54", {"rxtx_factor", "OS-FLV-DISABLED:disabled"}, {"description", "extra_specs"}),
        ("2.55", {"description"}, {"extra_specs"}),
        ("2.61", {"description", "extra_specs"}, set()),
        ("2.102", {"description", "extra_specs"}, {"rxtx_factor", "OS-FLV-DISABLED:disabled"}),
    ],
)
def test_a_flavor_shows_the_attributes_of_the_microversion(
    clouds: Clouds, flavor: dict[str, Any], version: str, with_it: set[str], without: set[str]
) -> None:
    shown = clouds.demo.compute.get(f"/flavors/{flavor['id']}", microversion=version).json()["flavor"]
    assert set(shown) >= with_it
    assert not set(shown) & without


def test_swap_is_text_before_2_75(clouds: Clouds, flavor: dict[str, Any]) -> None:
    swaps = [
        clouds.demo.compute.get(f"/flavors/{flavor['id']}", microversion=version).json()["flavor"]["swap"]
        for version in ("2.74", "2.75")
    ]
    assert swaps == ["", 0]


def test_extra_specs_are_stored(clouds: Clouds, flavor: dict[str, Any]) -> None:
    path = f"/flavors/{flavor['id']}/os-extra_specs"
    given = {"extra_specs": {"hw:numa_nodes": "1"}}
    assert clouds.admin.compute.post(path, json=given).json() == given
    assert clouds.demo.compute.get(path).json() == given
    assert clouds.admin.compute.delete(f"{path}/hw:numa_nodes").status_code == 200
    assert clouds.demo.compute.get(path).json() == {"extra_specs": {}}


def test_flavors_are_filtered_and_paged(clouds: Clouds) -> None:
    large = clouds.demo.compute.get("/flavors?minRam=3000").json()["flavors"]
    assert sorted(each["name"] for each in large) == ["m1.huge", "m1.medium"]
    page = clouds.demo.compute.get("/flavors?limit=1").json()
    (first,) = page["flavors"]
    assert page["flavors_links"][0]["href"].endswith(f"/flavors?limit=1&marker={first['id']}")
    second = clouds.demo.compute.get(f"/flavors?limit=1&marker={first['id']}").json()["flavors"]
    assert second[0]["id"] > first["id"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/flavors/nope", 404, "Flavor nope could not be found."),
        ("/flavors?marker=nope", 400, "marker [nope] not found"),
        ("/flavors?limit=x", 400, "Invalid input for query parameters limit. Value: x. 'x' does not match '^[0-9]*$'"),
    ],
)
def test_unknown_ids_are_rejected(clouds: Clouds, path: str, status: int, said: str) -> None:
    answer = clouds.demo.compute.get(path)
    assert (answer.status_code, message(answer)) == (status, said)


def test_a_private_flavor_is_for_the_projects_on_its_access_list(
    clouds: Clouds, request: pytest.FixtureRequest
) -> None:
    compute = clouds.admin.compute
    given = {"name": "contract-private", "ram": 64, "vcpus": 1, "disk": 0, "id": "contract-2"}
    compute.post("/flavors", json={"flavor": {**given, "os-flavor-access:is_public": False}})
    request.addfinalizer(lambda: compute.delete("/flavors/contract-2"))
    assert clouds.demo.compute.get("/flavors/contract-2").status_code == 404
    project = clouds.demo.current_project_id
    added = compute.post("/flavors/contract-2/action", json={"addTenantAccess": {"tenant": project}})
    assert {"flavor_id": "contract-2", "tenant_id": project} in added.json()["flavor_access"]
    assert clouds.demo.compute.get("/flavors/contract-2").status_code == 200


@pytest.fixture
def keypair(clouds: Clouds) -> Iterator[dict[str, Any]]:
    """A key pair for one test."""
    body = {"keypair": {"name": "contract-key", "public_key": KEY, "type": "ssh"}}
    answer = clouds.demo.compute.post("/os-keypairs", json=body, microversion="2.92")
    assert answer.status_code == 201, answer.text
    yield answer.json()["keypair"]
    clouds.demo.compute.delete("/os-keypairs/contract-key")


def test_a_public_key_is_imported_with_its_fingerprint(clouds: Clouds, keypair: dict[str, Any]) -> None:
    assert keypair["fingerprint"] == "8b:eb:35:6f:35:bc:ec:c5:ce:a2:ee:43:e4:a4:16:ff"
    assert keypair["public_key"] == KEY
    shown = clouds.demo.compute.get("/os-keypairs/contract-key").json()["keypair"]
    assert (shown["name"], shown["user_id"], shown["deleted"]) == ("contract-key", keypair["user_id"], False)
    names = [each["keypair"]["name"] for each in clouds.demo.compute.get("/os-keypairs").json()["keypairs"]]
    assert "contract-key" in names


@pytest.mark.parametrize(
    ("version", "given", "status", "said"),
    [
        ("2.1", {"name": "contract-key", "public_key": KEY}, 409, "Key pair 'contract-key' already exists."),
        ("2.1", {"name": "x", "public_key": "nope"}, 400, "Keypair data is invalid: failed to generate fingerprint"),
        (
            "2.1",
            {"name": "a/b?", "public_key": KEY},
            400,
            "Invalid input for field/attribute name. Value: a/b?. 'a/b?' does not match '^[_\\\\- a-zA-Z0-9]+$'",
        ),
        (
            "2.92",
            {"name": "x"},
            400,
            "Invalid input for field/attribute keypair. Value: {'name': 'x'}. 'public_key' is a required property",
        ),
    ],
)
@pytest.mark.usefixtures("keypair")
def test_an_invalid_key_pair_is_rejected(
    clouds: Clouds, version: str, given: dict[str, str], status: int, said: str
) -> None:
    answer = clouds.demo.compute.post("/os-keypairs", json={"keypair": given}, microversion=version)
    assert (answer.status_code, message(answer)) == (status, said)


def test_nova_generates_a_key_pair_before_2_92(clouds: Clouds, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(lambda: clouds.demo.compute.delete("/os-keypairs/contract-made"))
    body = {"keypair": {"name": "contract-made"}}
    made = clouds.demo.compute.post("/os-keypairs", json=body, microversion="2.1").json()["keypair"]
    assert made["private_key"].startswith("-----BEGIN")
    assert made["public_key"].startswith("ssh-rsa ")


def test_a_deleted_key_pair_is_not_found(clouds: Clouds, keypair: dict[str, Any]) -> None:
    deleted = [clouds.demo.compute.delete("/os-keypairs/contract-key", microversion="2.2") for _ in range(2)]
    assert [each.status_code for each in deleted] == [204, 404]
    assert message(deleted[1]) == f"Keypair contract-key not found for user {keypair['user_id']}"
