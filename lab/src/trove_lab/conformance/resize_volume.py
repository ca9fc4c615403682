"""Extend the data volume, while it is attached or detached."""

from collections.abc import Callable
from typing import Any

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.guest import GuestSaysNoError, GuestStep
from trove_lab.conformance.needs import needs
from trove_resources.contract import GuestHooks
from trove_resources.errors import InvalidSpecError
from trove_resources.inventory import Volume
from trove_resources.kinds import ResourceKind

Guest = tuple[GuestStep, GuestStep]
"""The guest's steps before and after."""


@needs("resize_volume", ResourceKind.DATA_VOLUME)
class ResizeVolumeConformance(Conformance):
    """``resize_volume``. ``on_line``: whether the volume is extended while it is attached."""

    on_line = True

    @pytest.fixture
    def guest(self, bench: Bench) -> Guest:
        """Return the guest's steps. They record status and size."""
        return guest_steps(bench)

    def test_the_volume_is_extended_and_nothing_else_changes(self, bench: Bench, guest: Guest) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        run = bench.run(bench.manager.resize_volume(bench.ref, 3, around(guest)))
        after = bench.held()
        assert but_size(after.volumes) == but_size(before.volumes)
        assert [volume.size for volume in after.volumes] == [3]
        assert (after.servers, after.ports) == (before.servers, before.ports)
        assert run.announced == [("volume_size", "3")]

    def test_the_guests_steps_run_before_and_after_and_get_on_line(self, bench: Bench, guest: Guest) -> None:
        bench.provision(bench.example.spec())
        bench.run(bench.manager.resize_volume(bench.ref, 2, around(guest)))
        before, after = guest
        assert before.given + after.given == [{"on_line": self.on_line}] * 2
        assert before.seen == [[("in-use", 2 if self.on_line else 1)]]
        assert after.seen == [[("in-use", 2)]]

    def test_a_guest_that_fails_afterwards_leaves_the_extended_volume_attached_and_its_size_announced(
        self, bench: Bench
    ) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        run = bench.attempt(bench.manager.resize_volume(bench.ref, 2, around(guest_steps(bench, after_fails=True))))
        assert isinstance(run.error, GuestSaysNoError)
        assert run.announced == [("volume_size", "2")]
        assert not run.leftovers
        after = bench.held()
        assert but_size(after.volumes) == but_size(before.volumes)
        assert [volume.size for volume in after.volumes] == [2]
        assert after.servers == before.servers

    def test_the_current_size_changes_nothing(self, bench: Bench, guest: Guest) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        run = bench.run(bench.manager.resize_volume(bench.ref, 1, around(guest)))
        assert run.announced == [("volume_size", "1")]
        assert guest[1].given == [{"on_line": True}]
        assert bench.held() == before

    def test_a_smaller_size_is_refused_with_the_field(self, bench: Bench, guest: Guest) -> None:
        bench.provision(bench.example.spec(data_volume=bench.example.data_volume(size=2)))
        self._check_refused(bench, guest, 1, "size")

    def test_an_instance_without_a_data_volume_is_refused_with_the_field(self, bench: Bench, guest: Guest) -> None:
        bench.provision(bench.example.spec(data_volume=None))
        self._check_refused(bench, guest, 2, "volume")

    @needs(ResourceKind.ROOT_VOLUME)
    def test_a_root_volume_is_not_extended_instead_of_a_data_volume(self, bench: Bench, guest: Guest) -> None:
        example = bench.example
        booted = {"server": example.server(image_id=None), "root_volume": example.root_volume()}
        bench.provision(example.bare_spec(**booted))
        self._check_refused(bench, guest, 9, "volume")

    @needs(ResourceKind.ROOT_VOLUME)
    def test_the_root_volume_stays_as_it_is(self, bench: Bench, guest: Guest) -> None:
        example = bench.example
        bench.provision(example.spec(server=example.server(image_id=None), root_volume=example.root_volume()))
        bench.run(bench.manager.resize_volume(bench.ref, 2, around(guest)))
        assert {volume.role: volume.size for volume in bench.observe().volumes} == {"data": 2, "root": 5}

    @staticmethod
    def _check_refused(bench: Bench, guest: Guest, size: int, field: str) -> None:
        before = bench.held()
        run = bench.attempt(bench.manager.resize_volume(bench.ref, size, around(guest)))
        assert isinstance(run.error, InvalidSpecError)
        assert run.error.field == field
        assert bench.held() == before
        assert (run.announced, run.leftovers, [each.given for each in guest]) == ([], [], [[], []])


class ResizeDetachedVolumeConformance(ResizeVolumeConformance):
    """``resize_volume``, by a manager that detaches the volume first."""

    on_line = False

    def test_a_guest_that_fails_before_changes_nothing(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        guest = guest_steps(bench, before_fails=True)
        run = bench.attempt(bench.manager.resize_volume(bench.ref, 2, around(guest)))
        assert isinstance(run.error, GuestSaysNoError)
        assert bench.held() == before
        assert (run.announced, run.leftovers, guest[1].given) == ([], [], [])

    def test_the_guests_first_step_is_undone_when_its_second_fails(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        guest = guest_steps(bench, after_fails=True)
        bench.attempt(bench.manager.resize_volume(bench.ref, 2, around(guest)))
        assert guest[0].undone == 1


def guest_steps(bench: Bench, *, before_fails: bool = False, after_fails: bool = False) -> Guest:
    """Return the guest's steps before and after. They record status and size."""

    def look() -> list[tuple[str, int]]:
        return [(volume.status, volume.size) for volume in bench.observe().volumes if volume.role == "data"]

    def step(when: str, look: Callable[[], Any], *, fails: bool) -> GuestStep:
        return GuestStep(f"resize_volume/guest/{when}", look, fails=fails, requires=["on_line"])

    return step("before", look, fails=before_fails), step("after", look, fails=after_fails)


def around(guest: Guest) -> GuestHooks:
    """Return the guest's steps as an operation takes them."""
    before, after = guest
    return GuestHooks(before=before.flow, after=after.flow)


def but_size(volumes: tuple[Volume, ...]) -> list[Any]:
    """Return volumes without their size."""
    # Nova keeps the letter of the requested device; the rest is that of the server's first disk.
    return [
        (each.id, each.role, each.status, each.metadata, each.attached_to, (each.device or "")[-1:]) for each in volumes
    ]
