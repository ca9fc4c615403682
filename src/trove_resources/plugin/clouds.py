"""The services of Trove's configuration: at the endpoints of its options, with its credentials."""

from collections.abc import Mapping
from typing import Any

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from oslo_config import cfg

from trove_resources import USER_AGENT
from trove_resources.clouds import BlockStorage, Clouds, Compute, Dns, Network, NoDns, Orchestration, compute, volume
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.plugin.dns import TroveDns
from trove_resources.settings import Settings


class CloudsOfTrove:
    """The services of each region, created on first use, over one session."""

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        self._conf = conf
        auth, verify = _credentials(conf.service_credentials), _verify(conf)
        self._session = Session(auth=auth, verify=verify, user_agent=USER_AGENT)
        self._dns: Dns = TroveDns(conf) if conf.trove_dns_support else NoDns()
        self._regions: dict[str, Clouds] = {}

    def of_region(self, region_name: str | None) -> Clouds:
        """Return the services of a region; None is the region of the credentials."""
        region = region_name or self._conf.service_credentials.region_name
        if region not in self._regions:
            self._regions[region] = self._connect(region)
        return self._regions[region]

    def _connect(self, region: str) -> Clouds:
        nova, cinder, neutron = (self._endpoint(service, region) for service in ("nova_compute", "cinder", "neutron"))
        return Clouds(
            compute=Compute(Service(self._session, nova, name="Nova", microversion=compute.MICROVERSION)),
            volume=BlockStorage(Service(self._session, cinder, name="Cinder", microversion=volume.MICROVERSION)),
            network=Network(Service(self._session, neutron, name="Neutron")),
            orchestration=Orchestration(Service(self._session, self._heat(region), name="Heat")),
            dns=self._dns,
        )

    def _heat(self, region: str) -> Endpoint:
        """Return the endpoint of Heat. Trove no longer has options for it: these are ours."""
        conf = self._conf.trove_resources
        url = f"{conf.heat_url.rstrip('/')}/{self._conf.service_credentials.project_id}" if conf.heat_url else None
        return Endpoint(
            service_type=conf.heat_service_type,
            interface=conf.heat_endpoint_type.removesuffix("URL"),
            region_name=region,
            url=url,
        )

    def _endpoint(self, service: str, region: str) -> Endpoint:
        """Return the endpoint that Trove's own clients use for a service."""
        conf = self._conf
        url = conf[f"{service}_url"]
        if url and service != "neutron":
            # Trove's options for Nova and Cinder have no project.
            url = f"{url.rstrip('/')}/{conf.service_credentials.project_id}"
        return Endpoint(
            service_type=conf[f"{service}_service_type"],
            interface=conf[f"{service}_endpoint_type"].removesuffix("URL"),
            region_name=region,
            url=url,
        )


def settings(conf: cfg.ConfigOpts, own: Mapping[str, Any]) -> Settings:
    """Return what Trove's options mean to a resource manager; ``own`` are the values of its own options."""
    return Settings(
        security_group_prefix=conf.trove_security_group_name_prefix,
        public_network_id=conf.network.public_network_id or None,
        require_router=conf.network.enable_access_check,
        server_seconds=float(conf.usage_timeout),
        volume_seconds=float(conf.volume_time_out),
        delete_seconds=float(conf.server_delete_time_out),
        move_seconds=float(conf.resize_time_out),
        revert_seconds=float(conf.revert_time_out),
        reboot_seconds=float(conf.reboot_time_out),
        online_volume_resize=bool(conf.online_volume_resize),
        # The guest reports, starts its database, and the database becomes healthy.
        verify_seconds=2 * float(conf.resize_time_out) + float(conf.agent_call_high_timeout),
        options=own,
    )


def _verify(conf: cfg.ConfigOpts) -> bool | str:
    """Return how the services' certificates are verified: as Trove's own session does with these credentials."""
    given = conf.keystone_authtoken
    return False if given.insecure else given.cafile or True


def _credentials(given: Any) -> Password:
    return Password(
        auth_url=given.auth_url,
        username=given.username,
        password=given.password,
        project_id=given.project_id or None,
        project_name=None if given.project_id else given.project_name,
        user_domain_name=given.user_domain_name,
        project_domain_name=None if given.project_id else given.project_domain_name,
    )
