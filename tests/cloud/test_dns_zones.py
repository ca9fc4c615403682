"""Designate's zones. Source, unless a test names another: exchanges with Designate 23.0.0."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from cloud.conftest import Clouds, Mini

UNKNOWN = "00000000-0000-0000-0000-000000000000"
ALL = {"X-Auth-All-Projects": "True"}
JSON = {"Content-Type": "application/json"}


def gone(clouds: Clouds, zone_id: str) -> None:
    """Wait until a zone is not found."""
    admin = clouds.admin.dns
    clouds.until(lambda: admin.get(f"/zones/{zone_id}", headers=ALL).status_code, lambda seen: seen == 404)


@pytest.fixture
def zone(clouds: Clouds) -> Iterator[Callable[..., Any]]:
    """Creates zones of ``demo`` and waits for them. They are deleted at the end of the test."""
    made: list[str] = []

    def make(name: str = "contract.test.", **attributes: Any) -> Any:
        created = clouds.demo.dns.create_zone(name=name, email="a@contract.test", **attributes)
        made.append(created.id)
        return clouds.until(lambda: clouds.demo.dns.get_zone(created.id), lambda seen: seen.status == "ACTIVE")

    yield make
    for zone_id in reversed(made):
        clouds.admin.dns.delete(f"/zones/{zone_id}", headers=ALL)
        gone(clouds, zone_id)


def test_the_root_offers_versions(clouds: Clouds) -> None:
    answer = requests.get(str(clouds.demo.dns.get_endpoint()).partition("/v2")[0] + "/", timeout=10)
    assert answer.status_code == 200
    assert {"v2", "v2.0", "v2.1"} <= {version["id"] for version in answer.json()["versions"]}


def test_a_new_zone_is_pending_and_then_active(clouds: Clouds, zone: Callable[..., Any]) -> None:
    active = zone(ttl=60, description="d")
    duplicate = clouds.demo.dns.post("/zones", json={"name": "contract.test.", "email": "a@contract.test"})
    assert (active.status, active.action, active.type) == ("ACTIVE", "NONE", "PRIMARY")
    assert (active.ttl, active.description, active.project_id) == (60, "d", clouds.demo.current_project_id)
    assert duplicate.status_code == 409
    assert duplicate.json() | {"request_id": ""} == {
        "code": 409,
        "type": "duplicate_zone",
        "message": "Duplicate Zone",
        "request_id": "",
    }


def test_a_new_zone_has_the_managed_recordsets(clouds: Clouds, zone: Callable[..., Any]) -> None:
    made = zone()
    path = f"/zones/{made.id}/recordsets"
    rows = clouds.demo.dns.get(path).json()["recordsets"]
    assert {(row["type"], row["name"]) for row in rows} == {("SOA", "contract.test."), ("NS", "contract.test.")}
    for row in rows:
        deleted = clouds.demo.dns.delete(f"{path}/{row['id']}")
        updated = clouds.demo.dns.put(f"{path}/{row['id']}", json={"ttl": 5})
        assert (deleted.status_code, updated.status_code) == (400, 400)
        if row["type"] == "NS":
            assert deleted.json()["message"] == "Managed records may not be deleted"
            assert updated.json()["message"] == "Managed records may not be updated"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "nodot", "email": "a@b.test"}, "Domain nodot does not end with a dot"),
        ({"name": "bad_name!.", "email": "a@b.test"}, "Domain bad_name!. is invalid"),
        ({"name": "x.test.", "email": "nope"}, "nope is not an email"),
        ({"name": "x.test."}, "'email' is a required property"),
        ({"email": "a@b.test"}, "'name' is a required property"),
        ({}, "'email' is a required property"),
        ({"name": "x.test.", "email": "a@b.test", "nope": 1}, "Keys ['nope'] are not valid for zone"),
        ({"name": "x.test.", "email": "a@b.test", "ttl": -1}, "Value must be >= 0 for field ttl"),
        ({"name": "x.test.", "email": "a@b.test", "type": "NOPE"}, "Field value NOPE is invalid"),
    ],
)
def test_an_invalid_zone_is_rejected(clouds: Clouds, body: dict[str, Any], said: str) -> None:
    answer = clouds.demo.dns.post("/zones", json=body)
    known = answer.json()
    assert (answer.status_code, known["code"], known["type"]) == (400, 400, "invalid_object")
    text = known.get("message") or known["errors"]["errors"][0]["message"]
    assert said in text


def test_a_body_must_be_json(clouds: Clouds) -> None:
    broken = clouds.demo.dns.post("/zones", data="{bad", headers=JSON)
    text = clouds.demo.dns.post("/zones", data="x", headers={"Content-Type": "text/plain"})
    assert (broken.status_code, broken.json()["type"]) == (400, "invalid_json")
    assert (text.status_code, text.json()["type"]) == (415, "unsupported_content_type")


def test_ids_are_uuids_and_unknown_ones_not_found(clouds: Clouds) -> None:
    unknown, wrong = clouds.demo.dns.get(f"/zones/{UNKNOWN}"), clouds.demo.dns.get("/zones/nope")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "zone_not_found")
    assert unknown.json()["message"] == "Could not find Zone"
    assert unknown.json()["request_id"] == unknown.headers["x-openstack-request-id"]
    assert (wrong.status_code, wrong.json()["message"]) == (400, "Invalid UUID zone_id: nope")


def test_other_projects_zones_are_not_found_even_by_administrators_without_a_header(
    clouds: Clouds, zone: Callable[..., Any]
) -> None:
    path, demo = f"/zones/{zone().id}", clouds.demo.current_project_id
    sudo = {"X-Auth-Sudo-Project-ID": demo}
    admin, alt = clouds.admin.dns, clouds.alt.dns
    statuses = [
        client.get(path, headers=headers).status_code
        for client, headers in ((alt, {}), (admin, {}), (admin, ALL), (admin, sudo), (alt, ALL), (alt, sudo))
    ]
    assert statuses == [404, 404, 200, 200, 403, 403]
    assert path.rpartition("/")[2] not in {row["id"] for row in admin.get("/zones").json()["zones"]}
    assert path.rpartition("/")[2] in {row["id"] for row in admin.get("/zones", headers=ALL).json()["zones"]}


def test_zones_below_another_projects_zone_are_rejected(clouds: Clouds, zone: Callable[..., Any]) -> None:
    zone()
    own = zone("sub.contract.test.")
    other = clouds.alt.dns.post("/zones", json={"name": "sub2.contract.test.", "email": "a@b.test"})
    assert own.name == "sub.contract.test."
    assert (other.status_code, other.json()["type"]) == (403, "illegal_child")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=contract-a.test.", ["contract-a.test."]),
        ("name=*contract-*", ["contract-a.test.", "contract-b.test."]),
        ("name=nope", []),
        ("status=ACTIVE&name=contract-b*", ["contract-b.test."]),
        ("name=contract-*&sort_key=name&sort_dir=desc", ["contract-b.test.", "contract-a.test."]),
        ("description=d", ["contract-b.test."]),
    ],
)
def test_lists_are_filtered_and_sorted(clouds: Clouds, zone: Callable[..., Any], query: str, found: list[str]) -> None:
    zone("contract-a.test.")
    zone("contract-b.test.", description="d")
    body = clouds.demo.dns.get(f"/zones?{query}").json()
    assert [row["name"] for row in body["zones"]] == found
    assert body["metadata"] == {"total_count": len(found)}
    assert body["links"]["self"].partition("?")[0].endswith("/v2/zones")


def test_a_list_is_paginated(clouds: Clouds, zone: Callable[..., Any]) -> None:
    for name in "abc":
        zone(f"contract-{name}.test.")
    first = clouds.demo.dns.get("/zones?name=contract-*&limit=2&sort_key=name").json()
    second = clouds.demo.dns.get(first["links"]["next"]).json()
    names = [row["name"] for row in first["zones"] + second["zones"]]
    assert names == ["contract-a.test.", "contract-b.test.", "contract-c.test."]
    assert "next" not in second["links"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("limit=x", "invalid_limit"),
        ("limit=0", "invalid_limit"),
        ("marker=nope", "invalid_marker"),
        (f"marker={UNKNOWN}", "marker_not_found"),
        ("sort_key=nope", "invalid_sort_key"),
        ("nope=1", "bad_request"),
    ],
)
def test_an_invalid_list_is_rejected(clouds: Clouds, query: str, kind: str) -> None:
    answer = clouds.demo.dns.get(f"/zones?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, kind)


def test_a_zone_is_changed_by_patch_but_not_its_name(clouds: Clouds, zone: Callable[..., Any]) -> None:
    made = zone()
    changed = clouds.demo.dns.patch(f"/zones/{made.id}", json={"description": "e", "ttl": 120})
    named = clouds.demo.dns.patch(f"/zones/{made.id}", json={"name": "y.test."})
    assert (changed.status_code, changed.json()["status"], changed.json()["action"]) == (202, "PENDING", "UPDATE")
    assert (named.status_code, named.json()["message"][-35:]) == (400, "Keys ['name'] are not valid for zone"[-35:])
    assert clouds.demo.dns.put(f"/zones/{made.id}", json={}).status_code == 405
    clouds.until(lambda: clouds.demo.dns.get_zone(made.id), lambda seen: (seen.status, seen.ttl) == ("ACTIVE", 120))


def test_a_deleted_zone_is_pending_until_it_is_not_found(clouds: Clouds, zone: Callable[..., Any]) -> None:
    made = zone()
    answer = clouds.demo.dns.delete(f"/zones/{made.id}")
    assert (answer.status_code, answer.json()["status"], answer.json()["action"]) == (202, "PENDING", "DELETE")
    gone(clouds, made.id)


def test_quotas_are_set_by_administrators_and_exceeding_them_is_a_413(clouds: Clouds, zone: Callable[..., Any]) -> None:
    made, demo = zone(), clouds.demo.current_project_id
    before = clouds.demo.dns.get(f"/quotas/{demo}").json()
    count = clouds.demo.dns.get("/zones").json()["metadata"]["total_count"]
    limits = {"zone_recordsets": 0, "zones": count}
    try:
        set_own = clouds.demo.dns.patch(f"/quotas/{demo}", json=limits)
        answer = clouds.admin.dns.patch(f"/quotas/{demo}", json=limits, headers=ALL)
        record = {"name": "q.contract.test.", "type": "A", "records": ["203.0.113.77"]}
        recordset = clouds.demo.dns.post(f"/zones/{made.id}/recordsets", json=record)
        other = clouds.demo.dns.post("/zones", json={"name": "overq.test.", "email": "a@b.test"})
    finally:
        clouds.admin.dns.delete(f"/quotas/{demo}", headers=ALL)
    assert (set_own.status_code, answer.json()) == (403, before | limits)
    assert (recordset.status_code, recordset.json()["message"]) == (413, "Quota exceeded for zone_recordsets.")
    assert (other.status_code, other.json()["type"], other.json()["message"]) == (
        413,
        "over_quota",
        "Quota exceeded for zones.",
    )
    assert clouds.demo.dns.get(f"/quotas/{demo}").json() == before
    assert clouds.demo.dns.get("/limits").json()["max_zones"] == before["zones"]


def test_pools_are_for_administrators(clouds: Clouds) -> None:
    assert clouds.demo.dns.get("/pools").status_code == 403
    assert clouds.admin.dns.get("/pools").json()["pools"][0]["ns_records"]


@pytest.mark.mini_only("needs durations and faults")
def test_a_zone_has_a_duration_and_may_fail(clouds: Clouds, mini: Mini) -> None:
    mini.control("POST", "durations", {"zone.create": 3, "zone.delete": 3})
    dns = clouds.demo.dns
    made = dns.create_zone(name="slow.test.", email="a@b.test")
    assert dns.get_zone(made.id).status == "PENDING"
    mini.advance(3)
    assert dns.get_zone(made.id).status == "ACTIVE"
    dns.delete_zone(made.id)
    record = {"name": "n.slow.test.", "type": "A", "records": ["203.0.113.10"]}
    refused = dns.post(f"/zones/{made.id}/recordsets", json=record)
    assert (dns.get_zone(made.id).status, dns.get_zone(made.id).action) == ("PENDING", "DELETE")
    assert (refused.status_code, refused.json()["message"]) == (400, "Can not update a deleting zone")
    mini.advance(3)
    mini.control("POST", "faults", {"service": "dns", "method": "POST", "path": "/zones", "kind": "error_later"})
    broken = dns.create_zone(name="slow.test.", email="a@b.test")
    mini.advance(3)
    assert dns.get_zone(broken.id).status == "ERROR"


@pytest.mark.mini_only("a real Designate answers some of these with 500")
@pytest.mark.parametrize("value", [None, [], 7, "x", {"a": {}}, True, ["x", 1]])
def test_a_value_of_any_type_is_never_a_server_error(clouds: Clouds, value: Any) -> None:
    good = {"name": "n.test.", "email": "a@b.test"}
    zone_id = clouds.demo.dns.create_zone(name="sense.test.", email="a@b.test").id
    for field in ("name", "email", "ttl", "description", "masters", "attributes", "type"):
        assert clouds.demo.dns.post("/zones", json=good | {field: value}).status_code in (202, 400, 409), field
    good = {"name": "n.sense.test.", "type": "A", "records": ["203.0.113.1"]}
    for field in good | {"ttl": 1, "description": ""}:
        answer = clouds.demo.dns.post(f"/zones/{zone_id}/recordsets", json=good | {field: value})
        assert answer.status_code in (201, 202, 400, 409), field
