"""The check of Trove's release."""

from importlib import metadata
from typing import Final

from oslo_upgradecheck.upgradecheck import Result

from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site

KNOWN: Final = range(24, 27)
"""Releases of Trove whose code has what we use, and on which the main job is tested."""
TESTED: Final = 26
"""The release on which everything is tested."""


def trove(_: Site) -> Result:
    """Check which Trove is installed in the same environment."""
    try:
        return of_version(metadata.version("trove"))
    except metadata.PackageNotFoundError:
        return results.failure(
            "Trove is not installed in this Python environment. Install trove-resources into the environment of"
            " trove-taskmanager, and run the check from there."
        )


def of_version(version: str) -> Result:
    """Return what is known of a version of Trove."""
    major, _, _ = version.partition(".")
    if major == str(TESTED):
        return results.success(f"Trove {version}: all operations and all managers are tested with this release.")
    if major.isdecimal() and int(major) in KNOWN:
        return results.success(
            f"Trove {version}: tested with this release are create, resize, reboot, access, replica and delete with"
            f" resource_manager = native; everything else is tested with {TESTED} only."
        )
    return results.warning(
        f"Trove {version} is not a tested release; {KNOWN.start} to {KNOWN.stop - 1} are. Create, resize and delete an"
        " instance on a test deployment first."
    )
