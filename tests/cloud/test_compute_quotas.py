"""Nova's quotas and limits. Source of all: exchanges with Nova 34.0.0 with its default quota driver.

The real cloud runs without quotas (NoopQuotaDriver), so exceeded quotas are tested here only.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.compute_kit import Fleet, message
from cloud.conftest import Clouds

REFUSES = "the real cloud runs with the quota driver that allows everything"


@pytest.fixture
def fleet(clouds: Clouds) -> Iterator[Fleet]:
    made = Fleet(clouds)
    yield made
    made.clear()


@pytest.mark.mini_only(REFUSES)
@pytest.mark.parametrize(
    ("limits", "changed", "said"),
    [
        (
            {"instances": 1},
            {},
            "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances",
        ),
        (
            {"instances": 1},
            {"min_count": 3},
            "Quota exceeded for instances: Requested 3, but already used 1 of 1 instances",
        ),
        ({"cores": 1}, {}, "Quota exceeded for cores: Requested 1, but already used 1 of 1 cores"),
        ({"ram": 512}, {}, "Quota exceeded for ram: Requested 512, but already used 512 of 512 ram"),
        (
            {"cores": 1, "ram": 512},
            {"flavorRef": "m1.medium"},
            "Quota exceeded for cores, ram: Requested 2, 4096, but already used 1, 512 of 1, 512 cores, ram",
        ),
        (
            {"metadata_items": 1},
            {"metadata": {"a": "1", "b": "2"}},
            "Maximum number of metadata items exceeds 1",
        ),
    ],
)
def test_a_server_over_the_quota_is_forbidden(
    fleet: Fleet, limits: dict[str, int], changed: dict[str, Any], said: str
) -> None:
    fleet.server()
    assert fleet.quota(**limits).status_code == 200
    given = {**changed, "flavorRef": fleet.flavor("m1.medium")} if "flavorRef" in changed else changed
    answer = fleet.ask(**given)
    assert (answer.status_code, message(answer)) == (403, said)


@pytest.mark.mini_only(REFUSES)
def test_as_many_servers_are_created_as_the_quota_allows(fleet: Fleet) -> None:
    fleet.quota(instances=2)
    answer = fleet.ask(min_count=1, max_count=5)
    assert answer.status_code == 202
    assert len(fleet.get("/servers").json()["servers"]) == 2


@pytest.mark.mini_only(REFUSES)
def test_a_resize_over_the_quota_is_forbidden(fleet: Fleet) -> None:
    server_id = fleet.server()
    fleet.quota(cores=1, ram=512)
    answer = fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.medium")})
    said = "Quota exceeded for cores, ram: Requested 1, 3584, but already used 1, 512 of 1, 512 cores, ram"
    assert (answer.status_code, message(answer)) == (403, said)


@pytest.mark.mini_only(REFUSES)
def test_groups_members_key_pairs_and_metadata_are_limited(fleet: Fleet) -> None:
    server_id, group = fleet.server(), fleet.group("affinity")
    fleet.server(hints={"group": group})
    fleet.quota(server_groups=1, server_group_members=1, key_pairs=0, metadata_items=1)
    body = {"server_group": {"name": "x", "policies": ["affinity"]}}
    assert message(fleet.api.post("/os-server-groups", json=body)) == "Quota exceeded, too many server groups."
    assert message(fleet.ask(hints={"group": group})) == "Quota exceeded, too many servers in group"
    key = {"keypair": {"name": "x", "public_key": "ssh-ed25519 AAAA x"}}
    assert message(fleet.api.post("/os-keypairs", json=key)) == "Quota exceeded, too many key pairs."
    metadata = {"metadata": {"a": "1", "b": "2"}}
    refused = fleet.api.post(f"/servers/{server_id}/metadata", json=metadata)
    assert message(refused) == "Maximum number of metadata items exceeds 1"


@pytest.mark.mini_only(REFUSES)
def test_a_limit_below_the_usage_needs_force(fleet: Fleet) -> None:
    fleet.server()
    refused = fleet.quota(cores=0)
    said = "Quota limit 0 for cores must be greater than or equal to already used and reserved 1."
    assert (refused.status_code, message(refused)) == (400, said)
    assert fleet.quota(cores=0, force=True).json()["quota_set"]["cores"] == 0


@pytest.mark.mini_only(REFUSES)
def test_usage_is_counted_and_released(clouds: Clouds, fleet: Fleet) -> None:
    path = f"/os-quota-sets/{clouds.demo.current_project_id}/detail"
    server_id = fleet.server()
    assert fleet.get(path).json()["quota_set"]["ram"]["in_use"] == 512
    absolute = fleet.get("/limits").json()["limits"]["absolute"]
    assert (absolute["totalInstancesUsed"], absolute["totalCoresUsed"], absolute["totalRAMUsed"]) == (1, 1, 512)
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    assert fleet.get(path).json()["quota_set"]["ram"]["in_use"] == 0


@pytest.mark.parametrize(
    ("version", "gone"),
    [
        ("2.1", set()),
        ("2.36", {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}),
        ("2.57", {"injected_files", "injected_file_content_bytes", "injected_file_path_bytes"}),
    ],
)
def test_a_quota_set_has_the_resources_of_its_microversion(clouds: Clouds, version: str, gone: set[str]) -> None:
    path = f"/os-quota-sets/{clouds.demo.current_project_id}"
    shown = set(clouds.demo.compute.get(path, microversion=version).json()["quota_set"])
    assert shown >= {"id", "cores", "instances", "ram", "key_pairs", "metadata_items", "server_groups"}
    assert not shown & gone


def test_a_quota_is_visible_to_its_project_and_to_administrators(clouds: Clouds) -> None:
    path = f"/os-quota-sets/{clouds.alt.current_project_id}"
    refused = clouds.demo.compute.get(path)
    said = "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed."
    assert (refused.status_code, message(refused)) == (403, said)
    own = f"/os-quota-sets/{clouds.demo.current_project_id}"
    changed = clouds.demo.compute.put(own, json={"quota_set": {"instances": 5}})
    assert message(changed) == "Policy doesn't allow os_compute_api:os-quota-sets:update to be performed."
    unknown = clouds.admin.compute.put(own, json={"quota_set": {"nope": 5}})
    assert "Additional properties are not allowed ('nope' was unexpected)" in message(unknown)
    negative = clouds.admin.compute.put(own, json={"quota_set": {"cores": -2}})
    assert message(negative) == (
        "Invalid input for field/attribute cores. Value: -2. -2 is less than the minimum of -1"
    )
