"""What unmodified Trove leaves behind when the cloud rejects a part of a delete.

Source of all tests: ``_delete_resources`` in ``trove/instance/models.py``, observed with Trove 26.0.0.
"""

import time
from collections.abc import Callable

from local.conftest import Trove


def test_a_server_that_nova_does_not_delete_is_left_behind_with_its_volume(
    trove: Trove, healthy: Callable[[], str]
) -> None:
    instance_id = healthy()
    server = trove.rows_of(instance_id)["servers"][0]["id"]
    trove.fault(kind="status", service="compute", method="DELETE", path=f"/servers/{server}", status=500)
    trove.client.instances.delete(instance_id)
    trove.until_gone(instance_id)
    assert trove.of(instance_id) == {"servers": 1, "volumes": 1}
    assert trove.rows_of(instance_id)["volumes"][0]["status"] == "in-use"


def lists_of_ports_before_the_delete(trove: Trove, instance_id: str) -> int:
    """Delete an instance. Return how many lists of ports Trove requests before the one for deleting them."""
    seen = len(trove.requests())
    trove.client.instances.delete(instance_id)
    while True:
        lists = [
            each["query"] for each in trove.requests()[seen:] if (each["method"], each["path"]) == ("GET", "/ports")
        ]
        if f"name=trove-{instance_id}" in lists:
            trove.until_gone(instance_id)
            return lists.index(f"name=trove-{instance_id}")


def test_ports_that_neutron_does_not_list_are_left_behind_with_their_group(
    trove: Trove, healthy: Callable[[], str]
) -> None:
    rehearsal, instance_id = healthy(), healthy()
    skip = lists_of_ports_before_the_delete(trove, rehearsal)
    trove.fault(kind="status", service="network", method="GET", path="/ports", skip=skip)
    trove.client.instances.delete(instance_id)
    # Showing the instance would also list ports.
    while not trove.lab.control.get("faults")["faults"][0]["met"]:
        time.sleep(0.1)
    trove.until_gone(instance_id)
    assert trove.of(instance_id) == {"ports": 2, "security_groups": 1, "security_group_rules": 3}


def test_an_instance_whose_volumes_cinder_does_not_list_stays_deleting_forever(
    trove: Trove, healthy: Callable[[], str]
) -> None:
    instance_id = healthy()
    trove.fault(kind="status", service="volume", method="GET", path="/volumes/detail")
    trove.client.instances.delete(instance_id)
    stuck = trove.until(instance_id, lambda seen: getattr(seen, "fault", None) is not None)
    assert stuck.status in {"SHUTDOWN", "ERROR"}
    assert trove.of(instance_id) == {}
