"""Cinder's versions, microversions and paths. Source: exchanges with Cinder 29.0.0."""

import pytest
import requests
from openstack.connection import Connection

from cloud.conftest import Clouds
from cloud.volume_kit import message


def _root(clouds: Clouds) -> str:
    return str(clouds.demo.block_storage.get_endpoint()).partition("/v3")[0]


def _token(connection: Connection) -> dict[str, str]:
    """Return the header with a new token: the emulated cloud has forgotten those of earlier tests."""
    connection.session.invalidate()
    return {"X-Auth-Token": connection.session.get_token()}


def test_the_root_offers_version_3_with_status_300(clouds: Clouds) -> None:
    answer = requests.get(_root(clouds) + "/", timeout=10)
    (version,) = answer.json()["versions"]
    assert answer.status_code == 300
    assert (version["id"], version["status"], version["min_version"], version["version"]) == (
        "v3.0",
        "CURRENT",
        "3.0",
        "3.71",
    )


def test_version_3_describes_itself_to_those_with_a_token(clouds: Clouds) -> None:
    url = _root(clouds) + "/v3/"
    anonymous = requests.get(url, timeout=10)
    token = _token(clouds.demo)
    known = requests.get(url, headers=token, timeout=10)
    without_slash = requests.get(url.rstrip("/"), headers=token, timeout=10, allow_redirects=False)
    assert (anonymous.status_code, anonymous.json()["error"]["title"]) == (401, "Unauthorized")
    assert (known.status_code, known.json()["versions"][0]["id"]) == (200, "v3.0")
    assert without_slash.status_code == 302


def test_the_project_in_the_path_may_be_left_out_but_must_be_the_tokens(clouds: Clouds) -> None:
    root, demo = _root(clouds), _token(clouds.demo)
    assert requests.get(f"{root}/v3/volumes", headers=demo, timeout=10).status_code == 200
    for other in (clouds.alt, clouds.admin):
        path = f"{root}/v3/{clouds.demo.current_project_id}/volumes"
        answer = requests.get(path, headers=_token(other), timeout=10)
        assert (answer.status_code, message(answer)) == (400, "Malformed request url")


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("3.999", 406, "Version 3.999 is not supported by the API. Minimum is 3.0 and maximum is 3.71."),
        ("2.0", 406, "Version 2.0 is not supported by the API. Minimum is 3.0 and maximum is 3.71."),
        ("nope", 400, "API Version String nope is of invalid format. Must be of format MajorNum.MinorNum."),
    ],
)
def test_an_unsupported_microversion_is_rejected(clouds: Clouds, asked: str, status: int, said: str) -> None:
    answer = clouds.demo.block_storage.get("/volumes", headers={"OpenStack-API-Version": f"volume {asked}"})
    assert (answer.status_code, message(answer)) == (status, said)


def test_every_reply_has_a_request_id_and_its_microversion(clouds: Clouds) -> None:
    headers = clouds.demo.block_storage.get("/volumes", headers={"OpenStack-API-Version": "volume latest"}).headers
    assert headers["x-openstack-request-id"].startswith("req-")
    assert headers["x-compute-request-id"] == headers["x-openstack-request-id"]
    assert (headers["OpenStack-API-Version"], headers["Vary"]) == ("volume 3.71", "OpenStack-API-Version")


def test_later_microversions_show_more(clouds: Clouds) -> None:
    api = clouds.demo.block_storage
    assert api.get("/attachments", microversion="3.26").status_code == 404
    assert api.get("/attachments", microversion="3.27").json() == {"attachments": []}
    assert api.get("/volumes/summary", microversion="3.12").json()["volume-summary"].keys() >= {"total_count"}


def test_an_unknown_path_or_method_is_not_found(clouds: Clouds) -> None:
    api = clouds.demo.block_storage
    assert [api.get("/nope").status_code, api.put("/volumes", json={}).status_code] == [404, 404]
