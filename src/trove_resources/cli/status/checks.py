"""A check: its name, when it applies, and which errors are its failures."""

from collections.abc import Callable
from typing import ClassVar

from oslo_config import cfg
from oslo_upgradecheck.upgradecheck import Result

from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import CloudError, ConfigurationError, DatabaseError, ResourcesError


class Check:
    """A check that needs nothing but the configuration."""

    errors: ClassVar[tuple[type[ResourcesError], ...]] = (ConfigurationError,)
    """What ``look`` may raise when the subject of the check cannot be queried."""
    failed: ClassVar[str] = "{error}."
    """The details of the failure then."""

    def __init__(self, name: str, look: Callable[[Site], Result]) -> None:
        self.name = name
        self._look = look

    def reason_to_skip(self, site: Site) -> str:  # noqa: ARG002 - subclasses look at it
        """Return why the check does not apply to a site, or an empty text if it does."""
        return ""

    def run(self, site: Site) -> Result:
        """Return the result for a site."""
        reason = self.reason_to_skip(site)
        if reason:
            return results.Skipped(reason)
        try:
            return self._look(site)
        except self.errors as error:
            return results.failure(self.failed.format(error=error))
        except cfg.Error as error:
            # oslo.config validates a value when it is read.
            return results.failure(f"Trove's configuration cannot be used: {error}.")


class DatabaseCheck(Check):
    """A check that queries Trove's database."""

    errors = (ConfigurationError, DatabaseError)
    failed = "Cannot query Trove's database: {error}."


class HeatCheck(Check):
    """A check that sends requests to Heat. It applies where the resource manager needs Heat."""

    errors = (CloudError, ConfigurationError)
    failed = f"{{error}}. {results.REACH_HEAT}"

    def reason_to_skip(self, site: Site) -> str:
        """Return that Heat is not needed, where it is not."""
        return "" if site.needs_heat else f"resource_manager = {site.manager} does not need Heat."
