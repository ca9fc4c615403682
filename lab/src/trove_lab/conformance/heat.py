"""minicloud with a real Heat, as a site for tests of managers that use Heat."""

from dataclasses import replace

from trove_lab.conformance import minicloud
from trove_lab.conformance.search import stacks
from trove_lab.conformance.site import Site
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources.clouds import Clouds
from trove_resources.flows.clock import SystemClock

__all__ = ["clouds_of", "site_on", "stacks"]


def site_on(server: HeatCloud) -> Site:
    """Return the site. What is left is everything the cloud holds beside its seed, and all stacks."""
    site = minicloud.site_on(server, SystemClock())
    return replace(site, left=lambda instance_id: [*site.left(instance_id), *stacks(site.service)])


def clouds_of(server: HeatCloud, site: Site) -> Clouds:
    """Return the services that the site's user has."""
    return minicloud.clouds_of(server, site.service.session)
