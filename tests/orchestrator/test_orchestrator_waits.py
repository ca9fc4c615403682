"""Waiting for many stacks takes one list per poll; waiting for one takes a GET."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from orchestrator_kit import HeatBench

from trove_lab.conformance import Driver, Site
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources.clouds import Clouds

pytestmark = [pytest.mark.mini_only("reads minicloud's log"), pytest.mark.xdist_group("orchestrator")]
MANY, SLOW = 5, 4


def test_many_waiters_share_one_list_request(heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> None:
    driver = Driver(site.clock)
    benches = [HeatBench(heat_cloud, site, clouds) for _ in range(MANY)]
    for bench in benches:
        # A task manager has one waiter.
        bench.driver = driver
    benches[0].slow(server_build=SLOW)
    heat_cloud.cloud.request_log.clear()
    try:
        with ThreadPoolExecutor(MANY) as threads:
            runs = list(threads.map(lambda bench: bench.provision(bench.example.bare_spec()), benches))
        assert [run.error for run in runs] == [None] * MANY
        asked = [each for each in heat_cloud.cloud.request_log if each.service == "orchestration"]
        polls = [each for each in asked if each.method == "GET" and "resolve_outputs=false" in each.query]
        lists = [
            each for each in asked if each.method == "GET" and each.path.endswith("/stacks") and "id=" in each.query
        ]
        # The first waits alone for a moment, and so does the last.
        assert len(polls) <= MANY
        assert 1 < len(lists) <= 2 * SLOW * 2
        assert max(each.query.count("id=") for each in lists) == MANY
    finally:
        benches[0].heal()
        assert [bench.delete().error for bench in benches] == [None] * MANY
        benches[0].check_nothing_is_left()
