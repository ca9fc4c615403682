"""One migration manager runs thirty instances of both engines, several at once, and with services of one engine down.

The tests depend on each other, in this order: the first one creates the fleet, and the last one deletes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fleet_kit import Fleet, Member, side_by_side
from fleet_operations import OPERATIONS, error_of

from trove_lab.conformance import heat
from trove_lab.demo.measure import PLUGIN
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources.errors import LeftoversError
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources_heat import PLUGIN_DIR

pytestmark = [pytest.mark.mini_only("stands on a Heat of its own"), pytest.mark.timeout(240)]

NATIVE, HEAT = Native.name, Orchestrator.name
STOCKS, OF_EACH = 5, 15
PAIRS = [(maker, last) for maker in (NATIVE, HEAT) for last in (NATIVE, HEAT)]
"""Server groups with a member of each engine: the engine that created the group, and the member deleted last."""


@dataclass
class Pair:
    """A server group, and its members by engine."""

    group_id: str
    members: dict[str, Member]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Return a fleet without instances: one cloud, one Heat, one manager."""
    with HeatCloud(tmp_path_factory.mktemp("fleet"), Heat(hurry=True, plugin_dirs=[PLUGIN_DIR])) as started:
        site = heat.site_on(started)
        yield Fleet(started, site, heat.clouds_of(started, site))
        site.service.close()


@pytest.fixture(scope="module")
def pairs(fleet: Fleet) -> dict[tuple[str, str], Pair]:
    """Return the server groups. Their members are not provisioned yet."""
    return {case: _pair(fleet, case[0]) for case in PAIRS}


@pytest.fixture(scope="module")
def whole(fleet: Fleet, pairs: dict[tuple[str, str], Pair]) -> Fleet:
    """Return the fleet with all instances: fifteen per engine, including the pairs and five of stock Trove."""
    assert fleet.members == [member for pair in pairs.values() for member in pair.members.values()]
    made_by_stock = [fleet.member(None) for _ in range(STOCKS)]
    for engine in (NATIVE, HEAT):
        while len(fleet.of(engine)) < OF_EACH:
            fleet.member(engine)
    for member in made_by_stock:
        fleet.make_by_stock(member)
    provisioned = side_by_side(fleet.provision, [each for each in fleet.members if each.engine])
    assert [run.error for run in provisioned if run.error] == []
    return fleet


@pytest.fixture
def calm(whole: Fleet) -> Iterator[Fleet]:
    """The same fleet. Faults are removed after each test."""
    yield whole
    whole.remove_faults()


def _pair(fleet: Fleet, maker: str) -> Pair:
    """Create a group as its first member would, and add one member of each engine."""
    source = fleet.member(maker)
    group_id = fleet.create_group(fleet.manager if maker == HEAT else fleet.earlier, source)
    source.group_id = group_id
    replica = fleet.member(HEAT if maker == NATIVE else NATIVE, group_id)
    return Pair(group_id, {str(source.engine): source, str(replica.engine): replica})


def usual(fleet: Fleet, engine: str) -> list[Member]:
    """Return the instances of an engine that have no group. Of the native ones, four of stock Trove's come first."""
    members = [each for each in fleet.of(engine) if each.group_id is None]
    stocks = [each for each in members if not each.engine]
    return stocks[:4] + [each for each in members if each.engine] + stocks[4:]


def errors(fleet: Fleet, engine: str, names: list[str]) -> dict[str, str]:
    """Run operations in parallel, each on its own instance of an engine, and return their errors by name.

    Two of the native instances are stock Trove's.
    """
    asked = list(zip(names, usual(fleet, engine)[2:], strict=False))
    said = side_by_side(lambda each: error_of(OPERATIONS[each[0]], fleet, each[1]), asked)
    return dict(zip(names, said, strict=True))


def test_each_instance_is_observed_through_its_engine(whole: Fleet, pairs: dict[tuple[str, str], Pair]) -> None:
    assert len(whole.members) == 2 * OF_EACH
    assert [len(whole.of(engine)) for engine in (NATIVE, HEAT)] == [OF_EACH] * 2
    assert sum(each.engine is None for each in whole.members) == STOCKS
    seen = side_by_side(whole.observe, whole.members)
    assert [len(held.servers) for held in seen] == [1] * 2 * OF_EACH
    assert [each.engine for each in whole.members if whole.has_stack(each)] == [HEAT] * OF_EACH
    assert len(heat.stacks(whole.site.service)) == OF_EACH + sum(maker == HEAT for maker, _ in pairs)


