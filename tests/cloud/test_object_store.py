"""Swift. Source of all: https://docs.openstack.org/api-ref/object-store/ and its overview of large objects."""

import hashlib
import io
from typing import Any

import pytest
import requests
from swiftclient import client as swift
from swiftclient.exceptions import ClientException

from cloud.conftest import Clouds

pytestmark = pytest.mark.mini_only("the real cloud has no Swift")


@pytest.fixture
def connection(clouds: Clouds) -> Any:
    """The account of ``demo`` in swiftclient."""
    session = clouds.demo.session
    session.invalidate()  # the seed recreates users, and swiftclient does not request new tokens by itself
    url = session.get_endpoint(service_type="object-store")
    return swift.Connection(preauthurl=url, preauthtoken=session.get_token(), retries=0)


def _status(refused: Any) -> int:
    return int(refused.value.http_status)


def test_a_new_account_is_empty(connection: Any) -> None:
    headers, containers = connection.get_account()
    assert containers == []
    assert headers["x-account-container-count"] == "0"
    assert headers["x-trans-id"].startswith("tx")
    assert connection.head_account()["x-account-object-count"] == "0"


def test_an_account_has_metadata(connection: Any) -> None:
    connection.post_account({"X-Account-Meta-Colour": "red"})
    assert connection.head_account()["x-account-meta-colour"] == "red"


def test_another_projects_account_is_forbidden_and_no_token_unauthorized(clouds: Clouds, connection: Any) -> None:
    other = clouds.alt.session.get_endpoint(service_type="object-store")
    assert requests.get(other, headers={"X-Auth-Token": connection.token}, timeout=10).status_code == 403
    assert requests.get(other, timeout=10).status_code == 401


def test_a_container_is_created_once_and_deleted_only_when_empty(connection: Any) -> None:
    url, token = connection.url, {"X-Auth-Token": connection.token}
    statuses = [requests.put(f"{url}/c", headers=token, timeout=10).status_code for _ in range(2)]
    connection.put_object("c", "o", b"data")
    with pytest.raises(ClientException) as refused:
        connection.delete_container("c")
    assert (statuses, _status(refused)) == ([201, 202], 409)
    connection.delete_object("c", "o")
    connection.delete_container("c")
    with pytest.raises(ClientException) as lost:
        connection.head_container("c")
    assert _status(lost) == 404


def test_a_container_has_metadata_and_counts(connection: Any) -> None:
    connection.put_container("c", headers={"X-Container-Meta-A": "1"})
    connection.post_container("c", {"X-Container-Meta-B": "2", "X-Remove-Container-Meta-A": "x"})
    connection.put_object("c", "o", b"12345")
    head = connection.head_container("c")
    assert (head.get("x-container-meta-a"), head["x-container-meta-b"]) == (None, "2")
    assert (head["x-container-object-count"], head["x-container-bytes-used"]) == ("1", "5")
    assert connection.get_account()[1] == [
        {"name": "c", "count": 1, "bytes": 5, "last_modified": connection.get_account()[1][0]["last_modified"]}
    ]


def test_an_object_comes_back_as_it_was_sent(connection: Any) -> None:
    connection.put_container("c")
    etag = connection.put_object(
        "c", "a/b c.xbstream", b"data", content_type="text/x", headers={"X-Object-Meta-K": "v"}
    )
    headers, data = connection.get_object("c", "a/b c.xbstream")
    head = connection.head_object("c", "a/b c.xbstream")
    assert etag == hashlib.md5(b"data", usedforsecurity=False).hexdigest() == headers["etag"]
    assert (data, headers["content-type"], headers["x-object-meta-k"]) == (b"data", "text/x", "v")
    assert (head["content-length"], head["etag"]) == ("4", etag)


@pytest.mark.parametrize("name", ["a", "d/a", "/etc/hostname", "d/", "a b?&ü", "x" * 1024])
def test_an_object_has_the_name_it_was_given(connection: Any, name: str) -> None:
    connection.put_container("c")
    connection.put_object("c", name, b"data")
    assert [row["name"] for row in connection.get_container("c")[1]] == [name]
    assert connection.get_object("c", name)[1] == b"data"
    connection.delete_object("c", name)


def test_an_object_with_a_wrong_etag_is_rejected(connection: Any) -> None:
    connection.put_container("c")
    with pytest.raises(ClientException) as refused:
        connection.put_object("c", "o", b"data", etag="0" * 32)
    assert _status(refused) == 422


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda c: c.put_object("nope", "o", b""), "put an object into an unknown container"),
        (lambda c: c.get_object("nope", "o"), "get an object from an unknown container"),
        (lambda c: c.get_object("c", "o"), "get an unknown object"),
        (lambda c: c.delete_object("c", "o"), "delete an unknown object"),
        (lambda c: c.post_object("c", "o", {}), "update an unknown object"),
        (lambda c: c.delete_container("nope"), "delete an unknown container"),
    ],
)
def test_unknown_ids_are_not_found(connection: Any, act: Any, reason: str) -> None:
    connection.put_container("c")
    with pytest.raises(ClientException) as refused:
        act(connection)
    assert _status(refused) == 404, reason


