"""A lab with the native manager, for all tests; others with other options where a test needs them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from deployment import Calls, Deployment, Open, kinds
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from local.conftest import Client
from trove_lab.local.conf_file import Options
from trove_lab.local.lab import Lab

HURRY = {
    "usage_timeout": "8",
    "restore_usage_timeout": "8",
    "usage_sleep_time": "1",
    "agent_call_low_timeout": "3",
    "agent_call_high_timeout": "3",
    "server_delete_time_out": "2",
    "volume_time_out": "4",
    "resize_time_out": "6",
    "revert_time_out": "6",
    "reboot_time_out": "6",
    # A database has twice as long after a reboot.
    "report_interval": "3",
}
"""Options of Trove that make it wait less."""


@pytest.fixture(scope="session")
def open_lab(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Return what starts a lab, which runs until the end of its context."""

    @contextmanager
    def start(manager: str = "native", *, options: Options | None = None, **more: Any) -> Iterator[Deployment]:
        directory = tmp_path_factory.mktemp(manager)
        with Lab(directory, manager=manager, options=_hurried(options or {}), **more) as lab:
            yield connect(lab)

    return start


def connect(lab: Lab) -> Deployment:
    """Return a lab's Trove as the user ``demo``, and its cloud as the administrator."""
    clouds = OpenStackConfig(config_files=[str(lab.clouds_yaml)])
    demo, operator = (
        Client(session=clouds.get_one(name).get_session(), service_type="database", region_name="RegionOne")
        for name in ("demo", "admin")
    )
    admin, service = (Connection(config=clouds.get_one(name)) for name in ("admin", "trove"))
    return Deployment(lab, demo, admin=admin, service=service, operator=operator)


def _hurried(options: Mapping[str, Mapping[str, str]]) -> Options:
    return {**options, "DEFAULT": {**HURRY, **options.get("DEFAULT", {})}}


@pytest.fixture(scope="session")
def native(open_lab: Open) -> Iterator[Deployment]:
    """Trove with the native manager and the lab's usual options: management network, isolation, volumes, DNS."""
    with open_lab() as started:
        yield started


@pytest.fixture(scope="session")
def calls(native: Deployment) -> Calls:
    """The plug-in's calls of a good create and of a good delete, of a public instance: it has everything."""
    before = native.order
    instance_id = native.create("good", access={"is_public": True})
    native.until_settled(instance_id)
    between = native.order
    native.delete(instance_id)
    create = [each for each in native.plug_in_requests(before) if each["order"] <= between]
    delete = native.plug_in_requests(between)
    # A token is asked for when there is none that still holds: it depends on what was done before.
    return Calls(*(kinds(each for each in asked if each["service"] != "identity") for asked in (create, delete)))


@pytest.fixture
def trove(native: Deployment) -> Iterator[Deployment]:
    """The same, on a cloud that behaves until the test says otherwise."""
    yield native
    native.calm()
