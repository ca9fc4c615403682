"""What a run on a real cloud is held against, here on minicloud: whether it sees what is left and what is missing."""

import pytest

from cloud.conftest import Clouds, Mini
from inventory_kit import RealCloud, Thing


@pytest.fixture
def cloud(mini: Mini, clouds: Clouds) -> RealCloud:
    """Return the emulated cloud, looked at as a real one is."""
    del mini
    return RealCloud({name: getattr(clouds, name).session for name in ("admin", "demo", "alt", "service")})


pytestmark = pytest.mark.mini_only("a real cloud is looked at around each run")


def _words(things: tuple[Thing, ...]) -> list[tuple[str, str]]:
    return [(thing.kind, thing.words) for thing in things]


def test_nothing_done_is_no_difference(cloud: RealCloud) -> None:
    assert not cloud.since(cloud.things())


def test_what_is_left_is_named_whoever_has_it(cloud: RealCloud, clouds: Clouds) -> None:
    before = cloud.things()
    clouds.demo.network.create_security_group(name="forgotten", description="by a test")
    clouds.alt.compute.create_keypair(name="lost")
    clouds.service.block_storage.create_volume(size=1, name="alone")
    left = cloud.since(before, seconds=0).left
    assert _words(left) == [("key pair", "lost"), ("security group", "forgotten (by a test)"), ("volume", "alone")]
    assert [thing.made_at is not None for thing in left] == [False, True, True]


def test_what_is_taken_away_is_named(cloud: RealCloud, clouds: Clouds) -> None:
    before = cloud.things()
    zone = clouds.service.dns.find_zone("db.example.test.", ignore_missing=False)
    clouds.service.dns.delete_zone(zone.id)
    assert ("zone", "db.example.test.") in _words(cloud.since(before, seconds=0).gone)


def test_a_test_that_leaves_something_fails(cloud: RealCloud, clouds: Clouds) -> None:
    with pytest.raises(AssertionError, match=r"left: network \S+ forgotten"), cloud.as_it_was(seconds=0):
        clouds.demo.network.create_network(name="forgotten")
