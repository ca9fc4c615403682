"""A lab with the native manager for all tests, and labs with other options for the tests that need them."""

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
    # After a reboot, the database has twice as long.
    "report_interval": "3",
}
"""Trove options that shorten its waits."""


@pytest.fixture(scope="session")
def open_lab(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Return a function that starts a lab, which runs until its context ends."""

    @contextmanager
    def start(manager: str = "native", *, options: Options | None = None, **more: Any) -> Iterator[Deployment]:
        directory = tmp_path_factory.mktemp(manager)
        with Lab(directory, manager=manager, options=_hurried(options or {}), **more) as lab:
            yield connect(lab)

    return start


def connect(lab: Lab) -> Deployment:
    """Return the Trove of a lab as the user ``demo``, with administrator access to its cloud."""
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
    """The plug-in's calls of a successful create and delete of a public instance, which has all kinds of resources."""
    before = native.order
    instance_id = native.create("good", access={"is_public": True})
    native.until_settled(instance_id)
    between = native.order
    native.delete(instance_id)
    create = [each for each in native.plug_in_requests(before) if each["order"] <= between]
    delete = native.plug_in_requests(between)
    # Requests for tokens are left out: whether one is needed depends on earlier requests.
    return Calls(*(kinds(each for each in asked if each["service"] != "identity") for asked in (create, delete)))


@pytest.fixture
def trove(native: Deployment) -> Iterator[Deployment]:
    """The same deployment. Faults are removed after each test."""
    yield native
    native.calm()
