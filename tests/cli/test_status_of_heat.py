"""``trove-resources-status upgrade check`` on a real Heat, with and without our plug-in, in several configurations.

Tests that need the same configuration of Heat are next to each other, because a restart takes seconds.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from status_kit import FAILURE, SUCCESS, WARNING, ChangingHeat, Checked, Shell, Status, shell, status  # noqa: F401 - fixtures

from cli.conftest import Configured
from trove_lab.cloud.seed import PASSWORD
from trove_lab.conformance.minicloud import session_of
from trove_lab.local.heat_conf import Heat
from trove_resources.cli.status.probe import TAG, Probe
from trove_resources.clouds import Orchestration
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.errors import DeadlineExceededError
from trove_resources.flows.clock import SystemClock
from trove_resources.flows.waiting import Wait, Waiter
from trove_resources.markers import ENGINE_TAG, GROUP_TAG
from trove_resources.orchestrator import following
from trove_resources_heat import PLUGIN_DIR, __version__

pytestmark = pytest.mark.xdist_group("status_of_heat")

WHOLE = Heat(hurry=True, plugin_dirs=[PLUGIN_DIR])
BARE = Heat(hurry=True, options={"DEFAULT": {"enable_stack_adopt": "false", "enable_stack_abandon": "false"}})
TRUSTS = Heat(hurry=True, options={"DEFAULT": {"reauthentication_auth_method": "trusts"}})

PROBE, RULES = "Heat: create, abandon, adopt, delete", "Heat: rules of security groups"
PLUG_IN = "Heat: the plug-in's types"
TYPES, NUMBER = "Heat: types of stacks", "Heat: number of stacks"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChangingHeat]:
    """Start one Heat for all tests: a start takes seconds."""
    with ChangingHeat(tmp_path_factory.mktemp("status"), TRUSTS) as started:
        yield started


class Client(Orchestration):
    """A client of Heat with the credentials of Trove's user, which can wait for stacks."""

    def rest(self, ref: StackRef) -> Stack | None:
        """Return a stack when no operation is in progress, or None when it has been deleted."""
        wait: Wait[Stack] = Wait(
            what="rest",
            reached=lambda stack: stack is None or stack.status != "IN_PROGRESS",
            seconds=60,
            show=following.show,
        )
        return Waiter(SystemClock()).wait(following.stack_watch(self), str(ref), wait)

    def begun(self, name: str, type_: str = "OS::Heat::None", *, tag: str = ENGINE_TAG, **properties: Any) -> StackRef:
        """Begin to create a stack with one resource."""
        resource = {"type": type_, "properties": properties}
        template = {"heat_template_version": "2018-08-31", "resources": {"thing": resource}}
        return self.create(name, template, tags=[tag], minutes=2)

    def made(self, *refs: StackRef) -> None:
        """Wait until these stacks are COMPLETE."""
        for ref in refs:
            stack = self.rest(ref)
            assert stack is not None
            assert stack.status == "COMPLETE", stack.reason

    def clear(self) -> None:
        """Delete all stacks."""
        stacks = self.every()
        for stack in stacks:
            self.delete(stack.ref)
        for stack in stacks:
            assert self.rest(stack.ref) is None

    def probes(self) -> list[str]:
        """Return the names of the stacks that a check created."""
        return [stack.ref.name for stack in self.every() if TAG in stack.tags]


@pytest.fixture
def heat(running: ChangingHeat) -> Iterator[Client]:
    """Return a client of a Heat without faults, in any configuration."""
    session = session_of(running)
    client = Client(Service(session, Endpoint(service_type="orchestration"), name="Heat"))
    yield client
    running.cloud.faults.remove()
    session.session.close()


@pytest.fixture
def whole(running: ChangingHeat, heat: Client) -> Client:
    """Return a client of a Heat with our plug-in and without stacks. To delete earlier stacks can need the plug-in."""
    running.become(WHOLE)
    heat.clear()
    return heat


@pytest.fixture
def upgrade(trove: Configured, running: ChangingHeat, status: Status) -> "Upgrade":  # noqa: F811
    return Upgrade(trove.file, running, status)


