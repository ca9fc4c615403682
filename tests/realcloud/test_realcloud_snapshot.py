"""The snapshot of a seeded cloud."""

from pathlib import Path

import pytest
from realcloud.home import Home
from realcloud.seeded import Seeded

from realcloud import snapshot


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.data.mkdir()
    return home


def _seed(home: Home) -> Seeded:
    seeded = Seeded(
        project_id="p",
        image_id="i",
        management_network_id="m",
        public_network_id="n",
        zone_id="z",
        zone_name="db.example.test.",
    )
    seeded.write(home)
    return seeded


def test_restore_brings_back_the_seeded_data(home: Home) -> None:
    seeded = _seed(home)
    snapshot.save(home)
    (home.data / "seed.json").unlink()
    (home.data / "later").write_text("an instance")
    assert snapshot.restore(home)
    assert Seeded.read(home) == seeded
    assert not (home.data / "later").exists()


def test_without_a_snapshot_restore_leaves_the_data(home: Home) -> None:
    _seed(home)
    assert not snapshot.restore(home)
    assert Seeded.read(home) is not None


def test_a_snapshot_of_other_versions_is_not_restored(home: Home) -> None:
    _seed(home)
    snapshot.save(home)
    home.snapshot.with_suffix(".of").write_text("other versions")
    assert not snapshot.restore(home)
