"""The conformance suite: what every resource manager must pass, on every cloud.

It uses :class:`trove_resources.contract.ResourceManager`, :class:`trove_resources.inventory.Inventory` and the APIs of
the services, and nothing of a manager. A manager is tested by subclasses, in a module of tests::

    from trove_lab import conformance
    from trove_lab.conformance import minicloud

    class OnMinicloud(conformance.Conformance):
        operations = supported(MyManager)
        creates = frozenset({ResourceKind.SERVER, ResourceKind.DATA_VOLUME})

        @pytest.fixture
        def site(self): return minicloud.site_on(...)

        @pytest.fixture
        def manager(self, site): return MyManager(...)

    class TestProvision(OnMinicloud, conformance.ProvisionConformance): ...
    class TestDeletion(OnMinicloud, conformance.DeletionConformance): ...

``operations`` and ``creates`` say what the manager supports; without them it must support everything. Tests of anything
else are not collected, and the specs of the tests ask for nothing else. ``docs/writing-a-manager.md`` has an example.
"""

import pytest

_SUITES = (
    *("base", "deletion", "groups", "migrate", "names", "network", "parts", "provision"),
    *("reboot", "rebuild", "refusals", "resize_flavor", "resize_volume", "server"),
    *("stock_made", "storage", "take_over", "unsupported", "update_access"),
)
pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in _SUITES))

# pytest rewrites their assertions only if they are imported after that.
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
from trove_lab.conformance.needs import ALL_KINDS, needs  # noqa: E402
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
from trove_lab.conformance.unsupported import UnsupportedConformance  # noqa: E402
from trove_lab.conformance.update_access import UpdateAccessConformance  # noqa: E402

__all__ = [
    "ALL_KINDS",
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
    "UnsupportedConformance",
    "UpdateAccessConformance",
    "ZoneDns",
    "needs",
    "traces",
]