class Upgrade:
    """Run the check for a Trove on that cloud."""

    def __init__(self, file: Path, running: ChangingHeat, checks: Status) -> None:
        self._file, self._running, self._checks = file, running, checks

    @property
    def option(self) -> str:
        """The option that names its configuration."""
        return f"--config-file={self._file}"

    def __call__(self, manager: str = "orchestrator", *, password: str = PASSWORD, **ours: object) -> Checked:
        """Run the check with these options in [trove_resources]."""
        self.configure(manager, password=password, **ours)
        return self._checks(self.option)

    def configure(self, manager: str, *, password: str = PASSWORD, **ours: object) -> None:
        """Write Trove's configuration."""
        groups: dict[str, dict[str, object]] = {
            "DEFAULT": {"resource_manager": manager},
            "database": {"connection": f"sqlite:///{self._file.parent}/trove.sqlite"},
            "service_credentials": {
                "auth_url": self._running.auth_url,
                "username": "trove",
                "password": password,
                "project_name": "service",
                "region_name": "RegionOne",
            },
            "trove_resources": ours,
        }
        lines = (
            f"[{name}]\n" + "".join(f"{key} = {each}\n" for key, each in of.items()) for name, of in groups.items()
        )
        self._file.write_text("".join(lines))


def test_a_heat_that_creates_instead_of_adopting_is_reported(
    heat: Client, running: ChangingHeat, upgrade: Upgrade
) -> None:
    running.become(TRUSTS)
    for manager, code in (("orchestrator", WARNING), ("migration", FAILURE)):
        checked = upgrade(manager)
        assert checked.codes[PROBE] == code
        assert "reauthentication_auth_method = trusts" in checked.said(PROBE)
        assert heat.probes() == []


def test_a_complete_heat_succeeds_and_no_stack_is_left(whole: Client, upgrade: Upgrade) -> None:
    checked = upgrade()
    assert [checked.codes[each] for each in (PROBE, RULES, PLUG_IN, TYPES, NUMBER)] == [SUCCESS] * 5, checked.details
    assert "was created, abandoned, adopted and deleted" in checked.said(PROBE)
    assert f"Trove::Nova::Server has version {__version__}" in checked.said(PLUG_IN)
    assert whole.every() == []


def test_the_command_prints_only_its_table(whole: Client, upgrade: Upgrade, shell: Shell) -> None:  # noqa: F811
    """The command runs as a process; ``resource_manager`` is the path of the orchestrator's class."""
    upgrade.configure("trove_resources.orchestrator.Orchestrator")
    ended = shell(upgrade.option, "upgrade", "check")
    assert (ended.returncode, ended.stderr) == (FAILURE, "")
    assert "does not need Heat" not in ended.stdout
    _, told = ended.stdout.split(f"| Check: {PROBE}")
    assert told.splitlines()[1].startswith("| Result: Success")
    assert whole.every() == []


def test_the_project_s_stacks_are_counted_against_the_limit_the_operator_states(
    whole: Client, upgrade: Upgrade
) -> None:
    tags = (ENGINE_TAG, ENGINE_TAG, GROUP_TAG, "somebody-elses", "somebody-elses")
    whole.made(*[whole.begun(f"counted-{number}", tag=tag) for number, tag in enumerate(tags)])
    for limit, code in ((-1, SUCCESS), (7, SUCCESS), (6, WARNING), (5, FAILURE)):
        checked = upgrade(stack_limit=limit)
        assert checked.codes[NUMBER] == code, limit
        assert "has 5 stacks, 3 of them created by trove-resources" in checked.said(NUMBER)
        assert ("Raise max_stacks_per_tenant in heat.conf (512" in checked.said(NUMBER)) == (code != SUCCESS)


def test_stacks_left_by_another_check_are_named_and_kept(whole: Client, upgrade: Upgrade) -> None:
    whole.made(whole.begun("trove-resources-check-killed", tag=TAG))
    checked = upgrade()
    assert checked.codes[PROBE] == WARNING
    assert "openstack stack delete trove-resources-check-killed`" in checked.said(PROBE)
    assert whole.probes() == ["trove-resources-check-killed"]


def fault(running: ChangingHeat, method: str, path: str, status: int, **more: Any) -> None:  # noqa: F811
    rule = {"kind": "status", "service": "orchestration", "method": method, "path": path, "status": status, **more}
    running.cloud.faults.add(rule)


