"""Rebuild the server from another image: everything but its root disk stays."""

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import about_port, user_data
from trove_lab.conformance.needs import needs
from trove_lab.conformance.resize_flavor import NOBODY, switch_off
from trove_lab.conformance.server import PUBLIC_KEY
from trove_lab.conformance.site import Site
from trove_resources.errors import RefusedError
from trove_resources.kinds import ResourceKind
from trove_resources.spec import Nic, RebuildSpec


@needs("rebuild")
class RebuildConformance(Conformance):
    """``rebuild``."""

    @pytest.fixture
    def other_image_id(self, site: Site) -> Iterator[str]:
        """Return the id of another image."""
        glance = site.service.image
        image = glance.create_image(
            name="conformance-other", disk_format="raw", container_format="bare", data=b"another disk"
        )
        yield str(image.id)
        glance.delete_image(image.id)

    @pytest.fixture
    def key_name(self, site: Site) -> Iterator[str]:
        """Return the name of a key pair."""
        pair = site.service.compute.create_keypair(name=f"conformance-{uuid.uuid4()}", public_key=PUBLIC_KEY)
        yield str(pair.name)
        site.service.compute.delete_keypair(pair.name)

    def test_the_server_has_the_new_image_and_user_data_and_keeps_the_rest(
        self, key_name: str, other_image_id: str, bench: Bench
    ) -> None:
        bench.provision(bench.example.spec(server=bench.example.server(key_name=key_name), public=True))
        before = bench.held()
        spec = RebuildSpec(image_id=other_image_id, user_data=lambda _nic: "#cloud-config\nfqdn: größe\n")
        run = bench.run(bench.manager.rebuild(bench.ref, spec))
        shown = _shown(bench)
        assert shown["image"]["id"] == other_image_id
        assert base64.b64decode(shown["OS-EXT-SRV-ATTR:user_data"]).decode() == "#cloud-config\nfqdn: größe\n"
        assert shown["key_name"] == key_name
        assert _but_image(bench.held()) == _but_image(before)
        assert run.announced == []

    @needs(ResourceKind.USER_PORT, ResourceKind.MANAGEMENT_PORT)
    def test_user_data_describes_the_user_port(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(isolated=True, user_data=user_data))
        before = _shown(bench)["OS-EXT-SRV-ATTR:user_data"]

        def render(nic: Nic | None) -> str:
            return f"{user_data(nic)}fqdn: db\n"

        spec = RebuildSpec(image_id=bench.site.image_id, user_data=render, isolated=True)
        bench.run(bench.manager.rebuild(bench.ref, spec))
        (port,) = [port for port in bench.observe().ports if port.role == "user"]
        after = _shown(bench)["OS-EXT-SRV-ATTR:user_data"]
        assert after != before
        about = about_port(base64.b64decode(after).decode())
        assert (about["mac_address"], about["ipv4_address"]) == (port.mac_address, port.addresses[0][1])

    def test_without_user_data_there_is_none(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec())
        bench.run(
            bench.manager.rebuild(bench.ref, RebuildSpec(image_id=bench.site.image_id, user_data=lambda _nic: ""))
        )
        assert not _shown(bench)["OS-EXT-SRV-ATTR:user_data"]

    @needs(ResourceKind.ROOT_VOLUME)
    def test_a_server_that_boots_from_a_volume_is_rebuilt_on_the_volume(self, bench: Bench) -> None:
        example = bench.example
        bench.provision(example.spec(server=example.server(image_id=None), root_volume=example.root_volume()))
        before = bench.held()
        spec = RebuildSpec(image_id=bench.site.image_id, user_data=lambda _nic: "#cloud-config\n")
        bench.run(bench.manager.rebuild(bench.ref, spec))
        assert bench.held() == before

    def test_a_server_that_is_shut_off_is_started_from_its_new_image(self, bench: Bench, other_image_id: str) -> None:
        bench.provision(bench.example.bare_spec())
        switch_off(bench)
        spec = RebuildSpec(image_id=other_image_id, user_data=lambda _nic: "")
        bench.run(bench.manager.rebuild(bench.ref, spec))
        assert [(server.status, server.image_id) for server in bench.observe().servers] == [("ACTIVE", other_image_id)]

    def test_an_unknown_image_is_refused(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        spec = RebuildSpec(image_id=NOBODY, user_data=lambda _nic: "")
        run = bench.attempt(bench.manager.rebuild(bench.ref, spec))
        assert isinstance(run.error, RefusedError)
        assert bench.held() == before
        assert not run.leftovers


def _shown(bench: Bench) -> Any:
    """Return the server as Nova shows it."""
    (server,) = bench.observe().servers
    return bench.site.service.compute.get(f"/servers/{server.id}", microversion="2.79").json()["server"]


def _but_image(held: Any) -> list[Any]:
    servers = [
        (each.id, each.name, each.status, each.flavor, each.metadata, set(each.tags), each.addresses, each.volume_ids)
        for each in held.servers
    ]
    return [servers, held.volumes, held.ports, held.security_groups, held.floating_ips]
