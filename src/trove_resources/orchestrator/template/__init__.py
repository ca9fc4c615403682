"""From a spec to a template of Heat's, as dictionaries."""

from trove_resources.clouds.service import Json
from trove_resources.markers import Owner
from trove_resources.orchestrator.template import names, network, server, storage, user_data
from trove_resources.spec import InstanceSpec

__all__ = ["build"]


def build(spec: InstanceSpec, owner: Owner, *, server_type: str, public_network_id: str | None) -> tuple[Json, Json]:
    """Return the template of an instance's stack, and its parameters, which hold secrets. Raises InvalidSpecError."""
    text, property_ = user_data.render(spec.user_data, isolated=spec.isolated)
    resources = {
        **network.resources(spec, owner, public_network_id),
        **storage.resources(spec, owner),
        names.SERVER: server.resource(spec, server_type, property_),
    }
    template = {
        "heat_template_version": names.HOT,
        "description": f"Trove instance {spec.instance_id}, template {names.VERSION}",
        "parameters": {names.USER_DATA: {"type": "string", "hidden": True, "default": ""}},
        "resources": resources,
        "outputs": _outputs(spec),
    }
    return template, {names.USER_DATA: text}


def _outputs(spec: InstanceSpec) -> Json:
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
        outputs["floating_address"] = {"get_attr": [names.FLOATING_IP, "floating_ip_address"]}
    return {name: {"value": value} for name, value in outputs.items()}