@pytest.mark.parametrize(
    ("method", "path", "status_code", "more", "reason"),
    [
        ("POST", "/stacks", 403, {}, "it takes no stack"),
        ("POST", "/stacks", 500, {}, "whether it took the stack is not known"),
        ("GET", "/stacks/*/*", 403, {}, "the stack cannot be looked at"),
        ("DELETE", "/stacks/*/*/abandon", 500, {}, "it is not abandoned"),
        ("POST", "/stacks", 500, {"skip": 1}, "it is not adopted, and abandoned before"),
    ],
)
def test_a_failed_operation_is_reported_and_no_stack_is_left(  # noqa: PLR0917 - the table's columns, and fixtures
    method: str,
    path: str,
    status_code: int,
    more: dict[str, Any],
    reason: str,
    whole: Client,
    running: ChangingHeat,
    upgrade: Upgrade,
) -> None:
    fault(running, method, path, status_code, **more)
    checked = upgrade()
    assert checked.codes[PROBE] == FAILURE, reason
    assert f"answered {status_code}" in checked.said(PROBE), reason
    assert whole.every() == []


def test_a_stack_that_cannot_be_deleted_is_named(whole: Client, running: ChangingHeat, upgrade: Upgrade) -> None:
    fault(running, "DELETE", "/stacks/*/*", 403)
    checked = upgrade()
    (left,) = whole.probes()
    assert checked.codes[PROBE] == WARNING
    assert "answered 403" in checked.said(PROBE)
    assert f"`openstack stack delete {left}`" in checked.said(PROBE)


def test_a_heat_that_times_out_is_reported_and_its_stack_is_deleted(whole: Client) -> None:
    result = Probe(whole, clock=SystemClock(), token="slow", seconds=0.0).run()
    assert result.code == FAILURE
    assert "stack trove-resources-check-slow to be idle" in str(result.details)
    assert str(DeadlineExceededError(what="", seconds=0.0, last="")).split()[0] in str(result.details)
    for stack in whole.find("trove-resources-check-slow"):
        assert whole.rest(stack.ref) is None


@pytest.mark.parametrize(
    ("given", "message", "reason"),
    [
        ({"heat_url": "http://127.0.0.1:1/v1"}, "did not answer", "nobody listens there"),
        ({"heat_service_type": "nonsense"}, "nonsense", "the catalog has none"),
        ({"password": "wrong"}, "answered 401", "Keystone knows no such user"),
    ],
)
def test_a_heat_that_cannot_be_reached_is_a_failure_that_says_why(
    given: dict[str, Any], message: str, reason: str, upgrade: Upgrade
) -> None:
    checked = upgrade(**given)
    for check in (PROBE, PLUG_IN, TYPES, NUMBER):
        assert checked.codes[check] == FAILURE, reason
        assert message in checked.said(check), reason
        assert "[service_credentials]" in checked.said(check)


def test_a_type_that_heat_has_but_does_not_list_is_not_missing(whole: Client, upgrade: Upgrade) -> None:
    whole.made(whole.begun("hidden", "OS::Heat::HARestarter", InstanceId="nobody"))
    assert "OS::Heat::HARestarter" not in whole.resource_types()
    assert upgrade().codes[TYPES] == SUCCESS


def test_without_the_plug_in_its_types_are_missing_and_stacks_that_use_them_are_named(
    whole: Client, running: ChangingHeat, upgrade: Upgrade
) -> None:
    whole.made(
        whole.begun("trove-of-the-plug-in", "Trove::Cinder::Volume", size=1),
        whole.begun("trove-of-stock-types", "OS::Cinder::Volume", size=1),
        whole.begun("not-ours", "Trove::Cinder::Volume", tag="somebody-elses", size=1),
    )
    assert upgrade().codes[TYPES] == SUCCESS
    running.become(BARE)
    checked = upgrade()
    assert (checked.codes[PLUG_IN], checked.codes[TYPES]) == (WARNING, FAILURE)
    assert "has no Trove::Nova::Server and no Trove::Cinder::Volume" in checked.said(PLUG_IN)
    assert "can never be rebooted, migrated or rebuilt" in checked.said(PLUG_IN)
    assert "Trove::Cinder::Volume (trove-of-the-plug-in)" in checked.said(TYPES)
    # The same Heat, so that it need not be started again.
    for manager, code in (("orchestrator", WARNING), ("migration", FAILURE)):
        adopting = upgrade(manager)
        assert adopting.codes[PROBE] == code, "they are needed to hand instances over alone"
        assert "set enable_stack_abandon = true" in adopting.said(PROBE)
        assert "set enable_stack_adopt = true" in adopting.said(PROBE)
        assert whole.probes() == []
