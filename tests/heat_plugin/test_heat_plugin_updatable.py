"""A stack can be updated when what its server and volume were made of is gone; with heat's own types it could not."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from heat_plugin_kit import TEMPLATE, Clouds, Stack

Make = Callable[[Clouds, ExitStack], tuple[dict[str, Any], Callable[[], Any]]]
"""Makes a thing; returns what a template says to use it, by resource, and how it goes."""


def image(clouds: Clouds, _: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    made = _image(clouds)
    return {"server": {"image": made.name}}, lambda: clouds.service.image.delete_image(made.id)


def deactivated_image(clouds: Clouds, later: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    made = _image(clouds)
    later.callback(clouds.service.image.delete_image, made.id)
    return {"server": {"image": made.id}}, lambda: clouds.admin.image.deactivate_image(made.id)


def flavor(clouds: Clouds, _: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    made = clouds.admin.compute.create_flavor(name="plugin-flavor", ram=512, vcpus=1, disk=1)
    return {"server": {"flavor": made.name}}, lambda: clouds.admin.compute.delete_flavor(made.id)


def key(clouds: Clouds, _: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA4uPtHeYQ3DwZnqnM1UX2PcJ8cGJm3Wr0Xa1oYb1cQK plugin"
    clouds.service.compute.create_keypair(name="plugin-key", public_key=public)
    return {"server": {"key_name": "plugin-key"}}, lambda: clouds.service.compute.delete_keypair("plugin-key")


def snapshot(clouds: Clouds, later: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    storage = clouds.service.block_storage
    volume = _volume(clouds, later)
    made = storage.create_snapshot(volume_id=volume.id, name="plugin-snapshot")
    storage.wait_for_status(made, "available", interval=0.2)

    def go() -> None:
        storage.delete_snapshot(made.id)
        storage.wait_for_delete(made, interval=0.2)

    return {"volume": {"snapshot_id": made.id}}, go


def source_volume(clouds: Clouds, later: ExitStack) -> tuple[dict[str, Any], Callable[[], Any]]:
    volume = _volume(clouds, later)

    def go() -> None:
        clouds.service.block_storage.delete_volume(volume.id)
        clouds.service.block_storage.wait_for_delete(volume, interval=0.2)

    return {"volume": {"source_volid": volume.id}}, go


def _image(clouds: Clouds) -> Any:
    return clouds.service.image.create_image(
        name="plugin-image", disk_format="raw", container_format="bare", data=b"\0" * 1024, wait=True
    )


def _volume(clouds: Clouds, later: ExitStack) -> Any:
    storage = clouds.service.block_storage
    volume = storage.create_volume(size=1, name="plugin-source")
    later.callback(storage.delete_volume, volume.id, ignore_missing=True)
    return storage.wait_for_status(volume, "available", interval=0.2)


THINGS: list[Make] = [image, deactivated_image, flavor, key, snapshot, source_volume]


@pytest.fixture
def later(clouds: Clouds) -> Iterator[ExitStack]:
    """What a test leaves to be done when its stacks are gone."""
    with ExitStack() as stack:
        yield stack
        for stack_id in clouds.stacks:
            clouds.delete(stack_id)


@pytest.fixture(params=THINGS, ids=lambda make: make.__name__)
def stack(request: pytest.FixtureRequest, clouds: Clouds, later: ExitStack) -> tuple[Stack, str]:
    """A stack that uses a thing which is gone now, and the template with heat's own types instead."""
    given, go = request.param(clouds, later)
    template = yaml.safe_load(TEMPLATE)
    for name, properties in given.items():
        template["resources"][name]["properties"].update(properties)
    text = json.dumps(template, default=str)
    made = clouds.create("gone", text)
    go()
    return made, text.replace('"Trove::', '"OS::')


def test_a_stack_is_updated_when_what_it_was_made_of_is_gone(stack: tuple[Stack, str]) -> None:
    made, _ = stack
    made.update(tcp_port=3307)
    made.until("UPDATE_COMPLETE")
    made.update(size=2)
    made.until("UPDATE_COMPLETE")
    template = json.loads(made.template)
    template["resources"]["server"]["properties"]["flavor"] = "m1.small"
    made.update(json.dumps(template))
    made.gate()
    made.signal("confirm")
    made.until("UPDATE_COMPLETE")
    assert (made.flavor(), made.volume().size, made.is_whole()) == ("m1.small", 2, True)


def test_heats_own_types_cannot_be_updated_then(stack: tuple[Stack, str]) -> None:
    """So the relaxation is needed: a template of the same, with heat's types, is refused when it is validated."""
    made, stock = stack
    answer = made.clouds.service.session.post(
        "/stacks/preview",
        json={"stack_name": "plugin-stock", "template": json.loads(stock), "parameters": {"name": "plugin-stock"}},
        endpoint_filter={"service_type": "orchestration", "region_name": "RegionOne"},
        raise_exc=False,
    )
    assert answer.status_code == 400, answer.text
