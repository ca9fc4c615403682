"""minicloud with a real Heat as a site: for a suite of tests of what asks Heat."""

from dataclasses import replace

from openstack.connection import Connection

from trove_lab.conformance import minicloud
from trove_lab.conformance.site import Site
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources.clouds import Clouds
from trove_resources.flows.clock import SystemClock


def site_on(server: HeatCloud) -> Site:
    """Return the site: what is left is what the cloud holds beside its seed, and the stacks there are."""
    site = minicloud.site_on(server, SystemClock())
    return replace(site, left=lambda instance_id: [*site.left(instance_id), *stacks(site.service)])


def clouds_of(server: HeatCloud, site: Site) -> Clouds:
    """Return the services, as the site's user is given them."""
    return minicloud.clouds_of(server, site.service.session)


def stacks(service: Connection) -> list[str]:
    """Return the stacks of a user's project, in words."""
    answer = service.session.get(
        "/stacks", endpoint_filter={"service_type": "orchestration", "region_name": "RegionOne"}
    )
    # For a moment Heat lists a stack that is gone.
    there = [row for row in answer.json()["stacks"] if row["stack_status"] != "DELETE_COMPLETE"]
    return [f"stack {row['stack_name']} {row['stack_status']}" for row in there]
