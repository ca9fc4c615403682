"""What each microversion of Nova shows. Source of all: exchanges with Nova 34.0.0."""

from collections.abc import Iterator

import pytest

from cloud.compute_kit import Fleet, message
from cloud.conftest import Clouds


@pytest.fixture
def fleet(clouds: Clouds) -> Iterator[Fleet]:
    made = Fleet(clouds)
    yield made
    made.clear()


@pytest.mark.parametrize(
    ("since", "before", "attributes", "who"),
    [
        ("2.9", "2.8", ["locked"], "demo"),
        ("2.19", "2.18", ["description"], "demo"),
        ("2.26", "2.25", ["tags"], "demo"),
        ("2.63", "2.62", ["trusted_image_certificates"], "demo"),
        ("2.71", "2.70", ["server_groups"], "demo"),
        ("2.73", "2.72", ["locked_reason"], "demo"),
        ("2.90", "2.89", ["OS-EXT-SRV-ATTR:hostname"], "demo"),
        ("2.96", "2.95", ["pinned_availability_zone"], "demo"),
        ("2.100", "2.99", ["scheduler_hints"], "demo"),
        ("2.3", "2.1", ["OS-EXT-SRV-ATTR:reservation_id", "OS-EXT-SRV-ATTR:user_data"], "admin"),
        ("2.16", "2.15", ["host_status"], "admin"),
    ],
)
def test_an_attribute_is_shown_since_its_microversion(
    fleet: Fleet, since: str, before: str, attributes: list[str], who: str
) -> None:
    server_id = fleet.server()
    with_it = set(fleet.show(server_id, version=since, who=who))
    without = set(fleet.show(server_id, version=before, who=who))
    assert with_it >= set(attributes)
    assert not without & set(attributes)


def test_only_administrators_see_the_host(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert "OS-EXT-SRV-ATTR:host" not in fleet.show(server_id)
    assert fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"].startswith("compute")
    assert len(fleet.show(server_id)["hostId"]) == 56


def test_the_flavor_is_embedded_since_2_47_and_a_reference_before(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.show(server_id, version="2.46")["flavor"]["id"] == fleet.flavor("m1.tiny")
    whole = fleet.show(server_id, version="2.47")["flavor"]
    assert whole == {
        "vcpus": 1,
        "ram": 512,
        "disk": 1,
        "ephemeral": 0,
        "swap": 0,
        "original_name": "m1.tiny",
        "extra_specs": {},
    }


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("2.999", 406, "Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.104."),
        ("nope", 400, "API Version String nope is of invalid format. Must be of format MajorNum.MinorNum."),
    ],
)
def test_an_unsupported_microversion_is_rejected(clouds: Clouds, asked: str, status: int, said: str) -> None:
    headers = {"OpenStack-API-Version": f"compute {asked}"}
    answer = clouds.demo.compute.get("/flavors", headers=headers)
    assert (answer.status_code, message(answer)) == (status, said)


def test_the_reply_has_its_microversion_and_request_id(clouds: Clouds) -> None:
    answer = clouds.demo.compute.get("/flavors", microversion="2.60")
    assert answer.headers["OpenStack-API-Version"] == "compute 2.60"
    assert answer.headers["x-openstack-request-id"] == answer.headers["x-compute-request-id"]
    assert answer.headers["x-openstack-request-id"].startswith("req-")
    legacy = clouds.demo.compute.get("/flavors", headers={"X-OpenStack-Nova-API-Version": "2.60"})
    assert legacy.headers["OpenStack-API-Version"] == "compute 2.60"


def test_the_version_document_names_the_highest_microversion(clouds: Clouds) -> None:
    version = clouds.demo.compute.get("/", headers={"Accept": "application/json"}).json()["version"]
    assert (version["id"], version["status"], version["min_version"]) == ("v2.1", "CURRENT", "2.1")
    assert version["version"] == "2.104"
