"""Reboot the server in every state."""

import re

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import needs
from trove_lab.conformance.resize_flavor import switch_off
from trove_resources.errors import ResourceFailedError


@needs("reboot")
class RebootConformance(Conformance):
    """``reboot``."""

    def test_the_server_is_rebooted_and_nothing_else_changes(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(public=True))
        before = bench.held()
        run = bench.run(bench.manager.reboot(bench.ref))
        assert _actions(bench).count("reboot") == 1
        assert bench.held() == before
        assert run.announced == []

    def test_a_server_that_is_shut_off_is_started(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        switch_off(bench)
        bench.run(bench.manager.reboot(bench.ref))
        assert bench.held() == before

    def test_a_server_in_error_is_started(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        bench.site.service.compute.reset_server_state(before.servers[0].id, "error")
        assert [server.status for server in bench.observe().servers] == ["ERROR"]
        bench.run(bench.manager.reboot(bench.ref))
        assert bench.held() == before

    def test_a_missing_server_is_reported(self, bench: Bench) -> None:
        run = bench.attempt(bench.manager.reboot(bench.ref))
        assert isinstance(run.error, ResourceFailedError)
        assert re.search("not (be )?found", str(run.error))


def _actions(bench: Bench) -> list[str]:
    """Return the actions on the instance's server."""
    (server,) = bench.observe().servers
    shown = bench.site.service.compute.get(f"/servers/{server.id}/os-instance-actions", microversion="2.79").json()
    return [str(each["action"]) for each in shown["instanceActions"]]
