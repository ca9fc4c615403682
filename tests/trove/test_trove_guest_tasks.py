"""Configuration groups and clusters, with the native manager; ``test_trove_orchestrator`` has them with Heat."""

from collections.abc import Iterator

import guest_tasks
import pytest
from deployment import Deployment, Open

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def patient(open_lab: Open) -> Iterator[Deployment]:
    """Trove with longer timeouts: it waits for all members of a cluster at once."""
    with open_lab(options={"DEFAULT": {"usage_timeout": "60"}}) as started:
        yield started


def test_a_configuration_group_is_attached_changed_and_detached(patient: Deployment) -> None:
    instance_id = patient.create("configured")
    patient.until_settled(instance_id)
    guest_tasks.configure(patient, instance_id)
    patient.delete(instance_id)


def test_a_cluster_is_created_grown_and_deleted(patient: Deployment) -> None:
    guest_tasks.cluster(patient, "native")