def test_a_post_replaces_the_metadata_of_an_object(connection: Any) -> None:
    connection.put_container("c")
    connection.put_object("c", "o", b"data", headers={"X-Object-Meta-A": "1"})
    connection.post_object("c", "o", {"X-Object-Meta-B": "2"})
    head = connection.head_object("c", "o")
    assert (head.get("x-object-meta-a"), head["x-object-meta-b"]) == (None, "2")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a", "d/1", "d/2", "e"]),
        ({"prefix": "d/"}, ["d/1", "d/2"]),
        ({"delimiter": "/"}, ["a", "d/", "e"]),
        ({"prefix": "d/", "delimiter": "/"}, ["d/1", "d/2"]),
        ({"marker": "d/1"}, ["d/2", "e"]),
        ({"end_marker": "d/2"}, ["a", "d/1"]),
        ({"limit": 2}, ["a", "d/1"]),
    ],
)
def test_a_container_is_listed_by_part_in_json_and_in_text(
    connection: Any, query: dict[str, Any], found: list[str]
) -> None:
    connection.put_container("c")
    for name in ("a", "d/1", "d/2", "e"):
        connection.put_object("c", name, b"x")
    rows = connection.get_container("c", **query)[1]
    text = requests.get(f"{connection.url}/c", params=query, headers={"X-Auth-Token": connection.token}, timeout=10)
    assert [row.get("name") or row["subdir"] for row in rows] == found
    assert text.text.splitlines() == found
    assert text.headers["Content-Type"].startswith("text/plain")


def test_an_empty_list_in_text_is_no_content(connection: Any) -> None:
    connection.put_container("c")
    answer = requests.get(f"{connection.url}/c", headers={"X-Auth-Token": connection.token}, timeout=10)
    assert (answer.status_code, answer.text) == (204, "")


def test_a_dynamic_large_object_is_its_segments_in_order(connection: Any) -> None:
    connection.put_container("c")
    connection.put_container("segments")
    for number, part in enumerate((b"one", b"two")):
        connection.put_object("segments", f"backup_{number:08}", part)
    connection.put_object("c", "backup", b"", headers={"X-Object-Manifest": "segments/backup_"})
    headers, data = connection.get_object("c", "backup")
    assert (data, headers["x-object-manifest"]) == (b"onetwo", "segments/backup_")
    assert connection.head_object("c", "backup")["content-length"] == "6"


def test_a_static_large_object_is_the_segments_it_lists(connection: Any) -> None:
    connection.put_container("c")
    connection.put_container("segments")
    etags = [connection.put_object("segments", str(number), part) for number, part in enumerate((b"one", b"two"))]
    manifest = [{"path": f"/segments/{number}", "etag": etag, "size_bytes": 3} for number, etag in enumerate(etags)]
    url = f"{connection.url}/c/backup?multipart-manifest="
    token = {"X-Auth-Token": connection.token}
    wrong = requests.put(f"{url}put", json=[manifest[0] | {"etag": "0"}], headers=token, timeout=10)
    assert (wrong.status_code, requests.put(f"{url}put", json=manifest, headers=token, timeout=10).status_code) == (
        400,
        201,
    )
    headers, data = connection.get_object("c", "backup")
    listed = requests.get(f"{url}get", headers=token, timeout=10).json()
    assert (data, headers["x-static-large-object"]) == (b"onetwo", "True")
    assert [each["hash"] for each in listed] == etags
    assert requests.delete(f"{url}delete", headers=token, timeout=10).status_code == 204
    assert connection.get_container("segments")[1] == []


def test_a_range_of_an_object_can_be_requested(connection: Any) -> None:
    connection.put_container("c")
    connection.put_object("c", "o", b"0123456789")
    headers, data = connection.get_object("c", "o", headers={"Range": "bytes=2-4"})
    assert (data, headers["content-range"]) == (b"234", "bytes 2-4/10")


def test_an_upload_in_chunks_arrives_whole(connection: Any) -> None:
    connection.put_container("c")
    connection.put_object("c", "o", io.BytesIO(b"onetwo"), chunk_size=3)
    assert connection.get_object("c", "o")[1] == b"onetwo"


def test_its_capabilities_are_public(connection: Any) -> None:
    root = connection.url.partition("/v1/")[0]
    assert requests.get(f"{root}/info", timeout=10).json()["swift"]["container_listing_limit"] == 10_000
