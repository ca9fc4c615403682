"""A lab with the native manager, for all tests; others with other options where a test needs them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from deployment import Deployment
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from local.conftest import Client
from trove_lab.local.lab import Lab
from trove_lab.local.trove_conf import Options

HURRY = {
    "usage_timeout": "8",
    "restore_usage_timeout": "8",
    "usage_sleep_time": "1",
    "agent_call_low_timeout": "3",
    "agent_call_high_timeout": "3",
    "server_delete_time_out": "4",
    "volume_time_out": "4",
}
"""Options of Trove that make it wait less."""

Open = Callable[..., Deployment]


@pytest.fixture(scope="session")
def open_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Start labs; they run until the end of all tests, or of the stack that is given."""
    with ExitStack() as whole:

        def start(manager: str = "native", *, options: Options | None = None, stack: ExitStack = whole) -> Deployment:
            directory: Path = tmp_path_factory.mktemp(f"lab-{manager}")
            return connect(stack.enter_context(Lab(directory, manager=manager, options=_hurried(options or {}))))

        yield start


def connect(lab: Lab) -> Deployment:
    """Return a lab's Trove as the user ``demo``, and its cloud as the administrator."""
    region = OpenStackConfig(config_files=[str(lab.clouds_yaml)])
    demo = region.get_one("demo").get_session()
    client = Client(session=demo, service_type="database", region_name="RegionOne")
    return Deployment(lab, client, admin=Connection(config=region.get_one("admin")))


def _hurried(options: Mapping[str, Mapping[str, str]]) -> Options:
    return {**options, "DEFAULT": {**HURRY, **options.get("DEFAULT", {})}}


@pytest.fixture(scope="session")
def native(open_lab: Open) -> Deployment:
    """Trove with the native manager and the lab's usual options: management network, isolation, volumes, DNS."""
    return open_lab()


@pytest.fixture
def trove(native: Deployment) -> Iterator[Deployment]:
    """The same, on a cloud that behaves until the test says otherwise."""
    yield native
    native.calm()
