"""The template of an instance's stack: what Heat creates from it, and its exact text."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from heat_kit import Stacks
from openstack.connection import Connection
from test_orchestration_client import Client, heat  # noqa: F401 - a fixture

from trove_lab.conformance import Example, Site, minicloud, real
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import InvalidSpecError
from trove_resources.flows.clock import SystemClock
from trove_resources.markers import Owner
from trove_resources.orchestrator import template
from trove_resources.orchestrator.template import names
from trove_resources.spec import InstanceSpec, Nic, RuleSpec

GOLDEN = Path(__file__).with_name("golden")
OWNER = Owner(instance_id="11111111-1111-1111-1111-111111111111", task_id="22222222-2222-2222-2222-222222222222")


@pytest.fixture(scope="module")
def site(real_cloud: Mapping[str, Connection], request: pytest.FixtureRequest) -> Site:
    """Return the cloud that Heat uses. The ids of minicloud's seed are the same in every run."""
    if not real_cloud:
        return minicloud.site_on(request.getfixturevalue("heat_lab"), SystemClock())
    service = real_cloud["service"]
    dns = real.dns_of(service, "db.example.test.")
    return real.site_on(service, str(real_cloud["demo"].current_project_id), dns)


@pytest.fixture(scope="module")
def public_network_id(site: Site) -> str:
    """Return the id of the network of floating IPs."""
    return str(site.service.network.find_network("public").id)


def user_data(nic: Nic | None) -> str:
    """Render user data as Trove does: files in base64, one of which describes the user port if there is one."""
    files = {"/etc/trove/guest_info": "guest_id=1\n"}
    if nic:
        files["/etc/trove/eth1.json"] = json.dumps({"mac_address": nic.mac_address, **nic.ipv4, **nic.ipv6})
    written = [
        {"path": path, "encoding": "b64", "content": base64.b64encode(content.encode()).decode()}
        for path, content in files.items()
    ]
    return "#cloud-config\n" + yaml.safe_dump({"write_files": written, "packages": ["docker"]})


def _specs(site: Site) -> dict[str, InstanceSpec]:
    example = Example(site, OWNER)
    rule = RuleSpec(protocol="tcp", port_min=3306, port_max=3306, cidr="0.0.0.0/0")
    six = replace(rule, cidr="2001:db8::/32", port_max=3307)
    user_port = example.user_port(subnet_id=site.user_network.subnet_id, ip_address=site.user_network.address)
    return {
        "ordinary": example.spec(user_data=user_data),
        "public": example.spec(
            public=True, isolated=True, user_data=user_data, ports=(user_port, example.management_port())
        ),
        "no_ports": example.spec(ports=(), user_data=user_data),
        "root_volume": example.spec(
            server=example.server(image_id=None, key_name=None, config_drive=True, availability_zone="nova"),
            root_volume=example.root_volume(),
            security_group=example.security_group(rule, six),
            user_data=user_data,
        ),
        "least": example.bare_spec(user_data=lambda _nic: ""),
    }


VARIANTS = ("ordinary", "public", "no_ports", "root_volume", "least")


@pytest.mark.mini_only("the ids of its seed are in them")
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_template_has_not_changed(site: Site, public_network_id: str, variant: str) -> None:
    """``GOLDEN=write`` rewrites the files; existing stacks keep the old form."""
    built, parameters = template.build(
        _specs(site)[variant], OWNER, types=names.STOCK, public_network_id=public_network_id
    )
    text = yaml.safe_dump({"template": built, "parameters": parameters}, sort_keys=False, width=120)
    golden = GOLDEN / f"{variant}.yaml"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text)
    assert golden.read_text() == text


@pytest.mark.parametrize("variant", VARIANTS)
def test_heat_accepts_the_template(heat: Client, site: Site, public_network_id: str, variant: str) -> None:  # noqa: F811
    built, parameters = template.build(
        _specs(site)[variant], OWNER, types=names.STOCK, public_network_id=public_network_id
    )
    heat.validate(built, parameters=parameters)


@pytest.fixture
def whole(heat: Client, site: Site, public_network_id: str) -> Iterator[StackRef]:  # noqa: F811
    """Return the stack of an instance with one resource of each kind."""
    spec = _specs(site)["public"]
    built, parameters = template.build(spec, OWNER, types=names.STOCK, public_network_id=public_network_id)
    ref = heat.create("whole", built, tags=[], minutes=2, parameters=parameters)
    stack = heat.settled(ref)
    assert stack is not None
    assert stack.status == "COMPLETE", stack.reason
    yield ref
    heat.delete(ref)
    assert heat.settled(ref) is None


def test_heat_creates_what_the_spec_describes_and_outputs_it(heat: Client, stacks: Stacks, whole: StackRef) -> None:  # noqa: F811
    stack = heat.stack(whole, outputs=True)
    assert stack is not None
    held = stacks.inventory()
    (server,), (floating_ip,), (volume,) = held["servers"], held["floating_ips"], held["volumes"]
    assert stack.outputs["server_id"] == server["id"]
    assert stack.outputs["data_volume_id"] == volume["id"]
    assert stack.outputs["floating_address"] == floating_ip["floating_ip_address"]
    assert {stack.outputs["user_port_id"], stack.outputs["management_port_id"]} == {row["id"] for row in held["ports"]}
    ingress = [rule for rule in stack.outputs["security_group_rules"] if rule["direction"] == "ingress"]
    assert [(rule["port_range_min"], rule["remote_ip_prefix"]) for rule in ingress] == [(3306, "0.0.0.0/0")]
    assert floating_ip["project_id"] != server.get("project_id")


