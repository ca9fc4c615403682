"""The comparison of inventories that runs on a real cloud finds leftovers and missing resources, shown on minicloud."""

import pytest

from cloud.conftest import Clouds, Mini
from inventory_kit import RealCloud, Thing


@pytest.fixture
def cloud(mini: Mini, clouds: Clouds) -> RealCloud:
    """Return the emulated cloud, observed in the same way as a real one."""
    del mini
    return RealCloud({name: getattr(clouds, name).session for name in ("admin", "demo", "alt", "service")})


pytestmark = pytest.mark.mini_only("a real cloud is compared before and after each run")


def _words(things: tuple[Thing, ...]) -> list[tuple[str, str]]:
    return [(thing.kind, thing.words) for thing in things]


def test_no_change_is_no_difference(cloud: RealCloud) -> None:
    assert not cloud.since(cloud.things())


def test_leftovers_of_every_project_are_reported(cloud: RealCloud, clouds: Clouds) -> None:
    before = cloud.things()
    clouds.demo.network.create_security_group(name="forgotten", description="by a test")
    clouds.alt.compute.create_keypair(name="lost")
    clouds.service.block_storage.create_volume(size=1, name="alone")
    left = cloud.since(before, seconds=0).left
    assert _words(left) == [("key pair", "lost"), ("security group", "forgotten (by a test)"), ("volume", "alone")]
    assert [thing.made_at is not None for thing in left] == [False, True, True]


def test_missing_resources_are_reported(cloud: RealCloud, clouds: Clouds) -> None:
    before = cloud.things()
    zone = clouds.service.dns.find_zone("db.example.test.", ignore_missing=False)
    clouds.service.dns.delete_zone(zone.id)
    assert ("zone", "db.example.test.") in _words(cloud.since(before, seconds=0).gone)


def test_a_test_that_leaves_a_resource_fails(cloud: RealCloud, clouds: Clouds) -> None:
    with pytest.raises(AssertionError, match=r"left: network \S+ forgotten"), cloud.as_it_was(seconds=0):
        clouds.demo.network.create_network(name="forgotten")
