"""Change the flavor: it is confirmed only after the guest's check."""

import re
from typing import Any

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.guest import GuestSaysNoError, GuestStep
from trove_lab.conformance.needs import needs
from trove_resources.errors import ResourceFailedError
from trove_resources.inventory import Server
from trove_resources.spec import FlavorSpec

NOBODY = "00000000-0000-0000-0000-000000000000"


@needs("resize_flavor")
class ResizeFlavorConformance(Conformance):
    """``resize_flavor``. ``confirms_last``: whether it is confirmed after the guest's check, or before."""

    confirms_last = True
    without_a_host = "No valid host"
    """A part of the error for a flavor that fits no host."""

    @pytest.fixture
    def larger(self, bench: Bench) -> FlavorSpec:
        """Return the new flavor."""
        return flavor_of(bench, bench.site.other_flavor_id)

    def test_the_flavor_changes_and_nothing_else(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.spec(public=True))
        before = bench.held()
        run = bench.run(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        assert _flavors(bench) == [larger.name]
        assert _but_flavor(bench) == _but_flavor(bench, before.servers)
        after = bench.held()
        assert (after.volumes, after.ports, after.security_groups) == (
            before.volumes,
            before.ports,
            before.security_groups,
        )
        assert after.floating_ips == before.floating_ips
        assert run.announced == [("flavor_id", larger.id)]

    def test_the_guest_is_checked_on_the_new_flavor(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.bare_spec())
        verify = verify_step(bench)
        bench.run(bench.manager.resize_flavor(bench.ref, larger, verify.flow))
        assert verify.seen == [[("VERIFY_RESIZE" if self.confirms_last else "ACTIVE", larger.name)]]
        assert [server.status for server in bench.observe().servers] == ["ACTIVE"]

    def test_a_guest_that_fails_returns_to_the_old_flavor(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench, fails=True).flow))
        assert isinstance(run.error, GuestSaysNoError)
        assert bench.held() == before
        assert (run.announced, run.leftovers) == ([], [])

    def test_an_unknown_flavor_is_refused(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before, verify = bench.held(), verify_step(bench)
        flavor = FlavorSpec(id=NOBODY, name="conformance")
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, flavor, verify.flow))
        assert NOBODY in str(run.error)
        assert bench.held() == before
        assert (run.announced, run.leftovers, verify.seen) == ([], [], [])

    def test_a_flavor_that_fits_no_host_is_reported_and_nothing_changes(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before, verify = bench.held(), verify_step(bench)
        huge = flavor_of(bench, bench.site.huge_flavor_id)
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, huge, verify.flow))
        assert self.without_a_host in str(run.error)
        assert bench.held() == before
        assert (run.announced, run.leftovers, verify.seen) == ([], [], [])

    def test_the_old_flavor_can_be_restored_with_a_second_resize(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        bench.run(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        small = flavor_of(bench, bench.site.flavor_id)
        assert bench.run(bench.manager.resize_flavor(bench.ref, small, verify_step(bench).flow)).results == {
            "flavor_id": small.id
        }
        assert bench.held() == before

    def test_the_current_flavor_is_checked_and_announced(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.bare_spec())
        bench.run(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        before = bench.held()
        verify = verify_step(bench)
        again = bench.run(bench.manager.resize_flavor(bench.ref, larger, verify.flow))
        assert again.results == {"flavor_id": larger.id}
        assert verify.seen == [[("ACTIVE", larger.name)]]
        assert bench.held() == before

    def test_changes_by_an_operator_stay(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.spec())
        (server,), nova = bench.observe().servers, bench.site.service.compute
        nova.set_server_metadata(server.id, operator="was here")
        nova.put(f"/servers/{server.id}/tags/conformance", microversion="2.79")
        nova.update_server(server.id, name="conformance-renamed")
        bench.run(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        (after,) = bench.observe().servers
        assert (after.name, after.metadata) == ("conformance-renamed", {**server.metadata, "operator": "was here"})
        assert set(after.tags) == {*server.tags, "conformance"}

    def test_a_server_that_is_shut_off_is_refused_and_left_off(self, bench: Bench, larger: FlavorSpec) -> None:
        bench.provision(bench.example.bare_spec())
        switch_off(bench)
        before = bench.held()
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        assert isinstance(run.error, ResourceFailedError)
        assert bench.held() == before
        assert not run.leftovers

    def test_a_missing_server_is_reported(self, bench: Bench, larger: FlavorSpec) -> None:
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, larger, verify_step(bench).flow))
        assert isinstance(run.error, ResourceFailedError)
        assert re.search("not (be )?found", str(run.error))


def switch_off(bench: Bench) -> None:
    """Switch the server off without the manager."""
    nova = bench.site.service.compute
    server = nova.get_server(bench.observe().servers[0].id)
    nova.stop_server(server)
    nova.wait_for_server(server, status="SHUTOFF", interval=0.2)


def flavor_of(bench: Bench, flavor_id: str) -> FlavorSpec:
    """Return a flavor as an operation takes it."""
    return FlavorSpec(id=flavor_id, name=bench.site.service.compute.get_flavor(flavor_id).name)


def verify_step(bench: Bench, *, fails: bool = False) -> GuestStep:
    """Return the guest's check. It records status and flavor."""

    def look() -> list[tuple[str, str | None]]:
        return [(server.status, server.flavor) for server in bench.observe().servers]

    return GuestStep("resize_flavor/guest/verify", look, fails=fails)


def _flavors(bench: Bench) -> list[str | None]:
    return [server.flavor for server in bench.observe().servers]


def _but_flavor(bench: Bench, servers: tuple[Server, ...] | None = None) -> list[Any]:
    return [
        (each.id, each.name, each.status, each.metadata, set(each.tags), each.volume_ids, each.image_id)
        for each in (bench.observe().servers if servers is None else servers)
    ]
