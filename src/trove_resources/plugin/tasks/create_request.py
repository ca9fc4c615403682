"""A create as Trove asks for it: the arguments of its RPC, and the spec they and Trove's options make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from oslo_config import cfg

from trove_resources import markers, spec
from trove_resources.errors import InvalidSpecError
from trove_resources.markers import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What the RPC ``create_instance`` carries, for one instance."""

    flavor: Mapping[str, Any]
    """As the API read it from Nova: ``id``, ``ram`` in MiB …"""
    image_id: str
    databases: Sequence[Mapping[str, Any]]
    users: Sequence[Mapping[str, Any]] = field(repr=False)
    datastore_manager: str
    packages: Sequence[str]
    volume_size: int | None
    """GiB."""
    backup_id: str | None
    availability_zone: str | None
    root_password: str | None = field(repr=False)
    nics: Sequence[Mapping[str, str]]
    """``network_id``, ``subnet_id``, ``ip_address``; where there are management networks, they come last."""
    overrides: Mapping[str, Any]
    cluster_config: Mapping[str, Any] | None
    volume_type: str | None
    modules: Sequence[Any] = field(repr=False)
    access: Mapping[str, Any]
    """``is_public``, ``allowed_cidrs``."""
    ds_version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the spec needs beside the request: of the row, and of what was made for it before."""

    tenant_id: str
    user_id: str
    server_name: str
    volume_support: bool
    snapshot_id: str | None = None
    group_id: str | None = None


_SECRET = frozenset({"users", "root_password", "modules"})
"""What only the guest is told, and is never stored."""


def store(creation: Creation, around: Surroundings) -> dict[str, Any]:
    """Return what is needed to build the spec again, as plain JSON without secrets."""
    kept = {each.name: getattr(creation, each.name) for each in fields(creation) if each.name not in _SECRET}
    return {"creation": kept, "around": asdict(around)}


def restore(arguments: Mapping[str, Any]) -> tuple[Creation, Surroundings]:
    """Return what ``store`` was given, without the secrets."""
    creation = Creation(**arguments["creation"], users=(), root_password=None, modules=())
    return creation, Surroundings(**arguments["around"])


def build(
    conf: cfg.ConfigOpts,
    creation: Creation,
    around: Surroundings,
    owner: Owner,
    *,
    user_data: Any,
) -> spec.InstanceSpec:
    """Return the spec of a new instance, meaning by each option what stock Trove means.

    ``user_data`` renders what cloud-init gets from the user port. Raises InvalidSpecError.
    """
    ports = _ports(conf, creation)
    stock = markers.server_metadata(owner, project_id=around.tenant_id, user_id=around.user_id)
    root_volume = _root_volume(conf, creation)
    return spec.InstanceSpec(
        instance_id=owner.instance_id,
        tenant_id=around.tenant_id,
        server=spec.ServerSpec(
            name=around.server_name,
            flavor_id=str(creation.flavor["id"]),
            image_id=None if root_volume else creation.image_id,
            metadata=stock,
            tags=markers.server_tags(owner, stock, creation.datastore_manager),
            availability_zone=creation.availability_zone,
            key_name=conf.nova_keypair,
            config_drive=bool(conf.use_nova_server_config_drive),
            group_id=around.group_id,
        ),
        user_data=user_data,
        ports=ports,
        public=bool(creation.access.get("is_public")),
        security_group=_security_group(conf, creation, owner),
        data_volume=_data_volume(conf, creation, around),
        root_volume=root_volume,
        isolated=bool(conf.network.network_isolation) and len(ports) > 1,
        dns=bool(conf.trove_dns_support),
    )


def _ports(conf: cfg.ConfigOpts, creation: Creation) -> tuple[spec.PortSpec, ...]:
    """Return the user port first, then the management port: the guest counts on it."""
    own_group = bool(conf.trove_security_groups_support)
    nics = list(creation.nics or ())
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
        raise InvalidSpecError("nics.network_id", f"a NIC needs its network; this one has {json.dumps(dict(nic))}")
    return nic["network_id"]


def _security_group(conf: cfg.ConfigOpts, creation: Creation, owner: Owner) -> spec.SecurityGroupSpec | None:
    if not conf.trove_security_groups_support:
        return None
    cidrs = creation.access.get("allowed_cidrs") or [conf.trove_security_group_rule_cidr]
    rules = [
        spec.RuleSpec(protocol=each.protocol, port_min=each.port_min, port_max=each.port_max, cidr=cidr)
        for cidr in cidrs
        for each in port_ranges(conf, creation.datastore_manager)
    ]
    name = markers.security_group_name(conf.trove_security_group_name_prefix, owner.instance_id)
    return spec.SecurityGroupSpec(name=name, rules=tuple(dict.fromkeys(rules)))


def port_ranges(conf: cfg.ConfigOpts, datastore_manager: str) -> tuple[spec.PortRange, ...]:
    """Return the ports of a datastore, by the operator's options."""
    options = conf[datastore_manager]
    spans = [("tcp", span) for span in options.tcp_ports] + [("udp", span) for span in options.udp_ports]
    return tuple(spec.PortRange(protocol=name, port_min=int(span[0]), port_max=int(span[-1])) for name, span in spans)


def _data_volume(conf: cfg.ConfigOpts, creation: Creation, around: Surroundings) -> spec.VolumeSpec | None:
    if not around.volume_support:
        return None
    if not creation.volume_size:
        raise InvalidSpecError("volume.size", "the datastore's data stands on a volume, and its size is missing")
    return spec.VolumeSpec(
        role="data",
        size=int(creation.volume_size),
        type=creation.volume_type or conf.cinder_volume_type,
        availability_zone=creation.availability_zone if conf.enable_volume_az else None,
        snapshot_id=around.snapshot_id,
        device_name=conf.block_device_mapping,
    )


def _root_volume(conf: cfg.ConfigOpts, creation: Creation) -> spec.VolumeSpec | None:
    if not conf.volume_rootdisk_support:
        return None
    return spec.VolumeSpec(
        role="root",
        size=int(conf.volume_rootdisk_size),
        type=creation.volume_type or conf.cinder_volume_type,
        availability_zone=creation.availability_zone if conf.enable_volume_az else None,
        image_id=creation.image_id,
    )