def test_every_operation_runs_on_several_instances_of_each_engine_at_once(whole: Fleet) -> None:
    names = list(OPERATIONS)
    tasks = [
        (member, (names[place % len(names)], names[(place + len(names) // 2) % len(names)]))
        for place in range(len(names))
        for member in (usual(whole, NATIVE)[place], usual(whole, HEAT)[place])
    ]
    for name in names:
        engines = [str(member.engine or NATIVE) for member, two in tasks if name in two]
        assert sorted(engines) == [NATIVE, NATIVE, HEAT, HEAT], name
    assert {name for member, two in tasks if member.engine is None for name in two} == set(names)

    def both(task: tuple[Member, tuple[str, str]]) -> list[tuple[str, str, str]]:
        member, two = task
        said = [(name, str(member.engine), error_of(OPERATIONS[name], whole, member)) for name in two]
        return [each for each in said if each[2]]

    assert [failed for each in side_by_side(both, tasks) for failed in each] == []


def test_native_instances_work_while_heat_is_down(calm: Fleet) -> None:
    names = ["reboot", "update_access", "resize_volume"]
    gone, kept = usual(calm, NATIVE)[-1], usual(calm, HEAT)[-1]
    calm.fault(service="orchestration")
    assert errors(calm, NATIVE, names) == dict.fromkeys(names, "")
    assert calm.remove(gone).error is None
    said = errors(calm, HEAT, names)
    assert {name: text.partition(" ")[0] for name, text in said.items()} == dict.fromkeys(names, "Heat:")
    failed = calm.remove(kept)
    assert isinstance(failed.error, LeftoversError)
    assert "Heat: " in str(failed.error)
    calm.remove_faults()
    assert errors(calm, HEAT, names) == dict.fromkeys(names, "")
    assert [server.status for server in calm.observe(kept).servers] == ["ACTIVE"]
    assert calm.remove(kept).error is None


def test_a_create_without_heat_leaves_nothing_and_succeeds_later(calm: Fleet) -> None:
    member, before = calm.member(HEAT), calm.held()
    calm.fault(service="orchestration")
    run = calm.provision(member)
    assert "Heat: " in str(run.error)
    calm.remove_faults()
    assert calm.held() == before
    assert not calm.has_stack(member)
    assert calm.provision(member).error is None
    assert calm.has_stack(member)


def test_instances_of_heat_work_while_the_requests_of_the_plug_in_are_rejected(calm: Fleet) -> None:
    """Heat talks to Nova, Cinder and Neutron by itself."""
    services = {"reboot": "Nova:", "resize_volume": "Cinder:", "update_access": "Neutron:"}
    names = list(services)
    new = calm.member(HEAT)
    for service in ("compute", "volume", "network"):
        calm.fault(service=service, user_agent=PLUGIN)
    assert errors(calm, HEAT, names) == dict.fromkeys(names, "")
    assert calm.provision(new).error is None
    assert calm.delete(new).error is None
    said = errors(calm, NATIVE, names)
    assert {name: text.partition(" ")[0] for name, text in said.items()} == services
    calm.remove_faults()
    assert errors(calm, NATIVE, names) == dict.fromkeys(names, "")


@pytest.mark.parametrize(("maker", "last"), PAIRS)
def test_a_group_of_both_engines_is_deleted_with_its_last_member_and_so_is_its_stack(
    whole: Fleet, pairs: dict[tuple[str, str], Pair], maker: str, last: str
) -> None:
    pair, stacks = pairs[maker, last], int(maker == HEAT)
    first = HEAT if last == NATIVE else NATIVE
    assert whole.remove(pair.members[first]).error is None
    assert pair.group_id in whole.groups()
    assert whole.stacks_of_group(pair.group_id) == stacks
    assert whole.remove(pair.members[last]).error is None
    assert pair.group_id not in whole.groups()
    assert whole.stacks_of_group(pair.group_id) == 0


def test_all_are_deleted_and_nothing_is_left(whole: Fleet) -> None:
    runs = side_by_side(whole.remove, list(whole.members))
    assert [run.error for run in runs if run.error] == []
    assert whole.members == []
    assert whole.held() == {}
    assert heat.stacks(whole.site.service) == []
