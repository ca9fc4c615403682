"""A real Heat behind the emulated cloud."""

import pytest
from heat_kit import Stacks
from keystoneauth1.exceptions import ConnectFailure

from trove_lab.local.control import Control
from trove_lab.local.lab import Lab

pytestmark = pytest.mark.mini_only("the cloud passes requests on to Heat")

TEMPLATE = {"heat_template_version": "2018-08-31", "resources": {"example": {"type": "Lab::Example"}}}


def ask(stacks: Stacks, method: str, path: str, **given: object) -> tuple[int, dict[str, str]]:
    """Return the status and headers of Heat's answer. Redirects are not followed, and nothing is retried."""
    where = {"service_type": "orchestration", "region_name": "RegionOne"}
    answer = stacks.cloud.session.request(
        path, method, endpoint_filter=where, redirect=False, raise_exc=False, connect_retries=0, **given
    )
    return answer.status_code, dict(answer.headers)


def test_redirects_and_links_lead_back_to_the_cloud(stacks: Stacks, heat_lab: Lab) -> None:
    stack_id = stacks.create("found", "heat_template_version: 2018-08-31\nparameters: {name: {type: string}}")
    stacks.until(stack_id, "CREATE_COMPLETE")
    status, headers = ask(stacks, "GET", "/stacks/found")
    wanted = f"{heat_lab.cloud_url}/orchestration/v1/{stacks.cloud.current_project_id}/stacks/found/{stack_id}"
    assert (status, headers["Location"]) == (302, wanted)
    assert [link["href"] for link in stacks.client.stacks.get(stack_id).links] == [wanted]


def test_the_log_tells_requests_to_heat_and_requests_of_heat_apart(stacks: Stacks, control: Control) -> None:
    after = max((entry["order"] for entry in control.get("requests")["requests"]), default=0)
    stack_id = stacks.create("logged")
    stacks.until(stack_id, "CREATE_COMPLETE")
    stacks.delete(stack_id)
    log = control.get("requests", after=after)["requests"]
    of_client = {client: {entry["service"] for entry in log if entry["client"] == client} for client in (None, "heat")}
    assert of_client[None] - {"identity"} == {"orchestration"}
    assert {"compute", "volume", "network", "identity"} <= of_client["heat"]
    created = next(entry for entry in log if (entry["service"], entry["method"]) == ("orchestration", "POST"))
    wanted = {"path": "/stacks", "status": 201, "user": "trove", "project_id": stacks.cloud.current_project_id}
    assert wanted.items() <= created.items()


@pytest.mark.parametrize(("kind", "made"), [("drop", []), ("lose_answer", ["faulty"])])
def test_a_create_meets_an_injected_fault(stacks: Stacks, control: Control, kind: str, made: list[str]) -> None:
    fault = {"kind": kind, "service": "orchestration", "method": "POST", "path": "/stacks"}
    control.post("faults", fault)
    with pytest.raises(ConnectFailure):
        ask(stacks, "POST", "/stacks", json={"stack_name": "faulty", "template": TEMPLATE})
    assert [stack.stack_name for stack in stacks.client.stacks.list()] == made
