"""Ports, security groups and floating IPs of a new instance."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import MYSQL, about_port, user_data
from trove_lab.conformance.needs import NETWORK, needs
from trove_lab.conformance.site import Site
from trove_resources.errors import InvalidSpecError
from trove_resources.inventory import SecurityGroup
from trove_resources.spec import RuleSpec


@needs(*NETWORK)
class NetworkConformance(Conformance):
    """``provision`` with all kinds of networks. ``requires_router``: whether a user network must have a router."""

    requires_router = True

    @pytest.fixture
    def operators_group(self, site: Site) -> Iterator[str]:
        """Return the id of a security group that the operator created for management ports."""
        group = site.service.network.create_security_group(name="conformance-operator")
        yield str(group.id)
        site.service.network.delete_security_group(group.id)

    @pytest.fixture
    def lonely_network_id(self, site: Site) -> Iterator[str]:
        """Return the id of a network without a router."""
        network = site.service.network
        lonely = network.create_network(name="conformance-lonely", project_id=site.tenant_id)
        network.create_subnet(network_id=lonely.id, ip_version=4, cidr="10.99.0.0/24", name="conformance-lonely")
        yield str(lonely.id)
        network.delete_network(lonely.id)

    def test_a_user_port_alone(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(ports=(bench.example.user_port(),)))
        assert [port.role for port in bench.observe().ports] == ["user"]

    def test_a_management_port_alone(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(ports=(bench.example.management_port(),)))
        assert [port.role for port in bench.observe().ports] == ["management"]

    def test_without_ports_nova_creates_one_and_the_server_has_the_group(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(ports=()))
        held = bench.observe()
        network = bench.site.service.network
        (port,) = network.ports(device_id=held.servers[0].id)
        assert port.network_id == bench.site.management_network.id
        assert port.security_group_ids == [held.security_groups[0].id]
        bench.delete()
        bench.check_nothing_is_left()
        assert list(network.ports(device_id=held.servers[0].id)) == []

    def test_the_user_chooses_subnet_and_address(self, bench: Bench) -> None:
        chosen = bench.site.user_network
        port = bench.example.user_port(subnet_id=chosen.subnet_id, ip_address=chosen.address)
        bench.provision(bench.example.spec(ports=(port, bench.example.management_port())))
        (made,) = [port for port in bench.observe().ports if port.role == "user"]
        assert made.addresses == ((chosen.subnet_id, chosen.address),)

    def test_the_user_port_is_the_servers_first_interface(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        held = bench.observe()
        shown = bench.site.service.compute.get(f"/servers/{held.servers[0].id}", microversion="2.79").json()["server"]
        macs = [address["OS-EXT-IPS-MAC:mac_addr"] for each in shown["addresses"].values() for address in each]
        assert macs == [port.mac_address for role in ("user", "management") for port in held.ports if port.role == role]

    def test_a_public_instance_has_a_floating_ip_of_the_tenant_and_admits_each_network(self, bench: Bench) -> None:
        rules = (replace(MYSQL, cidr="198.51.100.0/24"), replace(MYSQL, cidr="203.0.113.7/32"))
        spec = bench.example.spec(public=True, security_group=bench.example.security_group(*rules))
        bench.provision(spec)
        held = bench.observe()
        (floating_ip,) = held.floating_ips
        (user_port,) = [port for port in held.ports if port.role == "user"]
        assert (floating_ip.port_id, floating_ip.project_id) == (user_port.id, bench.site.tenant_id)
        assert _rules(held.security_groups[0]) == {_words(rule) for rule in rules}

    def test_rules_have_protocols_ranges_and_both_versions_of_ip(self, bench: Bench) -> None:
        rules = (
            MYSQL,
            RuleSpec(protocol="tcp", port_min=33060, port_max=33070, cidr="2001:db8::/32"),
            RuleSpec(protocol="udp", port_min=5353, port_max=5353, cidr="::/0"),
        )
        bench.provision(bench.example.bare_spec(security_group=bench.example.security_group(*rules)))
        (group,) = bench.observe().security_groups
        assert _rules(group) == {_words(rule) for rule in rules}
        assert {rule.ethertype for rule in group.rules} == {"IPv4", "IPv6"}

    def test_no_security_group_is_created_without_one_in_the_spec(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(security_group=None))
        held = bench.observe()
        assert not held.security_groups
        assert [port.security_group_ids for port in held.ports] == [(), ()]

    def test_a_group_without_rules_admits_nobody(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(security_group=bench.example.security_group()))
        assert [group.rules for group in bench.observe().security_groups] == [()]

    def test_the_management_port_has_the_operators_groups(self, operators_group: str, bench: Bench) -> None:
        management = bench.example.management_port(own_group=False, security_group_ids=(operators_group,))
        bench.provision(bench.example.spec(ports=(bench.example.user_port(), management)))
        held = bench.observe()
        groups = {port.role: port.security_group_ids for port in held.ports}
        assert groups == {"user": (held.security_groups[0].id,), "management": (operators_group,)}

    def test_user_data_describes_the_user_port(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(isolated=True, user_data=user_data))
        held = bench.observe()
        (port,) = [port for port in held.ports if port.role == "user"]
        shown = bench.site.service.compute.get(f"/servers/{held.servers[0].id}", microversion="2.79").json()["server"]
        arrived = base64.b64decode(shown["OS-EXT-SRV-ATTR:user_data"]).decode()
        subnet = bench.site.service.network.get_subnet(port.addresses[0][0])
        assert about_port(arrived) == {
            "mac_address": port.mac_address,
            "ipv4_address": port.addresses[0][1],
            "ipv4_cidr": subnet.cidr,
            "ipv4_gateway": subnet.gateway_ip,
            "ipv4_host_routes": subnet.host_routes,
        }

    def test_a_user_network_without_a_router_is_refused_or_accepted(self, lonely_network_id: str, bench: Bench) -> None:
        port = bench.example.user_port(network_id=lonely_network_id)
        spec = bench.example.spec(ports=(port, bench.example.management_port()))
        run = bench.driver.attempt(bench.manager.provision(spec), bench.example.owner)
        if not self.requires_router:
            assert run.error is None
            bench.delete()
            return
        assert isinstance(run.error, InvalidSpecError)
        assert run.error.field == "nics"
        bench.check_nothing_is_left()


def _rules(group: SecurityGroup) -> set[tuple[str | None, int | None, int | None, str | None]]:
    return {(rule.protocol, rule.port_min, rule.port_max, rule.cidr) for rule in group.rules}


def _words(rule: RuleSpec) -> tuple[str, int, int, str]:
    return (rule.protocol, rule.port_min, rule.port_max, rule.cidr)
