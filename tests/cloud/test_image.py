"""Glance's images. Source, unless a test names another: exchanges with Glance 33.0.0."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from glanceclient import Client as Glance
from keystoneauth1.session import Session

from cloud.conftest import Clouds

UNKNOWN = "00000000-0000-0000-0000-000000000000"
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def image(clouds: Clouds) -> Iterator[Callable[..., dict[str, Any]]]:
    """Creates images of ``demo``. They are deleted at the end of the test."""
    made: list[str] = []

    def make(**attributes: Any) -> dict[str, Any]:
        body = {"name": "contract", "disk_format": "raw", "container_format": "bare", **attributes}
        created: dict[str, Any] = clouds.demo.image.post("/images", json=body).json()
        made.append(created["id"])
        return created

    yield make
    for image_id in made:
        _patch(clouds, image_id, {"op": "replace", "path": "/protected", "value": False})
        clouds.demo.image.delete(f"/images/{image_id}")


def _patch(clouds: Clouds, image_id: str, *operations: dict[str, Any]) -> Any:
    return clouds.demo.image.patch(f"/images/{image_id}", json=list(operations), headers=PATCH)


def test_the_root_offers_versions_with_status_300_and_so_does_any_unknown_path(clouds: Clouds) -> None:
    root = str(clouds.demo.image.get_endpoint()).partition("/v2")[0]
    for path in ("/", "/nope"):
        answer = requests.get(root + path, timeout=10)
        assert answer.status_code == 300
        assert [each["id"] for each in answer.json()["versions"] if each["status"] == "CURRENT"] == ["v2.17"]
    assert requests.get(root + "/v2/images", timeout=10).status_code == 401


def test_the_schema_of_an_image_has_the_attributes_that_clients_may_set(clouds: Clouds) -> None:
    schema = clouds.demo.image.get("/schemas/image").json()
    assert schema["properties"]["status"]["readOnly"]
    assert schema["additionalProperties"] == {"type": "string"}
    assert clouds.demo.image.get("/schemas/images").json()["properties"]["images"]["items"]["name"] == "image"


def test_the_seeded_image_is_public_and_tagged(clouds: Clouds) -> None:
    (guest,) = clouds.demo.image.images(name="guest", tag=["trove", "mysql"])
    assert (guest.status, guest.visibility, guest.size, guest.disk_format) == ("active", "public", 65536, "raw")
    assert len(clouds.demo.image.get(f"/images/{guest.id}/file").content) == 65536


def test_an_image_is_queued_until_its_data_is_uploaded(clouds: Clouds, image: Callable[..., Any]) -> None:
    created = image(min_disk=1, my_prop="x", tags=["a"])
    path = f"/images/{created['id']}"
    assert (created["status"], created["visibility"], created["size"]) == ("queued", "shared", None)
    assert (created["my_prop"], created["tags"], created["file"]) == ("x", ["a"], f"/v2{path}/file")
    assert clouds.demo.image.get(f"{path}/file").status_code == 204
    assert clouds.demo.image.put(f"{path}/file", data=b"1234", headers=BYTES).status_code == 204
    active = clouds.demo.image.get(path).json()
    data = clouds.demo.image.get(f"{path}/file")
    assert (active["status"], active["size"], active["os_hash_algo"]) == ("active", 4, "sha512")
    assert (data.content, data.headers["Content-MD5"]) == (b"1234", active["checksum"])
    again = clouds.demo.image.put(f"{path}/file", data=b"1", headers=BYTES)
    assert again.status_code == 409
    assert "Image status transition from active to saving is not allowed" in again.text


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"visibility": "public"}, 403, "You are not authorized to complete publicize_image action."),
        ({"disk_format": "nope"}, 400, "Provided object does not match schema 'image': 'nope' is not one of [None"),
        ({"id": "nope"}, 400, "Provided object does not match schema 'image': 'nope' does not match"),
        ({"status": "active"}, 403, "Attribute 'status' is read-only."),
        ({"name": 1}, 400, "Provided object does not match schema 'image': 1 is not of type 'null', 'string'"),
        ({"owner": "0" * 32}, 403, "Access was denied to this resource."),
        ({"min_ram": "y"}, 400, "Provided object does not match schema 'image': 'y' is not of type 'integer'"),
        ({"tags": "y"}, 400, "Provided object does not match schema 'image': 'y' is not of type 'array'"),
    ],
)
def test_an_invalid_image_is_rejected_in_json_or_html(
    clouds: Clouds, body: dict[str, Any], status: int, said: str
) -> None:
    answer = clouds.demo.image.post("/images", json=body, headers={"Accept": "application/json"})
    page = clouds.demo.image.post("/images", json=body, headers={"Accept": "text/html"})
    assert (answer.status_code, page.status_code) == (status, status)
    assert answer.json()["message"].startswith(said)
    assert answer.json()["code"].startswith(str(status))
    assert page.text.startswith(f"<html>\n <head>\n  <title>{status} ")


def test_an_unknown_image_is_not_found(clouds: Clouds) -> None:
    show, delete = clouds.demo.image.get(f"/images/{UNKNOWN}"), clouds.demo.image.delete(f"/images/{UNKNOWN}")
    assert (show.status_code, delete.status_code) == (404, 404)
    assert f"No image found with ID {UNKNOWN}" in show.text
    assert f"Failed to find image {UNKNOWN} to delete" in delete.text


def test_an_image_is_changed_by_a_patch(clouds: Clouds, image: Callable[..., Any]) -> None:
    made = image(my_prop="x")
    changed = _patch(
        clouds,
        made["id"],
        {"op": "replace", "path": "/name", "value": "new"},
        {"op": "add", "path": "/other", "value": "y"},
        {"op": "remove", "path": "/my_prop"},
    ).json()
    assert (changed["name"], changed["other"], "my_prop" in changed) == ("new", "y", False)


@pytest.mark.parametrize(
    ("operation", "status", "said"),
    [
        ({"op": "replace", "path": "/visibility", "value": "public"}, 403, "publicize_image"),
        ({"op": "replace", "path": "/id", "value": "x"}, 403, "is read-only."),
        ({"op": "remove", "path": "/nope"}, 409, "Property nope does not exist."),
        ({"op": "replace", "path": "/nope", "value": "1"}, 409, "Property nope does not exist."),
    ],
)
def test_an_invalid_patch_is_rejected(
    clouds: Clouds, image: Callable[..., Any], operation: dict[str, Any], status: int, said: str
) -> None:
    answer = _patch(clouds, image()["id"], operation)
    assert answer.status_code == status
    assert said in answer.text


def test_a_patch_is_a_list_with_a_media_type_of_its_own(clouds: Clouds, image: Callable[..., Any]) -> None:
    path = f"/images/{image()['id']}"
    json = clouds.demo.image.patch(path, json=[], headers={"Content-Type": "application/json"})
    mapping = clouds.demo.image.patch(path, json={}, headers=PATCH)
    assert (json.status_code, mapping.status_code) == (415, 400)
    assert "application/openstack-images-v2.1-json-patch" in json.headers["Accept-Patch"]
    assert "Request body must be a JSON array of operation objects." in mapping.text


def test_a_protected_image_is_not_deleted(clouds: Clouds, image: Callable[..., Any]) -> None:
    made = image(protected=True)
    refused = clouds.demo.image.delete(f"/images/{made['id']}")
    assert refused.status_code == 403
    assert f"Image {made['id']} is protected and cannot be deleted." in refused.text
    _patch(clouds, made["id"], {"op": "replace", "path": "/protected", "value": False})
    assert clouds.demo.image.delete(f"/images/{made['id']}").status_code == 204
    assert clouds.demo.image.get(f"/images/{made['id']}").status_code == 404


def test_only_the_owner_changes_a_public_image(clouds: Clouds) -> None:
    (guest,) = clouds.demo.image.images(name="guest")
    deleted = clouds.alt.image.delete(f"/images/{guest.id}")
    changed = _patch(clouds, guest.id, {"op": "replace", "path": "/name", "value": "x"})
    assert (deleted.status_code, changed.status_code) == (403, 403)
    assert "You are not authorized to complete delete_image action." in deleted.text
    assert "You are not authorized to complete modify_image action." in changed.text


def test_tags_are_put_and_deleted_one_by_one(clouds: Clouds, image: Callable[..., Any]) -> None:
    path = f"/images/{image()['id']}"
    assert clouds.demo.image.put(f"{path}/tags/b").status_code == 204
    assert clouds.demo.image.get(path).json()["tags"] == ["b"]
    assert clouds.demo.image.delete(f"{path}/tags/b").status_code == 204
    assert clouds.demo.image.delete(f"{path}/tags/b").status_code == 404


def test_an_image_is_shared_with_a_member_who_accepts(clouds: Clouds, image: Callable[..., Any]) -> None:
    made, alt = image(), clouds.alt.current_project_id
    path = f"/images/{made['id']}"
    assert clouds.alt.image.get(path).status_code == 404
    member = clouds.demo.image.post(f"{path}/members", json={"member": alt}).json()
    assert (member["member_id"], member["status"]) == (alt, "pending")
    assert clouds.alt.image.get(path).status_code == 200
    assert made["id"] not in {each.id for each in clouds.alt.image.images()}
    clouds.alt.image.put(f"{path}/members/{alt}", json={"status": "accepted"})
    assert made["id"] in {each.id for each in clouds.alt.image.images()}


def test_a_deactivated_image_cannot_be_downloaded(clouds: Clouds, image: Callable[..., Any]) -> None:
    path = f"/images/{image()['id']}"
    clouds.demo.image.put(f"{path}/file", data=b"1", headers=BYTES)
    assert clouds.admin.image.post(f"{path}/actions/deactivate").status_code == 204
    refused = clouds.demo.image.get(f"{path}/file")
    assert refused.status_code == 403
    assert "Image data download is forbidden." in refused.text
    assert clouds.admin.image.post(f"{path}/actions/reactivate").status_code == 204
    assert clouds.demo.image.get(f"{path}/file").content == b"1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=contract-a", ["contract-a"]),
        ("name=in:contract-a,contract-b&sort=name:asc", ["contract-a", "contract-b"]),
        ("tag=t1&tag=t2", ["contract-b"]),
        ("tag=t1&sort_key=name&sort_dir=desc", ["contract-b", "contract-a"]),
        ("colour=red", ["contract-a"]),
        ("status=queued&sort=name:asc", ["contract-a", "contract-b"]),
        ("status=nope", []),
        ("visibility=shared&sort=name:asc", ["contract-a", "contract-b"]),
        ("visibility=public", []),
        ("os_hidden=true", []),
        ("created_at=gte:2020-01-01T00:00:00Z&tag=t2", ["contract-b"]),
    ],
)
def test_lists_are_filtered_and_sorted(clouds: Clouds, image: Callable[..., Any], query: str, found: list[str]) -> None:
    image(name="contract-a", tags=["t1"], colour="red")
    image(name="contract-b", tags=["t1", "t2"])
    rows = clouds.demo.image.get(f"/images?{query}").json()["images"]
    assert [row["name"] for row in rows if (row["name"] or "").startswith("contract-")] == found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=x", "limit param must be an integer"),
        ("limit=-1", "limit param must be positive"),
        (f"marker={UNKNOWN}", f"No image found with ID {UNKNOWN}"),
        ("sort_key=nope", "Invalid sort key: nope."),
        ("visibility=nope", "Invalid visibility value: nope"),
        ("protected=nope", "Invalid value 'nope' for 'protected' filter."),
    ],
)
def test_an_invalid_list_is_rejected(clouds: Clouds, query: str, said: str) -> None:
    answer = clouds.demo.image.get(f"/images?{query}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(said)


def test_a_list_is_paginated(clouds: Clouds, image: Callable[..., Any]) -> None:
    for name in "abc":
        image(name=name, tags=["paged"])
    first = clouds.demo.image.get("/images?tag=paged&limit=2&sort=name:asc").json()
    second = clouds.demo.image.get(first["next"].removeprefix("/v2")).json()
    assert [row["name"] for row in first["images"] + second["images"]] == ["a", "b", "c"]
    assert "next" not in second


def test_glanceclient_uploads_in_chunks_and_trove_finds_the_image_by_its_tags(clouds: Clouds) -> None:
    """Source: the calls of trove/common/glance.py."""
    glance = Glance("2", session=clouds.demo.session, region_name="RegionOne")
    made = glance.images.create(name="g", disk_format="raw", container_format="bare", tags=["contract", "mysql"])
    try:
        # On a separate connection: the HTTP server of our real cloud drops the connection after a chunked body.
        uploader = Glance("2", session=Session(auth=clouds.demo.session.auth), region_name="RegionOne")
        uploader.images.upload(made.id, io.BytesIO(b"x" * 100_000))
        found = list(glance.images.list(filters={"tag": ["contract", "mysql"]}, sort="created_at:desc", limit=1))
        assert [each.id for each in found] == [made.id]
        assert glance.images.get(made.id).size == 100_000
        assert b"".join(glance.images.data(made.id)) == b"x" * 100_000
    finally:
        glance.images.delete(made.id)


@pytest.mark.mini_only("a real Glance answers some of these with 500")
@pytest.mark.parametrize("value", [None, [], 7, {"a": {}}, True, ["x", 1]])
def test_a_value_of_any_type_is_never_a_server_error(clouds: Clouds, image: Callable[..., Any], value: Any) -> None:
    for field in ("name", "disk_format", "tags", "min_disk", "protected", "owner", "id", "my_prop"):
        assert clouds.demo.image.post("/images", json={field: value}).status_code in (201, 400, 403), field
    made = image()["id"]
    for operation in (value, {"op": value}, {"op": "add", "path": value}, {"op": "add", "path": "/x", "value": value}):
        assert _patch(clouds, made, operation).status_code in (200, 400), operation
    assert clouds.demo.image.post(f"/images/{made}/members", json={"member": value}).status_code == 400
