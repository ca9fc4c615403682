"""The main job beside each earlier Trove and Heat, from wheels: what works there, and what says that it does not.

The release the plug-in is written for is what all other tests run.
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
    """A release with its Trove, its Heat, all our wheels and the lab."""
    release: Release = request.param
    openstack = (f"trove=={release.trove}", f"openstack-heat=={release.heat}")
    return environment(release, *openstack, wheels.resources, wheels.heat, wheels.lab)


def test_native_does_the_main_job_and_leaves_nothing(lab: Environment, tmp_path: Path) -> None:
    """And the guest is told of the user port, which these releases do not do by themselves."""
    told = lab.told(PROGRAM, "native", tmp_path / "lab")
    assert told["error"] is None
    assert told["steps"] == STEPS
    assert told["left"] == []
    assert '"ipv4_address": "10.' in told["files"]["/etc/trove/eth1.json"]
    assert '"bridge": "none"' in told["files"]["/etc/docker/daemon.json"]
    assert {name for name, each in told["checks"].items() if each["result"]} == set()


def test_the_orchestrator_is_refused_by_the_heat_of_these_releases_and_the_check_says_so(
    lab: Environment, tmp_path: Path
) -> None:
    """Their security groups have rules without descriptions, by which ours are told from those made by hand."""
    told = lab.told(PROGRAM, "orchestrator", tmp_path / "lab")
    assert told["checks"][RULES]["result"] == FAILURE
    assert "older than Heat 27" in told["checks"][RULES]["details"]
    assert "Set resource_manager = native" in told["checks"][RULES]["details"]
    assert told["steps"] == ["delete"]
    assert "Unknown Property description" in told["error"]
    assert told["left"] == []
