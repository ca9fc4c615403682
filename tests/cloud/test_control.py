"""The control API, as docs/minicloud.md describes it."""

import json
import threading
import time
from typing import Any

import pytest
import requests
from keystoneauth1.exceptions import ConnectFailure
from openstack import exceptions

from cloud.conftest import Clouds, Mini

pytestmark = pytest.mark.mini_only("a real cloud has no control API")


def _create_group(clouds: Clouds) -> Any:
    return clouds.demo.network.create_security_group(name="g", description="d")


def _groups(mini: Mini) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = mini.control("GET", "inventory")["security_groups"]
    return rows


def test_a_seeded_cloud_has_an_empty_inventory(mini: Mini) -> None:
    inventory = mini.control("GET", "inventory")
    kinds = {"servers", "server_groups", "volumes", "snapshots", "ports"}
    kinds |= {"security_groups", "security_group_rules", "floating_ips", "recordsets"}
    assert inventory == {kind: [] for kind in kinds}


def test_the_inventory_names_owner_and_description(clouds: Clouds, mini: Mini) -> None:
    group = _create_group(clouds)
    shown = _groups(mini)
    assert [(row["id"], row["name"], row["description"]) for row in shown] == [(group.id, "g", "d")]
    assert shown[0]["project_id"] == clouds.demo.current_project_id
    assert len(mini.control("GET", "inventory")["security_group_rules"]) == 2


def test_a_reset_restores_everything(clouds: Clouds, mini: Mini) -> None:
    _create_group(clouds)
    mini.control("POST", "durations", {"server.build": 15})
    mini.control("POST", "faults", {"kind": "status"})
    mini.control("POST", "guests", {"kind": "never_reports"})
    mini.control("POST", "reset")
    assert _groups(mini) == []
    assert set(mini.control("GET", "durations").values()) == {0.0}
    assert mini.control("GET", "faults") == {"faults": []}
    assert mini.control("GET", "guests") == {"guests": []}


def test_ids_of_the_seed_survive_a_reset(clouds: Clouds, mini: Mini) -> None:
    def ids() -> dict[str, str]:
        admin = clouds.admin
        lists = (admin.network.networks(), admin.compute.flavors(), admin.image.images(), admin.block_storage.types())
        zones = clouds.service.dns.zones()
        return {f"{type(each).__name__} {each.name}": each.id for rows in (*lists, zones) for each in rows}

    before = ids()
    assert len(before) > 8
    mini.control("POST", "reset")
    assert ids() == before


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"server.bild": 1}, "server.bild: no such duration"),
        ({"server.build": -1}, "server.build: must be a number of seconds from 0 to 1,000,000,000"),
        ({"server.build": "1"}, "server.build: must be a number of seconds from 0 to 1,000,000,000"),
        ({"server.build": True}, "server.build: must be a number of seconds from 0 to 1,000,000,000"),
        ({"server.build": float("nan")}, "server.build: must be a number of seconds from 0 to 1,000,000,000"),
        ({"server.build": 1e300}, "server.build: must be a number of seconds from 0 to 1,000,000,000"),
    ],
)
def test_an_invalid_duration_is_rejected(mini: Mini, body: dict[str, Any], message: str) -> None:
    response = requests.post(f"{mini.url}/_control/durations", data=json.dumps(body), timeout=30)
    assert response.status_code == 400
    assert message in response.json()["error"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "kind: must be one of status, delay, drop, lose_answer, hang, error_later"),
        ({"kind": "explode"}, "kind: must be one of"),
        ({"kind": "drop", "servce": "compute"}, "servce: no such field"),
        ({"kind": "drop", "service": "nova"}, "service: must be * or one of identity, compute"),
        ({"kind": "drop", "times": "1"}, "times: must be an integer or null"),
        ({"kind": "drop", "skip": False}, "skip: must be an integer"),
        ({"kind": "delay", "seconds": "1"}, "seconds: must be a number"),
        ({"kind": "delay", "seconds": -1}, "seconds: must be a number of seconds from 0 to 1,000,000,000"),
        ({"kind": "status", "status": 42}, "status: must be an HTTP status"),
        ({"kind": "status", "headers": {"Retry-After": None}}, "headers: every value must be a string"),
    ],
)
def test_an_invalid_fault_is_rejected(mini: Mini, body: dict[str, Any], message: str) -> None:
    response = requests.post(f"{mini.url}/_control/faults", data=json.dumps(body), timeout=30)
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_an_unknown_path_is_not_found(mini: Mini) -> None:
    assert requests.get(f"{mini.url}/_control/nope", timeout=30).status_code == 404
    assert requests.get(f"{mini.url}/nowhere", timeout=30).status_code == 404


