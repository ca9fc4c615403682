"""A stack can be updated after the sources of its server and volume were deleted, unlike with Heat's own types."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from heat_plugin_kit import TEMPLATE, Clouds

Source = tuple[dict[str, Any], Callable[[], Any]]
"""The properties that use a source, by resource, and a function that deletes the source."""
CreateSource = Callable[[Clouds, ExitStack], Source]


def image(clouds: Clouds, _: ExitStack) -> Source:
    made = _image(clouds)
    return {"server": {"image": made.name}}, lambda: clouds.service.image.delete_image(made.id)


def deactivated_image(clouds: Clouds, later: ExitStack) -> Source:
    made = _image(clouds)
    later.callback(clouds.service.image.delete_image, made.id)
    return {"server": {"image": made.id}}, lambda: clouds.admin.image.deactivate_image(made.id)


def flavor(clouds: Clouds, _: ExitStack) -> Source:
    made = clouds.admin.compute.create_flavor(name="plugin-flavor", ram=512, vcpus=1, disk=1)
    return {"server": {"flavor": made.name}}, lambda: clouds.admin.compute.delete_flavor(made.id)


def key(clouds: Clouds, _: ExitStack) -> Source:
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA4uPtHeYQ3DwZnqnM1UX2PcJ8cGJm3Wr0Xa1oYb1cQK plugin"
    clouds.service.compute.create_keypair(name="plugin-key", public_key=public)
    return {"server": {"key_name": "plugin-key"}}, lambda: clouds.service.compute.delete_keypair("plugin-key")


def snapshot(clouds: Clouds, later: ExitStack) -> Source:
    storage = clouds.service.block_storage
    volume = _volume(clouds, later)
    made = storage.create_snapshot(volume_id=volume.id, name="plugin-snapshot")
    storage.wait_for_status(made, "available", interval=0.2)

    def delete() -> None:
        storage.delete_snapshot(made.id)
        storage.wait_for_delete(made, interval=0.2)

    return {"volume": {"snapshot_id": made.id}}, delete


def source_volume(clouds: Clouds, later: ExitStack) -> Source:
    volume = _volume(clouds, later)

    def delete() -> None:
        clouds.service.block_storage.delete_volume(volume.id)
        clouds.service.block_storage.wait_for_delete(volume, interval=0.2)

    return {"volume": {"source_volid": volume.id}}, delete


def _image(clouds: Clouds) -> Any:
    return clouds.service.image.create_image(
        name="plugin-image", disk_format="raw", container_format="bare", data=b"\0" * 1024, wait=True
    )


def _volume(clouds: Clouds, later: ExitStack) -> Any:
    storage = clouds.service.block_storage
    volume = storage.create_volume(size=1, name="plugin-source")
    later.callback(storage.delete_volume, volume.id, ignore_missing=True)
    return storage.wait_for_status(volume, "available", interval=0.2)


SOURCES: list[CreateSource] = [image, deactivated_image, flavor, key, snapshot, source_volume]


@pytest.fixture
def later(clouds: Clouds) -> Iterator[ExitStack]:
    """Callbacks that run after the stacks of the test were deleted."""
    with ExitStack() as stack:
        yield stack
        for stack_id in tuple(clouds.stacks):
            clouds.delete(stack_id)


@pytest.fixture(params=SOURCES, ids=lambda create: create.__name__)
def source(request: pytest.FixtureRequest, clouds: Clouds, later: ExitStack) -> Source:
    """A template that uses a source, and a function that deletes the source."""
    given, delete = request.param(clouds, later)
    template = yaml.safe_load(TEMPLATE)
    for name, properties in given.items():
        template["resources"][name]["properties"].update(properties)
    return json.loads(json.dumps(template, default=str)), delete


def test_a_stack_can_be_updated_after_its_sources_were_deleted(source: Source, clouds: Clouds) -> None:
    template, delete = source
    stack = clouds.create("gone", json.dumps(template))
    delete()
    stack.update(tcp_port=3307)
    stack.until("UPDATE_COMPLETE")
    stack.update(size=2)
    stack.until("UPDATE_COMPLETE")
    template["resources"]["server"]["properties"]["flavor"] = "m1.small"
    stack.update(json.dumps(template))
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.volume().size, stack.is_unreplaced()) == ("m1.small", 2, True)


def test_heats_own_types_require_the_sources(source: Source, clouds: Clouds) -> None:
    """This is why the plug-in relaxes validation: Heat validates an update like a new stack."""
    template, delete = source
    for each in template["resources"].values():
        each["type"] = each["type"].replace("Trove::", "OS::")
        each["properties"].pop("resize_timeout", None)
    assert _preview(clouds, template) == 200
    delete()
    assert _preview(clouds, template) == 400


def _preview(clouds: Clouds, template: dict[str, Any]) -> int:
    """Return the HTTP status of Heat's preview of a stack."""
    answer = clouds.service.session.post(
        "/stacks/preview",
        json={"stack_name": "plugin-stock", "template": template, "parameters": {"name": "plugin-stock"}},
        endpoint_filter={"service_type": "orchestration", "region_name": "RegionOne"},
        raise_exc=False,
    )
    return int(answer.status_code)
