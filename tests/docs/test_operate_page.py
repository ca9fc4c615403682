"""The operator's page covers every operation, and every status that a failure leaves."""

import re
from pathlib import Path

import pytest

from trove_lab.docs import task_flows
from trove_resources import errors, markers
from trove_resources.kinds import ResourceKind

PAGE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")

HEADINGS = {
    "provision": "Create",
    "delete": "Delete",
    "resize_flavor": "Resize the flavor",
    "migrate": "Migrate",
    "resize_volume": "Resize the volume",
    "update_access": "Update the access",
    "reboot": "Reboot",
    "rebuild": "Rebuild",
    "create_group": "Create",
    "delete_group": "Delete",
    "recover": "The orchestrator",
}
"""The sections of the page that describe the flows of tasks."""


@pytest.mark.parametrize("operation", task_flows.OPERATIONS)
def test_every_operation_of_a_task_has_a_section(operation: str) -> None:
    assert f"\n## {HEADINGS[operation]}\n" in PAGE


@pytest.mark.parametrize("status", sorted(task_flows.STATUSES))
def test_every_status_a_failure_leaves_is_explained(status: str) -> None:
    assert f"| `{status}` |" in PAGE


def test_links_lead_to_existing_sections() -> None:
    folder = Path(__file__).parents[2] / "docs"
    for name, anchor in re.findall(r"\]\(([\w.-]*)(?:#([\w-]+))?\)", PAGE):
        text = (folder / name).read_text(encoding="utf-8") if name else PAGE
        headings = {re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-") for line in text.splitlines()}
        assert not anchor or anchor in headings, (name, anchor)


@pytest.mark.parametrize(
    "written",
    [
        markers.server_tag("ID"),
        f"`{markers.resource_name('ID')}`".strip("`"),
        markers.security_group_name("trove_sg", "ID"),
        markers.server_group_name("ID"),
        markers.floating_ip_prefix("ID").strip(),
        markers.TASK_KEY,
        markers.ROLE_KEY,
        markers.RETAINED_KEY,
    ],
)
def test_the_page_shows_the_actual_names_tags_and_metadata_of_resources(written: str) -> None:
    assert written in PAGE


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.DeadlineExceededError(what="w", seconds=1, last="l"), "; last state: "),
        (
            errors.AmbiguousOwnerError(kind=ResourceKind.PORT, owner="instance i", resource_ids=["1", "2"]),
            " resources of kind ",
        ),
        (errors.LeftoversError([]), "not deleted: "),
        (errors.InstanceBusyError("i", "create"), " is busy with create; try again when it has ended"),
        (errors.WrongEngineError("i", engine="e", manager="m"), "was provisioned by the engine "),
        (errors.GuestFailedError("i", "s"), " reports: "),
        (
            errors.ResourceFailedError(kind=ResourceKind.SERVER, resource_id="1", status="ERROR", fault="f"),
            " is ERROR: ",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_faults_are_quoted_literally(error: Exception, words: str) -> None:
    assert words in str(error)
    assert words.strip() in PAGE
