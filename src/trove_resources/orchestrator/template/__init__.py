"""Builds the template of an instance's stack from a spec."""

from trove_resources.clouds.dns import RecordSet
from trove_resources.clouds.service import Json
from trove_resources.markers import Owner
from trove_resources.orchestrator.template import names, network, server, storage, user_data
from trove_resources.orchestrator.template.names import Types
from trove_resources.spec import InstanceSpec

__all__ = ["build", "environment"]


def build(
    spec: InstanceSpec,
    owner: Owner,
    *,
    types: Types,
    public_network_id: str | None,
    recordset: RecordSet | None = None,
) -> tuple[Json, Json]:
    """Return the template of an instance's stack, and its parameters, which contain secrets. Raises InvalidSpecError.

    With a ``recordset`` the stack includes the DNS record of the user port.
    """
    text, property_ = user_data.render(spec.user_data, isolated=spec.isolated)
    resources = {
        **network.resources(spec, owner, public_network_id=public_network_id, recordset=recordset),
        **storage.resources(spec, owner, types.volume),
        names.SERVER: server.resource(spec, types.server, property_),
    }
    if spec.data_volume is not None:
        _delete_last(resources, names.volume(spec.data_volume.role))
    template = {
        "heat_template_version": names.HOT,
        "description": f"Trove instance {spec.instance_id}, template {names.VERSION}",
        "parameters": {names.USER_DATA: {"type": "string", "hidden": True, "default": ""}},
        "resources": resources,
        "outputs": _outputs(spec, recordset),
    }
    return template, {names.USER_DATA: text}


def environment(template: Json) -> Json:
    """Return the environment that forbids Heat to replace the protected resources."""
    restricted = {
        name: {"restricted_actions": ["replace"]} for name in names.PROTECTED if name in template["resources"]
    }
    return {"resource_registry": {"resources": restricted}}


def _delete_last(resources: Json, last: str) -> None:
    """Make all other resources depend on one, so that Heat deletes it last.

    Cinder does not delete a volume that has snapshots, and Heat starts no further deletion once one has failed.
    """
    for name in resources.keys() - {last}:
        resources[name]["depends_on"] = last


def _outputs(spec: InstanceSpec, recordset: RecordSet | None) -> Json:
    outputs: Json = {"server_id": {"get_resource": names.SERVER}}
    for port in spec.ports:
        name = names.port(port.role)
        outputs[f"{name}_id"] = {"get_resource": name}
        outputs[f"{name}_addresses"] = {"get_attr": [name, "fixed_ips"]}
    if not spec.ports:
        outputs["addresses"] = {"get_attr": [names.SERVER, "addresses"]}
    for volume in (spec.data_volume, spec.root_volume):
        if volume is not None:
            outputs[f"{names.volume(volume.role)}_id"] = {"get_resource": names.volume(volume.role)}
    if spec.security_group is not None:
        outputs["security_group_id"] = {"get_resource": names.SECURITY_GROUP}
        outputs["security_group_rules"] = {"get_attr": [names.SECURITY_GROUP, "show", "security_group_rules"]}
    if spec.public:
        outputs[network.FLOATING_ADDRESS] = network.floating_address()
    if recordset is not None:
        outputs["hostname"] = recordset.name.rstrip(".")
    return {name: {"value": value} for name, value in outputs.items()}