# The content type that curl -d sends by default.
CURL = {"Content-Type": "application/x-www-form-urlencoded"}
WITH_BODY = [
    ("durations", {"server.build": 15}),
    ("faults", {"kind": "drop", "service": "compute"}),
    ("guests", {"kind": "prepare_fails", "instance": "db1"}),
    ("guests/meet", {"kind": "prepare_fails", "instance": ["db1"]}),
]


@pytest.mark.parametrize("headers", [CURL, {}, {"Content-Type": "text/plain"}], ids=["curl", "none", "text"])
@pytest.mark.parametrize(("path", "body"), WITH_BODY)
def test_a_body_is_json_whatever_its_content_type(
    mini: Mini, path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    if path == "guests/meet":
        mini.control("POST", "guests", {"kind": "prepare_fails"})
    response = requests.post(f"{mini.url}/_control/{path}", data=json.dumps(body), headers=headers, timeout=30)
    assert response.status_code in (200, 201), response.text
    answer = response.json()
    if path == "guests/meet":
        assert answer == {"meet": True}
    else:
        shown = answer if path == "durations" else answer[path.removesuffix("s")]
        assert body.items() <= shown.items()
        listed = mini.control("GET", path)
        assert shown == (listed if path == "durations" else listed[path][0])


REJECTING = [("POST", path) for path in ("reset", "durations", "faults", "guests", "guests/meet")]
REJECTING += [("DELETE", path) for path in ("faults", "faults/1", "requests", "guests")]


@pytest.mark.parametrize(("method", "path"), REJECTING)
def test_an_unknown_name_in_a_body_is_rejected_by_name_and_changes_nothing(mini: Mini, method: str, path: str) -> None:
    mini.control("POST", "faults", {"kind": "drop", "times": 0})
    mini.control("POST", "guests", {"kind": "never_reports"})
    known = dict(WITH_BODY).get(path, {}) if method == "POST" else {}
    body = {**known, "duration": 5}
    response = requests.request(method, f"{mini.url}/_control/{path}", data=json.dumps(body), headers=CURL, timeout=30)
    assert response.status_code == 400
    assert response.json()["error"].startswith("duration: no such ")
    assert [rule["kind"] for rule in mini.control("GET", "faults")["faults"]] == ["drop"]
    assert [(rule["kind"], rule["met"]) for rule in mini.control("GET", "guests")["guests"]] == [("never_reports", 0)]
    assert set(mini.control("GET", "durations").values()) == {0.0}


@pytest.mark.parametrize("headers", [CURL, {"Content-Type": "application/json"}], ids=["curl", "json"])
@pytest.mark.parametrize("body", ["{bad", "[]", '"drop"', "kind=drop", b"\xff"])
@pytest.mark.parametrize(("method", "path"), REJECTING)
def test_a_body_that_is_not_a_json_object_is_rejected(
    mini: Mini, method: str, path: str, body: str | bytes, headers: dict[str, str]
) -> None:
    response = requests.request(method, f"{mini.url}/_control/{path}", data=body, headers=headers, timeout=30)
    assert response.status_code == 400
    assert response.json()["error"].startswith("body: Malformed request body: ")


@pytest.mark.parametrize(
    ("path", "name"), [("requests?after=x", "after"), ("events?after=inf", "after"), ("events?wait=nan", "wait")]
)
def test_an_invalid_number_in_a_query_is_rejected(mini: Mini, path: str, name: str) -> None:
    response = requests.get(f"{mini.url}/_control/{path}", timeout=30)
    assert (response.status_code, response.json()) == (400, {"error": f"{name}: must be a number"})


def test_nova_and_keystone_reject_another_content_type(clouds: Clouds, mini: Mini) -> None:
    del mini
    body = '{"keypair": {"name": "k"}}'
    nova = clouds.demo.compute.post("/os-keypairs", data=body, headers=CURL)
    assert (nova.status_code, nova.json()) == (
        415,
        {"badMediaType": {"code": 415, "message": "Unsupported Content-Type"}},
    )
    keystone = clouds.admin.identity.post("/projects", data='{"project": {"name": "p"}}', headers=CURL)
    assert keystone.status_code == 400
    assert keystone.json()["error"]["message"].startswith("Expecting to find application/json in Content-Type header.")


def test_a_status_fault_has_the_service_s_own_form_and_no_effect(clouds: Clouds, mini: Mini) -> None:
    fault = {"kind": "status", "service": "network", "method": "POST", "path": "/security-groups", "status": 503}
    mini.control("POST", "faults", fault)
    response = clouds.demo.network.post("/security-groups", json={"security_group": {"name": "g"}})
    assert response.status_code == 503
    assert response.json()["NeutronError"]["message"] == "fault 1 of the control API"
    assert response.headers["x-openstack-request-id"].startswith("req-")
    assert _groups(mini) == []
    _create_group(clouds)
    assert mini.control("GET", "faults")["faults"][0]["met"] == 1


def test_a_status_fault_can_have_a_body(clouds: Clouds, mini: Mini) -> None:
    mini.control("POST", "faults", {"kind": "status", "path": "/ports", "status": 409, "body": {"own": "body"}})
    assert clouds.demo.network.get("/ports").json() == {"own": "body"}


def test_skip_and_times_choose_which_requests(clouds: Clouds, mini: Mini) -> None:
    mini.control("POST", "faults", {"kind": "status", "path": "/ports", "skip": 1, "times": 2})
    statuses = [clouds.demo.network.get("/ports").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("/ports/*", True),
        ("/v2.0/ports/*", True),
        ("/network/v2.0/ports/*", True),
        ("/**", True),
        ("*", True),
        ("/ports", False),
        ("/*", False),
        ("/networks/*", False),
    ],
)
def test_a_star_is_one_segment_of_a_path_and_two_are_any_number(
    clouds: Clouds, mini: Mini, path: str, matches: bool
) -> None:
    clouds.demo.network.get("/ports")  # gets a token before the fault is set
    mini.control("POST", "faults", {"kind": "status", "service": "network", "path": path, "status": 418})
    status = clouds.demo.network.get("/ports/00000000-0000-0000-0000-000000000000").status_code
    assert (status == 418) is matches


