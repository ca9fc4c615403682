"""How tests are distributed to the workers of pytest-xdist, and in which order."""

from collections.abc import Sequence
from typing import Any, Final

from xdist.scheduler import LoadScopeScheduling

PIECES: Final[Sequence[Sequence[str]]] = (
    tuple(
        f"tests/trove/test_trove_{name}.py"
        for name in (
            *("changes", "changes_fail_in_cloud", "changes_fail_in_guest", "changes_interrupted", "create"),
            *("faults_for_good", "faults_once", "guests", "network", "races", "replicas"),
        )
    ),
    ("tests/conformance/test_orchestrator_changes.py",),
    ("tests/conformance/test_orchestrator.py",),
    *(
        tuple(f"tests/orchestrator/test_orchestrator_{name}.py" for name in names)
        for names in (
            ("update_fails", "found", "changed"),
            ("lost_answers", "stopped", "create_fails", "waits"),
            ("delete_fails", "engine_dies"),
        )
    ),
    tuple(
        f"tests/heat_plugin/test_heat_plugin_{name}.py"
        for name in ("engine_dies", "loading", "never_replaced", "resource_data", "signals", "updatable")
    ),
    ("tests/heat_plugin/test_heat_plugin_resize.py",),
    ("tests/conformance/test_orchestrator_stock_types.py",),
    ("tests/cli/test_status_of_heat.py",),
    ("tests/docs/test_reads_page.py",),
    ("tests/trove/test_trove_orchestrator.py",),
    ("tests/trove/test_trove_migration.py",),
    ("tests/conformance/test_migration.py",),
    ("tests/demo/test_demo.py",),
    ("tests/migration/test_migration_fleet.py",),
    ("tests/trove/test_trove_changes_beside_stock.py",),
    tuple(f"tests/heat/test_{name}.py" for name in ("heat_stacks", "orchestration_client", "template")),
    ("tests/trove/test_trove_beside_stock.py",),
    ("tests/local/test_cli.py",),
    tuple(f"tests/local/test_{name}.py" for name in ("lab", "misbehaving_guests", "stock_faults")),
)
"""Groups of files that one worker runs, longest first.

The files of a group share one lab: every further worker would have to start that lab again. The longest group starts
first, so that no core is idle while the last one finishes.
"""

_PIECES: Final = {file: number for number, files in enumerate(PIECES) for file in files}


def rank(nodeid: str) -> int:
    """Return the position of a test's group. Tests of files that no group names come last."""
    return _PIECES.get(_file_of(nodeid), len(PIECES))


SERVICES: Final[Sequence[str]] = (
    *(f"tests/{name}/" for name in ("demo", "heat", "heat_plugin", "local", "migration", "orchestrator", "real")),
    *("tests/trove/", "tests/wheels/"),
    *(f"tests/conformance/test_{name}" for name in ("migration", "orchestrator")),
    *("tests/cli/test_status_of_heat.py", "tests/docs/test_reads_page.py"),
)
"""Prefixes of files whose tests start Trove or Heat, or share a lab with such tests. All others are quick."""


def uses_services(file: str) -> bool:
    """Return whether the tests of a file belong to the stage ``services``, not to ``quick``."""
    return file.startswith(tuple(SERVICES))


class ByLab(LoadScopeScheduling):
    """Distributes groups, and all other tests by file, in the order of collection."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = _file_of(nodeid)
        return PIECES[_PIECES[file]][0] if file in _PIECES else file


QUOTAS: Final[Sequence[Sequence[str]]] = (
    ("tests/cloud/test_compute_", "tests/cloud/test_network_", "tests/cloud/test_volume_"),
    ("tests/cloud/test_dns_",),
)
"""Prefixes of files whose tests set a project's quotas to its current usage.

On a cloud that all workers share, they run one after another. They take longest, so they start first.
"""


def rank_on_one_cloud(nodeid: str) -> int:
    """Return the position of a test on a cloud that all workers share."""
    return next((place for place, begins in enumerate(QUOTAS) if nodeid.startswith(tuple(begins))), len(QUOTAS))


class OnOneCloud(LoadScopeScheduling):
    """Distributes tests by class, and functions by file: the cloud is running, so a worker starts nothing for them."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        place = rank_on_one_cloud(nodeid)
        return QUOTAS[place][0] if place < len(QUOTAS) else nodeid.partition("[")[0].rpartition("::")[0]


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
