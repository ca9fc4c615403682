"""What the task manager logs about tasks that fail in expected ways."""

from collections.abc import Sequence
from typing import Final

from deployment import Deployment

LONGEST: Final = 2_000
"""The longest line, in characters, that an operator can read."""
OURS: Final = (" ERROR trove_resources", " ERROR oslo_messaging")
"""Errors of the task manager. In the lab, Trove's API logs its own errors to the same file."""


def errors(lines: Sequence[str], instance_id: str) -> list[str]:
    """Return the errors that the task manager logged about an instance."""
    return [line for line in lines if instance_id in line and any(each in line for each in OURS)]


def test_a_failed_create_and_a_failed_delete_leave_one_line_each_and_no_traceback(trove: Deployment) -> None:
    before = len(trove.log())
    trove.fail(("compute", "POST", "/servers"), "status", status=403, times=None)
    failed = trove.create("refused", access={"is_public": True})
    trove.until_failed(failed, "was not created")
    trove.calm()
    trove.delete(failed)
    instance_id = trove.create("undeletable")
    trove.until_settled(instance_id)
    trove.fail(("volume", "DELETE", "/volumes/*"), "status", status=403, times=None)
    trove.fail_to_delete(instance_id)
    trove.calm()
    trove.delete(instance_id)
    lines = trove.log()[before:]
    assert [line for line in lines if "Traceback" in line] == []
    for each, words in ((failed, "The instance was not created. "), (instance_id, "The instance was not deleted. ")):
        (error,) = errors(lines, each)
        assert f"instance {each}: {words}" in error
    assert max(map(len, lines)) < LONGEST


def test_a_refused_resize_leaves_one_line_and_no_traceback(trove: Deployment) -> None:
    instance_id = trove.create("small")
    trove.until_settled(instance_id)
    before = len(trove.log())
    trove.fail(("compute", "POST", "/servers/*/action"), "status", status=403, times=None)
    trove.resize(instance_id, "m1.medium")
    trove.until_faulted(instance_id, "Resize flavor failed. ")
    # The fault is written a moment before the log.
    trove.until_so(lambda: errors(trove.log()[before:], instance_id))
    trove.calm()
    lines = trove.log()[before:]
    assert [line for line in lines if "Traceback" in line] == []
    (error,) = errors(lines, instance_id)
    assert f"instance {instance_id}: Resize flavor failed. " in error
    assert max(map(len, lines)) < LONGEST
    trove.delete(instance_id)