def test_the_user_data_describes_the_user_port(heat: Client, whole: StackRef, site: Site) -> None:  # noqa: F811
    server_id = heat.output(whole, "server_id")
    shown = site.service.compute.get(f"/servers/{server_id}", microversion="2.79").json()["server"]
    config = yaml.safe_load(base64.b64decode(shown["OS-EXT-SRV-ATTR:user_data"]))
    files = {each["path"]: each for each in config["write_files"]}
    about = json.loads(files["/etc/trove/eth1.json"]["content"])
    port = site.service.network.get_port(heat.output(whole, "user_port_id"))
    assert about["mac_address"] == port.mac_address
    assert about["ipv4_address"] == site.user_network.address
    assert {"ipv4_cidr", "ipv4_gateway", "ipv4_host_routes"} <= set(about)
    assert config["packages"] == ["docker"]


FOUR = {"ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": "10.0.0.1", "ipv6_ra_mode": None, "host_routes": []}
STATEFUL = {
    "ip_version": 6,
    "cidr": "2001:db8::/64",
    "gateway_ip": "2001:db8::1",
    "ipv6_ra_mode": "dhcpv6-stateful",
    "host_routes": [{"destination": "2001:db8:1::/64", "nexthop": "2001:db8::2"}],
}
SLAAC = {**STATEFUL, "ipv6_ra_mode": "slaac", "host_routes": []}
TOLD_OF_FOUR = {
    "ipv4_address": "10.0.0.7",
    "ipv4_cidr": "10.0.0.0/24",
    "ipv4_gateway": "10.0.0.1",
    "ipv4_host_routes": [],
}
TOLD_OF_STATEFUL = {
    "ipv6_address": "2001:db8::7",
    "ipv6_cidr": "2001:db8::/64",
    "ipv6_gateway": "2001:db8::1",
    "ipv6_host_routes": STATEFUL["host_routes"],
}
TOLD_OF_SLAAC = {"ipv6_address": "2001:db8::7", "ipv6_cidr": "2001:db8::/64", "ipv6_host_routes": []}


@pytest.mark.parametrize(
    ("subnets", "told"),
    [
        pytest.param([FOUR], TOLD_OF_FOUR, id="IPv4"),
        pytest.param([STATEFUL], TOLD_OF_STATEFUL, id="IPv6, stateful"),
        pytest.param([SLAAC], TOLD_OF_SLAAC, id="IPv6, SLAAC"),
        pytest.param([FOUR, SLAAC], TOLD_OF_FOUR | TOLD_OF_SLAAC, id="both"),
        pytest.param([SLAAC, SLAAC, FOUR], TOLD_OF_FOUR | TOLD_OF_SLAAC, id="three"),
        pytest.param([], {}, id="none"),
    ],
)
def test_heat_describes_each_kind_of_subnet_as_trove_would(
    heat: Client,  # noqa: F811
    site: Site,
    public_network_id: str,
    subnets: list[dict[str, Any]],
    told: dict[str, Any],
) -> None:
    """A value replaces the port: nothing advertises a route here."""
    built, _ = template.build(_specs(site)["public"], OWNER, types=names.STOCK, public_network_id=public_network_id)
    (about,) = built["resources"]["server"]["properties"]["user_data"]["str_replace"]["params"].values()
    addresses = [{"ip_address": "10.0.0.7" if each is FOUR else "2001:db8::7"} for each in subnets]
    port = {"mac_address": "fa:16:3e:00:00:01", "fixed_ips": addresses, "subnets": subnets}
    value = {"type": "OS::Heat::Value", "properties": {"type": "json", "value": port}}
    outputs = {"about": {"value": _of_value(about)}}
    ref = heat.create(
        "told", built | {"parameters": {}, "resources": {"port": value}, "outputs": outputs}, tags=[], minutes=1
    )
    heat.settled(ref)
    assert heat.output(ref, "about") == {"mac_address": "fa:16:3e:00:00:01", **told}
    heat.delete(ref)
    assert heat.settled(ref) is None


def _of_value(about: Any) -> Any:
    """Return the same functions with the attributes of a value in place of a port's."""
    if isinstance(about, dict) and "get_attr" in about:
        return {"get_attr": ["port", "value", *about["get_attr"][1:]]}
    if isinstance(about, dict):
        return {key: _of_value(value) for key, value in about.items()}
    return [_of_value(each) for each in about] if isinstance(about, list) else about


def test_heat_accepts_many_at_the_same_time(heat: Client, site: Site, public_network_id: str) -> None:  # noqa: F811
    """Heat's threads share YAQL's parser, which is not thread-safe: our templates do not use YAQL."""
    built, parameters = template.build(
        _specs(site)["public"], OWNER, types=names.STOCK, public_network_id=public_network_id
    )
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: heat.validate(built, parameters=parameters), range(24)))


def test_user_data_without_a_file_that_describes_the_port_is_refused(site: Site, public_network_id: str) -> None:
    spec = replace(_specs(site)["public"], user_data=lambda _nic: "#cloud-config\npackages: []\n")
    with pytest.raises(InvalidSpecError, match="network_isolation"):
        template.build(spec, OWNER, types=names.STOCK, public_network_id=public_network_id)


def test_a_floating_ip_needs_a_configured_network(site: Site) -> None:
    with pytest.raises(InvalidSpecError, match="public_network_id"):
        template.build(_specs(site)["public"], OWNER, types=names.STOCK, public_network_id=None)
