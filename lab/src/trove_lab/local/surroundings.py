"""What an operator looks up in a cloud, by its APIs, before configuring Trove."""

from dataclasses import dataclass
from typing import Any

import requests
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from trove_lab.local.trove_conf import DOMAIN, REGION


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The ids of the cloud's resources for Trove."""

    project_id: str
    management_network_id: str
    public_network_id: str
    tenant_network_id: str
    image_id: str
    zone_id: str


class Account:
    """A user of the cloud."""

    def __init__(self, auth_url: str, *, username: str, password: str, project_name: str) -> None:
        # The cloud is on this machine: ignore proxies of the environment.
        direct = requests.Session()
        direct.trust_env = False
        auth = Password(
            auth_url=auth_url,
            username=username,
            password=password,
            project_name=project_name,
            user_domain_name=DOMAIN,
            project_domain_name=DOMAIN,
        )
        self._session = Session(auth=auth, session=direct, user_agent="trove-lab")

    @property
    def project_id(self) -> str:
        """The id of the project."""
        return str(self._session.get_project_id())

    def get(self, service: str, path: str) -> Any:
        """Return the response of a service to GET."""
        return self._service(service).get(path).json()

    def _service(self, service: str) -> Adapter:
        return Adapter(self._session, service_type=service, region_name=REGION)


def look_up(trove: Account, *, zone_name: str) -> Surroundings:
    """Find the resources that the cloud's seed has for Trove. Raises LookupError when one is missing."""
    return Surroundings(
        project_id=trove.project_id,
        management_network_id=_network(trove, "trove-mgmt"),
        public_network_id=_network(trove, "public"),
        tenant_network_id=_network(trove, "tenant"),
        image_id=_only(trove.get("image", "/v2/images?name=guest")["images"], "image guest"),
        zone_id=_only(trove.get("dns", f"/v2/zones?name={zone_name}")["zones"], f"zone {zone_name}"),
    )


def _network(account: Account, name: str) -> str:
    return _only(account.get("network", f"/v2.0/networks?name={name}")["networks"], f"network {name}")


def _only(found: list[dict[str, Any]], what: str) -> str:
    if len(found) != 1:
        raise LookupError(f"expected one {what} in the cloud, found {len(found)}")
    return str(found[0]["id"])