def test_a_fault_can_match_the_body(clouds: Clouds, mini: Mini) -> None:
    mini.control("POST", "faults", {"kind": "status", "method": "post", "contains": '"bad-name"'})
    create = clouds.demo.network.create_security_group
    create(name="good-name")
    with pytest.raises(exceptions.HttpException):
        create(name="bad-name")


def test_a_fault_can_match_query_and_user_agent(clouds: Clouds, mini: Mini) -> None:
    rule = {"kind": "status", "service": "network", "query": "name=bad", "user_agent": "picky/", "status": 418}
    mini.control("POST", "faults", rule)

    def status(path: str, client: str) -> int:
        return int(clouds.demo.network.get(path, headers={"User-Agent": client}).status_code)

    assert status("/ports?name=good", "picky/1") == 200
    assert status("/ports?name=bad", "another") == 200
    assert status("/ports?name=bad", "picky/1") == 418


def test_a_dropped_request_has_no_effect_but_one_with_a_lost_reply_has(clouds: Clouds, mini: Mini) -> None:
    clouds.demo.network.get("/security-groups")
    for kind, effect in (("drop", 0), ("lose_answer", 1)):
        mini.control("POST", "faults", {"kind": kind, "method": "POST", "path": "/security-groups"})
        with pytest.raises(ConnectFailure):
            _create_group(clouds)
        assert len(_groups(mini)) == effect
    logged = [entry for entry in mini.control("GET", "requests")["requests"] if entry["fault"]]
    assert [(entry["fault"], entry["status"]) for entry in logged] == [("drop", None), ("lose_answer", 201)]


def test_a_delayed_request_waits_for_the_clock(clouds: Clouds, mini: Mini) -> None:
    clouds.demo.network.get("/ports")
    mini.control("POST", "faults", {"kind": "delay", "path": "/ports", "seconds": 5})
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(clouds.demo.network.get("/ports").status_code))
    thread.start()
    _until_met(mini)
    assert answers == []
    mini.advance(5)
    thread.join(10)
    assert answers == [200]


