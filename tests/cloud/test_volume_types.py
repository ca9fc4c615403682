"""Cinder's volume types. Source: exchanges with Cinder 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.conftest import Clouds
from cloud.volume_kit import UNKNOWN, Disks, message


@pytest.fixture
def kind(clouds: Clouds) -> Iterator[Any]:
    """A type with an extra spec."""
    made = clouds.admin.block_storage.create_type(name="contract-type", extra_specs={"lab:k": "v"})
    yield made
    clouds.admin.block_storage.delete_type(made)


def test_there_is_a_default_type(clouds: Clouds) -> None:
    api = clouds.demo.block_storage
    assert "__DEFAULT__" in {each.name for each in api.types()}
    assert api.get("/types/default").json()["volume_type"]["name"] == "__DEFAULT__"


def test_only_administrators_see_extra_specs(clouds: Clouds, kind: Any) -> None:
    assert clouds.admin.block_storage.get_type(kind.id).extra_specs == {"lab:k": "v"}
    assert clouds.demo.block_storage.get_type(kind.id).extra_specs == {}


@pytest.mark.parametrize("type_id", [UNKNOWN, "nope"])
def test_an_unknown_type_is_not_found(clouds: Clouds, type_id: str) -> None:
    answer = clouds.demo.block_storage.get(f"/types/{type_id}")
    assert (answer.status_code, message(answer)) == (404, f"Volume type {type_id} could not be found.")


def test_a_name_is_unique_and_set_only_by_administrators(clouds: Clouds, kind: Any) -> None:
    body = {"volume_type": {"name": kind.name}}
    again, demo = (
        clouds.admin.block_storage.post("/types", json=body),
        clouds.demo.block_storage.post("/types", json=body),
    )
    assert (again.status_code, message(again)) == (409, "Volume Type contract-type already exists.")
    assert (demo.status_code, message(demo)) == (
        403,
        "Policy doesn't allow volume_extension:type_create to be performed.",
    )


def test_a_volume_has_the_requested_type_and_can_be_retyped(clouds: Clouds, kind: Any) -> None:
    disks = Disks(clouds)
    try:
        volume = disks.volume(volume_type=kind.name)
        assert disks.api.get_volume(volume.id).volume_type == "contract-type"
        retyped = disks.act(volume.id, "os-retype", new_type="__DEFAULT__", migration_policy="never")
        assert retyped.status_code == 202
        clouds.until(lambda: disks.api.get_volume(volume.id).volume_type, lambda seen: seen == "__DEFAULT__")
    finally:
        disks.clear()
