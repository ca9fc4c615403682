"""The server of a new instance: zone, key, config drive, user data."""

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.site import Site


class ServerConformance(Conformance):
    """``provision`` with all attributes of a server."""

    @pytest.fixture
    def key_name(self, site: Site) -> Iterator[str]:
        """Return the name of a key pair."""
        pair = site.service.compute.create_keypair(name=f"conformance-{uuid.uuid4()}", public_key=PUBLIC_KEY)
        yield str(pair.name)
        site.service.compute.delete_keypair(pair.name)

    def test_the_server_is_in_the_requested_availability_zone(self, bench: Bench) -> None:
        zone = bench.site.availability_zone
        bench.provision(bench.example.bare_spec(server=bench.example.server(availability_zone=zone)))
        assert _shown(bench)["OS-EXT-AZ:availability_zone"] == zone

    def test_the_server_has_the_operators_key(self, key_name: str, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(server=bench.example.server(key_name=key_name)))
        assert _shown(bench)["key_name"] == key_name

    @pytest.mark.parametrize("wanted", [True, False])
    def test_the_server_has_a_config_drive_if_requested(self, bench: Bench, *, wanted: bool) -> None:
        bench.provision(bench.example.bare_spec(server=bench.example.server(config_drive=wanted)))
        assert (_shown(bench)["config_drive"] == "True") is wanted

    def test_the_server_has_the_user_data(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(user_data=lambda _nic: "#cloud-config\nfqdn: größe\n"))
        assert base64.b64decode(_shown(bench)["OS-EXT-SRV-ATTR:user_data"]).decode() == "#cloud-config\nfqdn: größe\n"

    def test_without_user_data_there_is_none(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(user_data=lambda _nic: ""))
        assert _shown(bench)["OS-EXT-SRV-ATTR:user_data"] is None

    def test_the_server_has_the_flavor(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec())
        (server,) = bench.observe().servers
        assert server.flavor == bench.site.service.compute.get_flavor(bench.site.flavor_id).name


def _shown(bench: Bench) -> Any:
    """Return the server as Nova shows it."""
    (server,) = bench.observe().servers
    return bench.site.service.compute.get(f"/servers/{server.id}", microversion="2.79").json()["server"]


PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4Dd5T5HGUrZp8zkHSzHBvgg8YgnBSbkQvLvPMGvxbz conformance"
