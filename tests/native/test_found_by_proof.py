"""A state is proven by the field that an operation is about, and no page of a list is missed."""

import uuid

import pytest

from native.bench import FaultBench
from native.operations import Saves, around, ref_of, run
from trove_lab.conformance import Example
from trove_resources import markers
from trove_resources.errors import ResourceFailedError
from trove_resources.markers import LONGEST_TAG, Owner, server_group_name

pytestmark = pytest.mark.mini_only("the state of the emulated cloud is arranged")


def test_a_volume_on_another_server_does_not_count_as_attached(saves: Saves) -> None:
    bench = saves.bench("resize_volume")
    ref, nova, cinder = ref_of(bench), bench.site.service.compute, bench.site.service.block_storage
    nova.delete(f"/servers/{ref.server_id}/os-volume_attachments/{ref.volume_id}")
    cinder.wait_for_status(cinder.get_volume(ref.volume_id), "available", interval=0.2)
    other = nova.create_server(
        name="other", flavor_id=bench.site.flavor_id, image_id=bench.site.image_id, networks="none"
    )
    nova.wait_for_server(other, interval=0.2)
    nova.post(f"/servers/{other.id}/os-volume_attachments", json={"volumeAttachment": {"volumeId": ref.volume_id}})
    cinder.wait_for_status(cinder.get_volume(ref.volume_id), "in-use", interval=0.2)
    done = run(bench, "resize_volume", flow=bench.manager.resize_volume(ref, 3, around()))
    assert isinstance(done.error, ResourceFailedError)
    assert f"it is attached to {other.id}, not to the instance's server {ref.server_id}" in str(done.error)
    assert not done.results


def test_a_server_group_is_deleted_even_if_its_server_has_no_tags(bench: FaultBench) -> None:
    run_ = bench.driver.run(bench.manager.create_group(bench.example.ref(), "anti-affinity"), bench.example.owner)
    spec = bench.example.bare_spec(server=bench.example.server(group_id=run_.results["group_id"], tags=()))
    made = bench.driver.run(bench.manager.provision(spec), bench.example.owner)
    ref = bench.example.ref(server_id=made.results["server_id"])
    bench.driver.run(bench.manager.delete_group(ref), bench.example.next_task().owner)
    assert not list(bench.cloud.compute.server_groups)
    bench.driver.run(bench.manager.delete(ref), bench.example.next_task().owner)


def test_a_group_on_the_third_page_is_found(bench: FaultBench) -> None:
    nova = bench.site.service.compute
    project = bench.cloud.identity.projects.where(name="service")[0].id
    bench.cloud.compute.quotas[project] = {**bench.cloud.compute.quotas.get(project, {}), "server_groups": -1}
    for number in range(1_050):
        nova.create_server_group(name=f"other-{number}", policy="affinity")
    example = Example(bench.site)
    bench.driver.run(bench.manager.create_group(example.ref(), "anti-affinity"), example.owner)
    assert [group.name for group in bench.cloud.compute.server_groups][-1] == server_group_name(example.instance_id)
    bench.driver.run(bench.manager.delete_group(example.ref()), example.next_task().owner)
    assert len(list(bench.cloud.compute.server_groups)) == 1_050


def test_a_long_user_id_makes_no_tag_that_nova_rejects() -> None:
    owner = Owner(instance_id=str(uuid.uuid4()), task_id=str(uuid.uuid4()))
    stock = markers.server_metadata(owner, project_id="p" * 32, user_id="u" * 64)
    tags = markers.server_tags(owner, stock, "mysql")
    assert max(map(len, tags)) <= LONGEST_TAG
    assert markers.server_tag(owner.instance_id) in tags
    assert stock["trove_user_id"] == "u" * 64
