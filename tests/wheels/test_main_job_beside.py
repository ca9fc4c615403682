"""The main job with wheels and each earlier release of Trove and Heat: what works, and which error reports the rest.

All other tests run with the release that the plug-in is written for.
"""

from pathlib import Path

import pytest

from wheels.environments import Environment, Open, Wheels
from wheels.releases import OLDER, Release

PROGRAM = Path(__file__).with_name("main_job_beside.py")
STEPS = ["create", "resize volume", "resize flavor", "reboot", "change access"]
STEPS += ["add replica", "delete replica", "delete"]
RULES = "Heat: rules of security groups"
FAILURE = 2


@pytest.fixture(scope="module", params=OLDER, ids=str)
def lab(request: pytest.FixtureRequest, environment: Open, wheels: Wheels) -> Environment:
    """The lab with a release of Trove and Heat, and all our wheels."""
    release: Release = request.param
    openstack = (f"trove=={release.trove}", f"openstack-heat=={release.heat}")
    return environment(release, *openstack, wheels.resources, wheels.heat, wheels.lab)


def test_the_main_job_succeeds_with_native_and_leaves_nothing(lab: Environment, tmp_path: Path) -> None:
    """The guest also receives the user port, which these releases of Trove do not send."""
    result = lab.json_of(PROGRAM, "native", tmp_path / "lab")
    assert result["error"] is None
    assert result["steps"] == STEPS
    assert result["left"] == []
    assert '"ipv4_address": "10.' in result["files"]["/etc/trove/eth1.json"]
    assert '"bridge": "none"' in result["files"]["/etc/docker/daemon.json"]
    assert {name for name, each in result["checks"].items() if each["result"]} == set()


def test_the_upgrade_check_reports_that_the_orchestrator_fails_with_the_heat_of_these_releases(
    lab: Environment, tmp_path: Path
) -> None:
    """Rules in their security groups have no descriptions, by which ours are distinguished from an operator's."""
    result = lab.json_of(PROGRAM, "orchestrator", tmp_path / "lab")
    assert result["checks"][RULES]["result"] == FAILURE
    assert "older than Heat 27" in result["checks"][RULES]["details"]
    assert "Set resource_manager = native" in result["checks"][RULES]["details"]
    assert result["steps"] == ["delete"]
    assert "Unknown Property description" in result["error"]
    assert result["left"] == []
