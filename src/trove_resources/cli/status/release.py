"""The check of Trove's release."""

from importlib import metadata
from typing import Final

from oslo_upgradecheck.upgradecheck import Result

from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site

KNOWN: Final = range(24, 27)
"""Trove's releases whose code is as we expect it, with which the main job is tried."""
TRIED: Final = 26
"""The one everything is tested on."""


def trove(_: Site) -> Result:
    """Look which Trove is installed beside us."""
    try:
        return of_version(metadata.version("trove"))
    except metadata.PackageNotFoundError:
        return results.failure(
            "There is no Trove in this Python's environment: install trove-resources into the one trove-taskmanager"
            " runs in, and ask again there."
        )


def of_version(version: str) -> Result:
    """Say what is known of a version of Trove."""
    major, _, _ = version.partition(".")
    if major == str(TRIED):
        return results.success(f"Trove {version}: the release everything was tried with.")
    if major.isdecimal() and int(major) in KNOWN:
        return results.success(
            f"Trove {version}: everything was tried with {TRIED}; with this release create, resize, reboot, access,"
            " replica and delete, with resource_manager = native."
        )
    return results.warning(
        f"Trove {version}: known are {KNOWN.start} to {KNOWN.stop - 1}. Create, resize and delete an instance on a test"
        " deployment before anything else."
    )
