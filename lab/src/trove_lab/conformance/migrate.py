"""Migrate the server to another host."""

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.guest import GuestSaysNoError, GuestStep
from trove_lab.conformance.needs import needs
from trove_resources.errors import CloudError


@needs("migrate")
class MigrateConformance(Conformance):
    """``migrate``."""

    @pytest.fixture
    def verify(self, bench: Bench) -> GuestStep:
        """Return the guest's check. It records status and host."""
        return GuestStep("migrate/guest/verify", lambda: [(each.status, each.host) for each in bench.observe().servers])

    def test_the_server_moves_to_any_host(self, bench: Bench, verify: GuestStep) -> None:
        bench.provision(bench.example.spec(public=True))
        before, host = bench.held(), _host(bench)
        run = bench.run(bench.manager.migrate(bench.ref, None, verify.flow))
        assert _host(bench) != host
        assert verify.seen == [[("VERIFY_RESIZE", _host(bench))]]
        assert bench.held() == before
        assert run.announced == []

    def test_the_server_moves_to_a_named_host(self, bench: Bench, verify: GuestStep) -> None:
        bench.provision(bench.example.bare_spec())
        wanted = _others(bench)[-1]
        bench.run(bench.manager.migrate(bench.ref, wanted, verify.flow))
        assert _host(bench) == wanted
        assert verify.seen == [[("VERIFY_RESIZE", wanted)]]

    def test_the_current_host_is_refused(self, bench: Bench, verify: GuestStep) -> None:
        bench.provision(bench.example.spec())
        before, host = bench.held(), _host(bench)
        run = bench.attempt(bench.manager.migrate(bench.ref, host, verify.flow))
        assert isinstance(run.error, CloudError)
        assert (bench.held(), _host(bench), verify.seen, run.leftovers) == (before, host, [], [])

    def test_an_unknown_host_is_refused(self, bench: Bench, verify: GuestStep) -> None:
        bench.provision(bench.example.bare_spec())
        before, host = bench.held(), _host(bench)
        run = bench.attempt(bench.manager.migrate(bench.ref, "conformance-nowhere", verify.flow))
        assert "conformance-nowhere" in str(run.error)
        assert (bench.held(), _host(bench), verify.seen, run.leftovers) == (before, host, [], [])

    def test_a_guest_that_fails_returns_to_its_host(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before, host = bench.held(), _host(bench)
        verify = GuestStep("migrate/guest/verify", fails=True)
        run = bench.attempt(bench.manager.migrate(bench.ref, None, verify.flow))
        assert isinstance(run.error, GuestSaysNoError)
        assert (bench.held(), _host(bench), run.leftovers) == (before, host, [])


def _host(bench: Bench) -> str:
    (server,) = bench.observe().servers
    assert server.host is not None, "the service user sees hosts: to name one takes an administrator"
    return server.host


def _others(bench: Bench) -> list[str]:
    """Return the hosts that the server is not on."""
    hosts = {str(each.name) for each in bench.site.service.compute.hypervisors()}
    return sorted(hosts - {_host(bench)})
