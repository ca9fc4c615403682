"""The spec of a new instance, built from Trove's options and the arguments of the RPC call."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from oslo_config import cfg
from trove.common import cfg as trove_cfg

from trove_resources.errors import InvalidSpecError
from trove_resources.markers import Owner
from trove_resources.plugin.create_request import CreateRequest, Surroundings
from trove_resources.plugin.tasks.create_spec import instance_spec
from trove_resources.spec import InstanceSpec, PortSpec, RuleSpec, VolumeSpec

OWNER = Owner(instance_id="i", task_id="t")
USER, MANAGEMENT = {"network_id": "user"}, {"network_id": "first"}
REQUEST = CreateRequest(
    flavor={"id": "f", "ram": 512, "name": "m1.small"},
    image_id="image",
    databases=(),
    users=({"name": "u", "password": "secret"},),
    datastore_manager="mysql",
    packages=(),
    volume_size=5,
    backup_id=None,
    availability_zone=None,
    root_password="secret",
    nics=(USER,),
    overrides={},
    cluster_config=None,
    volume_type=None,
    modules=("secret",),
    access={},
    ds_version="8.4",
)
AROUND = Surroundings(tenant_id="tenant", user_id="user", server_name="name", volume_support=True)


@pytest.fixture
def conf() -> Iterator[cfg.ConfigOpts]:
    """Trove's options with their defaults."""
    conf = cfg.ConfigOpts()
    conf.register_opts(trove_cfg.common_opts)
    conf.register_opts(trove_cfg.network_opts, group="network")
    conf.register_opts(trove_cfg.mysql_opts, group="mysql")
    conf([], default_config_files=[], default_config_dirs=[])
    yield conf
    conf.clear()


def spec(conf: cfg.ConfigOpts, options: Mapping[str, Any] | None = None, **asked: Any) -> InstanceSpec:
    """Return the spec for these options of Trove and these arguments of the request."""
    for name, value in (options or {}).items():
        group, _, option = name.rpartition(".")
        conf.set_override(option, value, group=group or None)
    return instance_spec(conf, replace(REQUEST, **asked), AROUND, OWNER, engine=None, user_data=str)


def test_the_users_port_is_first_and_the_last_management_network_is_used(conf: cfg.ConfigOpts) -> None:
    options = {"management_networks": ["first", "last"]}
    fixed = {"network_id": "user", "subnet_id": "s", "ip_address": "192.0.2.9"}
    assert spec(conf, options, nics=[fixed, MANAGEMENT]).ports == (
        PortSpec(role="user", network_id="user", subnet_id="s", ip_address="192.0.2.9"),
        PortSpec(role="management", network_id="last"),
    )


@pytest.mark.parametrize(
    ("options", "own", "given", "reason"),
    [
        ({}, True, (), "the management port has the instance's group if the operator names none"),
        ({"management_security_groups": ["g"]}, False, ("g",), "the operator's groups replace it"),
        ({"trove_security_groups_support": False}, False, (), "without security groups there is none"),
        (
            {"trove_security_groups_support": False, "management_security_groups": ["g"]},
            False,
            ("g",),
            "the operator's groups do not depend on the support for the instance's",
        ),
    ],
)
def test_groups_of_the_management_port(
    conf: cfg.ConfigOpts, options: Mapping[str, Any], own: bool, given: tuple[str, ...], reason: str
) -> None:
    made = spec(conf, {"management_networks": ["m"], **options}, nics=[USER, MANAGEMENT])
    port = made.port("management")
    assert port is not None
    assert (port.own_group, port.security_group_ids) == (own, given), reason
    user = made.port("user")
    assert user is not None
    assert user.own_group == conf.trove_security_groups_support
    assert (made.security_group is not None) == conf.trove_security_groups_support


@pytest.mark.parametrize(
    ("management", "isolation", "nics", "isolated", "reason"),
    [
        (["m"], True, [USER, MANAGEMENT], True, "the guest has two networks"),
        (["m"], False, [USER, MANAGEMENT], False, "the operator turned it off"),
        (["m"], True, [MANAGEMENT], False, "there is no user network"),
        ([], True, [USER], False, "there is no other network"),
    ],
)
def test_isolation_needs_two_networks(
    *,
    conf: cfg.ConfigOpts,
    management: list[str],
    isolation: bool,
    nics: list[Mapping[str, str]],
    isolated: bool,
    reason: str,
) -> None:
    options = {"management_networks": management, "network.network_isolation": isolation}
    assert spec(conf, options, nics=nics).isolated == isolated, reason


def test_rules_are_the_datastores_ports_for_each_allowed_cidr(conf: cfg.ConfigOpts) -> None:
    options = {"mysql.tcp_ports": ["3306", "6000-6010"], "mysql.udp_ports": ["7000"]}
    group = spec(conf, options, access={"allowed_cidrs": ["192.0.2.0/24", "198.51.100.0/24"]}).security_group
    assert group is not None
    assert group.rules == tuple(
        RuleSpec(protocol=protocol, port_min=low, port_max=high, cidr=cidr)
        for cidr in ("192.0.2.0/24", "198.51.100.0/24")
        for protocol, low, high in (("tcp", 3306, 3306), ("tcp", 6000, 6010), ("udp", 7000, 7000))
    )


def test_without_allowed_cidrs_the_operators_cidr_is_used(conf: cfg.ConfigOpts) -> None:
    group = spec(conf, {"trove_security_group_rule_cidr": "203.0.113.0/24"}).security_group
    assert group is not None
    assert {rule.cidr for rule in group.rules} == {"203.0.113.0/24"}


@pytest.mark.parametrize(
    ("options", "asked", "type_", "zone", "reason"),
    [
        ({}, {}, None, None, "nobody names a type or zone"),
        ({"cinder_volume_type": "slow"}, {}, "slow", None, "the operator's type"),
        ({"cinder_volume_type": "slow"}, {"volume_type": "fast"}, "fast", None, "the user's type comes first"),
        ({}, {"availability_zone": "az1"}, None, None, "the server's zone is not the volume's"),
        ({"enable_volume_az": True}, {"availability_zone": "az1"}, None, "az1", "unless the operator enables it"),
    ],
)
def test_type_and_zone_of_volumes(
    *,
    conf: cfg.ConfigOpts,
    options: Mapping[str, Any],
    asked: Mapping[str, Any],
    type_: str | None,
    zone: str | None,
    reason: str,
) -> None:
    made = spec(conf, {"volume_rootdisk_support": True, "volume_rootdisk_size": 9, **options}, **asked)
    assert made.server.availability_zone == asked.get("availability_zone")
    assert made.server.image_id is None
    data, root = made.data_volume, made.root_volume
    device = conf.block_device_mapping
    assert data == VolumeSpec(role="data", size=5, type=type_, availability_zone=zone, device_name=device), reason
    assert root == VolumeSpec(role="root", size=9, type=type_, availability_zone=zone, image_id="image"), reason


def test_a_volume_without_a_size_is_refused(conf: cfg.ConfigOpts) -> None:
    with pytest.raises(InvalidSpecError, match=r"volume\.size"):
        spec(conf, volume_size=None)


def test_a_nic_without_a_network_is_refused(conf: cfg.ConfigOpts) -> None:
    with pytest.raises(InvalidSpecError, match=r"nics\.network_id"):
        spec(conf, nics=[{"subnet_id": "s"}])
