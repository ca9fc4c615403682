"""Designate's recordsets. Source, unless a test names another: exchanges with Designate 23.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest
from designateclient.v2 import client as designate

from cloud.conftest import Clouds, Mini
from cloud.test_dns_zones import ALL, UNKNOWN, gone


class Zone:
    """A zone of ``demo`` and its recordsets."""

    def __init__(self, clouds: Clouds, zone_id: str) -> None:
        self.clouds, self.id = clouds, zone_id
        self.api, self.path = clouds.demo.dns, f"/zones/{zone_id}/recordsets"

    def post(self, **body: Any) -> Any:
        """Send the request to create a recordset. Return the response, whatever its status."""
        return self.api.post(self.path, json={"name": "pg.contract.test.", "type": "A"} | body)

    def add(self, **body: Any) -> Any:
        """Create a recordset and wait until it is ACTIVE."""
        made = self.post(**{"records": ["203.0.113.9"]} | body).json()
        return self.wait(made["id"])

    def wait(self, recordset_id: str) -> Any:
        """Wait until a recordset is ACTIVE. Return it."""
        return self.clouds.until(
            lambda: self.api.get(f"{self.path}/{recordset_id}").json(), lambda seen: seen["status"] == "ACTIVE"
        )


@pytest.fixture
def zone(clouds: Clouds) -> Iterator[Zone]:
    made = clouds.demo.dns.create_zone(name="contract.test.", email="a@contract.test")
    clouds.until(lambda: clouds.demo.dns.get_zone(made.id), lambda seen: seen.status == "ACTIVE")
    yield Zone(clouds, made.id)
    clouds.admin.dns.delete(f"/zones/{made.id}", headers=ALL)
    gone(clouds, made.id)


def test_a_new_recordset_is_pending_and_then_active(zone: Zone) -> None:
    answer = zone.post(records=["203.0.113.9"], ttl=30, description="d")
    created = answer.json()
    active = zone.wait(created["id"])
    assert (answer.status_code, created["status"], created["action"]) == (202, "PENDING", "CREATE")
    assert (active["action"], active["records"], active["ttl"]) == ("NONE", ["203.0.113.9"], 30)
    assert (active["zone_id"], active["zone_name"], active["description"]) == (zone.id, "contract.test.", "d")
    assert answer.headers["Location"] == active["links"]["self"]


def test_a_recordset_without_records_is_active_at_once(zone: Zone) -> None:
    answer = zone.post(records=[])
    assert (answer.status_code, answer.json()["status"]) == (201, "ACTIVE")


@pytest.mark.parametrize(
    ("body", "status", "kind", "said"),
    [
        ({"records": ["203.0.113.10"]}, 409, "duplicate_recordset", "Duplicate RecordSet"),
        ({"name": "pg"}, 400, "invalid_object", "Host name pg does not end with a dot"),
        ({"name": "-bad-.contract.test."}, 400, "invalid_object", "Host name -bad-.contract.test. is invalid"),
        ({"name": "pg.other.test."}, 400, "invalid_recordset_location", "RecordSet is not contained within it's"),
        ({"name": "q.contract.test.", "records": ["nope"]}, 400, "invalid_object", "'nope' is not a 'A' Record"),
        ({"name": "q.contract.test.", "type": "NOPE"}, 400, "invalid_object", "'NOPE' is not a valid record type"),
        ({"name": "q.contract.test.", "type": None}, 400, "invalid_object", "'None' is not a valid record type"),
        ({"name": "q.contract.test.", "ttl": -3}, 400, "invalid_object", "Value must be >= 0 for field ttl"),
        ({"name": "q.contract.test.", "x": 1}, 400, "invalid_object", "Keys ['x'] are not valid for recordset"),
        ({"type": "CNAME", "records": ["a.test."]}, 400, "invalid_recordset_location", "may not share a name"),
        (
            {"name": "q.contract.test.", "type": "CNAME", "records": ["a.test.", "b.test."]},
            400,
            "bad_request",
            "CNAME recordsets may not have more than 1 record",
        ),
        (
            {"name": "contract.test.", "type": "CNAME", "records": ["a.test."]},
            400,
            "invalid_recordset_location",
            "CNAME recordsets may not be created at the zone apex",
        ),
    ],
)
def test_an_invalid_recordset_is_rejected(zone: Zone, body: dict[str, Any], status: int, kind: str, said: str) -> None:
    zone.add()
    answer = zone.post(**{"records": ["203.0.113.10"]} | body)
    known = answer.json()
    assert (answer.status_code, known["type"]) == (status, kind)
    assert said in (known.get("message") or known["errors"]["errors"][0]["message"])


def test_a_recordset_belongs_to_an_existing_zone(clouds: Clouds) -> None:
    body = {"name": "a.test.", "type": "A", "records": ["203.0.113.1"]}
    for answer in (
        clouds.demo.dns.post(f"/zones/{UNKNOWN}/recordsets", json=body),
        clouds.demo.dns.get(f"/zones/{UNKNOWN}/recordsets"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "zone_not_found")


def test_unknown_recordsets_are_not_found(zone: Zone) -> None:
    for path in (f"{zone.path}/{UNKNOWN}", f"/recordsets/{UNKNOWN}", f"/zones/{UNKNOWN}/recordsets/{UNKNOWN}"):
        answer = zone.api.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "recordset_not_found")
    assert zone.api.get(f"{zone.path}/nope").json()["message"] == "Invalid UUID recordset_id: nope"


def test_another_project_finds_no_such_zone(zone: Zone) -> None:
    path = f"{zone.path}/{zone.add()['id']}"
    alt, admin = zone.clouds.alt.dns, zone.clouds.admin.dns
    for answer in (alt.get(path), alt.delete(path), alt.get(zone.path), admin.get(path)):
        assert (answer.status_code, answer.json()["type"]) == (404, "zone_not_found")
    assert admin.get(path, headers=ALL).status_code == 200


def test_a_recordset_is_changed_by_put_but_not_its_name_or_type(zone: Zone) -> None:
    made = zone.add(ttl=30, description="d")
    path = f"{zone.path}/{made['id']}"
    changed = zone.api.put(path, json={"records": ["203.0.113.10"], "ttl": None})
    assert (changed.status_code, changed.json()["status"], changed.json()["action"]) == (202, "PENDING", "UPDATE")
    seen = zone.wait(made["id"])
    assert (seen["records"], seen["ttl"], seen["description"]) == (["203.0.113.10"], None, "d")
    for body in ({"name": "z.contract.test."}, {"type": "AAAA"}, {"records": ["nope"]}):
        assert zone.api.put(path, json=body).status_code == 400
    assert zone.api.patch(path, json={"ttl": 1}).status_code == 405


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=pg.contract.test.", ["pg.contract.test."]),
        ("name=p", []),
        ("name=p*", ["pg.contract.test."]),
        ("type=TXT", ["t.contract.test."]),
        ("data=203.0.113.9", ["pg.contract.test."]),
        ("data=203.0.113*", ["pg.contract.test."]),
        ("ttl=30", ["t.contract.test."]),
        ("description=d", ["t.contract.test."]),
        ("status=ACTIVE&type=A", ["pg.contract.test."]),
        ("status=ERROR", []),
    ],
)
def test_recordsets_are_filtered_in_a_zone_and_over_all(zone: Zone, query: str, found: list[str]) -> None:
    zone.add()
    zone.add(name="t.contract.test.", type="TXT", records=['"hello"'], ttl=30, description="d")
    for path in (zone.path, "/recordsets"):
        rows = zone.api.get(f"{path}?{query}").json()["recordsets"]
        assert [row["name"] for row in rows if row["zone_id"] == zone.id] == found


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("limit=0", "invalid_limit"),
        (f"marker={UNKNOWN}", "marker_not_found"),
        ("nope=1", "bad_request"),
        ("sort_key=nope", "invalid_sort_key"),
    ],
)
def test_an_invalid_list_is_rejected(zone: Zone, query: str, kind: str) -> None:
    answer = zone.api.get(f"{zone.path}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, kind)


def test_a_recordset_is_found_without_its_zone_by_a_redirect(zone: Zone) -> None:
    made = zone.add()
    answer = zone.api.get(f"/recordsets/{made['id']}", redirect=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, made["links"]["self"])


def test_a_deleted_recordset_is_pending_in_the_reply_and_then_not_found(zone: Zone) -> None:
    path = f"{zone.path}/{zone.add()['id']}"
    answer = zone.api.delete(path)
    assert (answer.status_code, answer.json()["status"], answer.json()["action"]) == (202, "PENDING", "DELETE")
    assert [zone.api.get(path).status_code, zone.api.delete(path).status_code] == [404, 404]
    assert zone.post(records=["203.0.113.10"]).status_code == 202


def test_trove_creates_finds_and_deletes_a_record_with_designateclient(zone: Zone) -> None:
    """Source: the calls of trove/dns/designate/driver.py."""
    client = designate.Client(session=zone.clouds.demo.session, region_name="RegionOne")
    client.recordsets.create(zone.id, "trove.contract.test.", "A", records=["203.0.113.20"])
    mine = [each for each in client.recordsets.list(zone.id) if each["name"] == "trove.contract.test."]
    zone.wait(mine[0]["id"])
    client.recordsets.delete(zone.id, mine[0]["id"])
    assert "trove.contract.test." not in {each["name"] for each in client.recordsets.list(zone.id)}


@pytest.mark.mini_only("needs durations and a manual clock")
def test_a_recordset_has_a_duration(zone: Zone, mini: Mini) -> None:
    mini.control("POST", "durations", {"recordset.create": 2, "recordset.update": 3, "recordset.delete": 4})
    made = zone.post(records=["203.0.113.9"]).json()
    path = f"{zone.path}/{made['id']}"
    assert zone.api.get(path).json()["status"] == "PENDING"
    assert zone.api.get_zone(zone.id).status == "PENDING"
    mini.advance(2)
    assert zone.api.get(path).json()["status"] == "ACTIVE"
    zone.api.put(path, json={"ttl": 7})
    assert zone.api.get(path).json()["action"] == "UPDATE"
    mini.advance(3)
    zone.api.delete(path)
    assert zone.api.get(path).status_code == 404
    assert [each["status"] for each in mini.control("GET", "inventory")["recordsets"]] == ["PENDING"]
    mini.advance(4)
    assert mini.control("GET", "inventory")["recordsets"] == []


@pytest.mark.mini_only("needs faults")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_recordset_that_fails_is_in_error(zone: Zone, mini: Mini, method: str) -> None:
    made = None if method == "POST" else zone.add()["id"]
    rule = {"service": "dns", "method": method, "path": "/zones/*/recordsets**", "kind": "error_later"}
    mini.control("POST", "faults", rule)
    if made is None:
        made = zone.post(records=["203.0.113.9"]).json()["id"]
    elif method == "PUT":
        zone.api.put(f"{zone.path}/{made}", json={"ttl": 9})
    else:
        zone.api.delete(f"{zone.path}/{made}")
    assert zone.api.get(f"{zone.path}/{made}").json()["status"] == "ERROR"
