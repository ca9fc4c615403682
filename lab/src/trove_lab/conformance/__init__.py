"""The suite every resource manager must pass, on every cloud.

It is written against :class:`trove_resources.contract.ResourceManager` and
:class:`trove_resources.inventory.Inventory`. A manager of your own is tested by subclasses, in a module of tests::

    from trove_lab.conformance import Conformance, DeletionConformance, ProvisionConformance

    class OnMyCloud(Conformance):
        @pytest.fixture
        def site(self): return Site(...)

        @pytest.fixture
        def manager(self, site): return MyManager(...)

    class TestProvision(OnMyCloud, ProvisionConformance): ...
    class TestDeletion(OnMyCloud, DeletionConformance): ...
"""

import pytest

_SUITES = (
    *("base", "deletion", "groups", "migrate", "names", "network", "parts", "provision"),
    *("reboot", "rebuild", "refusals", "resize_flavor", "resize_volume", "server"),
    *("stock_made", "storage", "take_over", "update_access"),
)
pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in _SUITES))

# Their assertions are rewritten when they are imported, which has to come after that.
from trove_lab.conformance.base import Bench, Conformance  # noqa: E402
from trove_lab.conformance.clock import LeapClock  # noqa: E402
from trove_lab.conformance.deletion import DeletionConformance  # noqa: E402
from trove_lab.conformance.dns import ZoneDns  # noqa: E402
from trove_lab.conformance.driver import Driver, Run  # noqa: E402
from trove_lab.conformance.example import PREFIX, Example  # noqa: E402
from trove_lab.conformance.groups import GroupConformance  # noqa: E402
from trove_lab.conformance.guest import GuestSaysNoError, GuestStep  # noqa: E402
from trove_lab.conformance.migrate import MigrateConformance  # noqa: E402
from trove_lab.conformance.names import DnsConformance  # noqa: E402
from trove_lab.conformance.network import NetworkConformance  # noqa: E402
from trove_lab.conformance.parts import PartsConformance  # noqa: E402
from trove_lab.conformance.provision import ProvisionConformance  # noqa: E402
from trove_lab.conformance.reboot import RebootConformance  # noqa: E402
from trove_lab.conformance.rebuild import RebuildConformance  # noqa: E402
from trove_lab.conformance.refusals import RefusalConformance  # noqa: E402
from trove_lab.conformance.resize_flavor import ResizeFlavorConformance  # noqa: E402
from trove_lab.conformance.resize_volume import (  # noqa: E402
    ResizeDetachedVolumeConformance,
    ResizeVolumeConformance,
)
from trove_lab.conformance.search import traces  # noqa: E402
from trove_lab.conformance.server import ServerConformance  # noqa: E402
from trove_lab.conformance.site import Network, Site  # noqa: E402
from trove_lab.conformance.stock_made import StockMadeConformance  # noqa: E402
from trove_lab.conformance.storage import StorageConformance  # noqa: E402
from trove_lab.conformance.take_over import TakeOverConformance  # noqa: E402
from trove_lab.conformance.update_access import UpdateAccessConformance  # noqa: E402

__all__ = [
    "PREFIX",
    "Bench",
    "Conformance",
    "DeletionConformance",
    "DnsConformance",
    "Driver",
    "Example",
    "GroupConformance",
    "GuestSaysNoError",
    "GuestStep",
    "LeapClock",
    "MigrateConformance",
    "Network",
    "NetworkConformance",
    "PartsConformance",
    "ProvisionConformance",
    "RebootConformance",
    "RebuildConformance",
    "RefusalConformance",
    "ResizeDetachedVolumeConformance",
    "ResizeFlavorConformance",
    "ResizeVolumeConformance",
    "Run",
    "ServerConformance",
    "Site",
    "StockMadeConformance",
    "StorageConformance",
    "TakeOverConformance",
    "UpdateAccessConformance",
    "ZoneDns",
    "traces",
]
