"""The spec of a new instance, from a create request and Trove's options."""

import json
from collections.abc import Mapping
from typing import Any

from oslo_config import cfg

from trove_resources import markers, spec
from trove_resources.errors import InvalidSpecError
from trove_resources.markers import Owner
from trove_resources.plugin.create_request import CreateRequest, Surroundings


def instance_spec(
    conf: cfg.ConfigOpts,
    request: CreateRequest,
    around: Surroundings,
    owner: Owner,
    *,
    engine: str | None,
    user_data: Any,
) -> spec.InstanceSpec:
    """Return the spec of a new instance. Each option means what it means to stock Trove.

    ``user_data`` renders the user data for cloud-init from the user port. Raises InvalidSpecError.
    """
    ports = _ports(conf, request)
    stock = markers.server_metadata(owner, project_id=around.tenant_id, user_id=around.user_id)
    root_volume = _root_volume(conf, request)
    return spec.InstanceSpec(
        instance_id=owner.instance_id,
        tenant_id=around.tenant_id,
        engine=engine,
        server=spec.ServerSpec(
            name=around.server_name,
            flavor_id=str(request.flavor["id"]),
            image_id=None if root_volume else request.image_id,
            metadata=stock,
            tags=markers.server_tags(owner, stock, request.datastore_manager),
            availability_zone=request.availability_zone,
            key_name=conf.nova_keypair,
            config_drive=bool(conf.use_nova_server_config_drive),
            group_id=around.group_id,
        ),
        user_data=user_data,
        ports=ports,
        public=bool(request.access.get("is_public")),
        security_group=_security_group(conf, request, owner),
        data_volume=_data_volume(conf, request, around),
        root_volume=root_volume,
        isolated=bool(conf.network.network_isolation) and len(ports) > 1,
        dns=bool(conf.trove_dns_support),
    )


def _ports(conf: cfg.ConfigOpts, request: CreateRequest) -> tuple[spec.PortSpec, ...]:
    """Return the user port, then the management port: the guest expects this order."""
    own_group = bool(conf.trove_security_groups_support)
    nics = list(request.nics or ())
    ports = []
    management = conf.management_networks
    user = nics[:-1] if management else nics
    if user:
        ports.append(
            spec.PortSpec(
                role="user",
                network_id=_network_id(user[0]),
                subnet_id=user[0].get("subnet_id"),
                ip_address=user[0].get("ip_address"),
                own_group=own_group,
            )
        )
    if management:
        groups = tuple(conf.management_security_groups)
        ports.append(
            spec.PortSpec(
                role="management",
                network_id=management[-1],
                own_group=own_group and not groups,
                security_group_ids=groups,
            )
        )
    return tuple(ports)


def _network_id(nic: Mapping[str, str]) -> str:
    if not nic.get("network_id"):
        raise InvalidSpecError("nics.network_id", f"a NIC needs a network; this one is {json.dumps(dict(nic))}")
    return nic["network_id"]


def _security_group(conf: cfg.ConfigOpts, request: CreateRequest, owner: Owner) -> spec.SecurityGroupSpec | None:
    if not conf.trove_security_groups_support:
        return None
    cidrs = request.access.get("allowed_cidrs") or [conf.trove_security_group_rule_cidr]
    rules = [
        spec.RuleSpec(protocol=each.protocol, port_min=each.port_min, port_max=each.port_max, cidr=cidr)
        for cidr in cidrs
        for each in port_ranges(conf, request.datastore_manager)
    ]
    name = markers.security_group_name(conf.trove_security_group_name_prefix, owner.instance_id)
    return spec.SecurityGroupSpec(name=name, rules=tuple(dict.fromkeys(rules)))


def port_ranges(conf: cfg.ConfigOpts, datastore_manager: str) -> tuple[spec.PortRange, ...]:
    """Return the ports of a datastore, from the operator's options."""
    options = conf[datastore_manager]
    spans = [("tcp", span) for span in options.tcp_ports] + [("udp", span) for span in options.udp_ports]
    return tuple(spec.PortRange(protocol=name, port_min=int(span[0]), port_max=int(span[-1])) for name, span in spans)


def _data_volume(conf: cfg.ConfigOpts, request: CreateRequest, around: Surroundings) -> spec.VolumeSpec | None:
    if not around.volume_support:
        return None
    if not request.volume_size:
        raise InvalidSpecError(
            "volume.size", "the datastore keeps its data on a volume, and the request has no size for it"
        )
    return spec.VolumeSpec(
        role="data",
        size=int(request.volume_size),
        type=request.volume_type or conf.cinder_volume_type,
        availability_zone=request.availability_zone if conf.enable_volume_az else None,
        snapshot_id=around.snapshot_id,
        device_name=conf.block_device_mapping,
    )


def _root_volume(conf: cfg.ConfigOpts, request: CreateRequest) -> spec.VolumeSpec | None:
    if not conf.volume_rootdisk_support:
        return None
    return spec.VolumeSpec(
        role="root",
        size=int(conf.volume_rootdisk_size),
        type=request.volume_type or conf.cinder_volume_type,
        availability_zone=request.availability_zone if conf.enable_volume_az else None,
        image_id=request.image_id,
    )