def test_a_hanging_request_is_closed_without_a_reply(clouds: Clouds, mini: Mini) -> None:
    clouds.demo.network.get("/security-groups")
    mini.control("POST", "faults", {"kind": "hang", "method": "POST", "path": "/security-groups"})
    failures: list[ConnectFailure] = []

    def ask() -> None:
        try:
            _create_group(clouds)
        except ConnectFailure as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    _until_met(mini)
    assert not failures
    assert mini.control("DELETE", "faults") == {"removed": 1}
    thread.join(10)
    assert len(failures) == 1
    assert _groups(mini) == []


def _until_met(mini: Mini) -> None:
    deadline = time.monotonic() + 10
    while not any(fault["met"] for fault in mini.control("GET", "faults")["faults"]):
        assert time.monotonic() < deadline


def test_requests_are_logged_with_their_client_and_request_id(clouds: Clouds, mini: Mini) -> None:
    clouds.demo.network.get("/ports")
    order = mini.control("GET", "requests")["requests"][-1]["order"]
    response = clouds.demo.network.get("/ports?name=x", user_agent="tester/1")
    logged = mini.control("GET", f"requests?after={order}")["requests"]
    assert len(logged) == 1
    wanted = {"service": "network", "method": "GET", "path": "/ports", "query": "name=x", "status": 200}
    wanted |= {"user": "demo", "user_agent": "tester/1", "request_id": response.headers["x-openstack-request-id"]}
    assert wanted.items() <= logged[0].items()
    assert mini.control("DELETE", "requests")["removed"] >= 2
    assert mini.control("GET", "requests") == {"requests": []}


def test_the_logged_path_omits_the_project_in_cinder_s_path(clouds: Clouds, mini: Mini) -> None:
    mini.control("DELETE", "requests")
    clouds.demo.block_storage.get("/volumes/detail")
    assert mini.control("GET", "requests")["requests"][-1]["path"] == "/volumes/detail"


def test_events_of_servers_can_be_waited_for(clouds: Clouds, mini: Mini) -> None:
    mini.control("POST", "durations", {"server.build": 15})
    network = clouds.demo.network.find_network("tenant")
    flavor, image = clouds.demo.compute.find_flavor("m1.tiny"), clouds.demo.image.find_image("guest")
    server = clouds.demo.compute.create_server(
        name="s", flavor_id=flavor.id, image_id=image.id, networks=[{"uuid": network.id}], metadata={"k": "v"}
    )
    assert mini.control("GET", "events?after=0&wait=0") == {"events": []}
    seen: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: seen.extend(mini.control("GET", "events?after=0&wait=30")["events"]))
    thread.start()
    mini.advance(15)
    thread.join(10)
    assert [(event["kind"], event["server_id"], event["metadata"]) for event in seen] == [
        ("server.active", server.id, {"k": "v"})
    ]
    order = seen[0]["order"]
    clouds.demo.compute.delete_server(server)
    later = mini.control("GET", f"events?after={order}&wait=5")["events"]
    assert [event["kind"] for event in later] == ["server.deleted"]


def test_guests_misbehave_by_instance_flavor_and_number(mini: Mini) -> None:
    rule = {"kind": "does_not_start", "instance": "db-1", "flavor": "m1.small", "times": 1}
    mini.control("POST", "guests", rule)

    def meet(**changes: Any) -> bool:
        asked = {"kind": "does_not_start", "instance": ["id-1", "db-1"], "flavor": "m1.small", **changes}
        met: bool = mini.control("POST", "guests/meet", asked)["meet"]
        return met

    assert not meet(flavor="m1.tiny")
    assert not meet(instance=["id-2", "db-2"])
    assert not meet(kind="prepare_fails")
    assert meet()
    assert not meet()
    assert mini.control("DELETE", "guests") == {"removed": 1}


def test_guests_misbehave_in_one_call_only(mini: Mini) -> None:
    mini.control("POST", "guests", {"kind": "call_fails", "call": "stop_db"})
    asked = {"kind": "call_fails", "instance": ["id-1"], "flavor": "m1.small"}
    assert mini.control("POST", "guests/meet", {**asked, "call": "restart"}) == {"meet": False}
    assert mini.control("POST", "guests/meet", {**asked, "call": "stop_db"}) == {"meet": True}
    mini.control("DELETE", "guests")


def test_an_invalid_rule_for_guests_is_rejected(mini: Mini) -> None:
    for body, message in (({"kind": "dances"}, "kind: must be one of"), ({"knd": "x"}, "knd: no such field")):
        response = requests.post(f"{mini.url}/_control/guests", data=json.dumps(body), timeout=30)
        assert response.status_code == 400
        assert message in response.json()["error"]
