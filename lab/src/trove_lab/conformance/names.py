"""DNS records."""

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import needs
from trove_resources.kinds import ResourceKind


@needs(ResourceKind.DNS_RECORD)
class DnsConformance(Conformance):
    """``provision`` with and without a DNS record."""

    def test_an_instance_with_dns_has_a_record(self, bench: Bench) -> None:
        run = bench.provision(bench.example.spec(dns=True))
        hostname = bench.site.dns.hostname(bench.example.instance_id)
        assert run.results["hostname"] == hostname
        assert bench.observe().dns_names == (hostname,)

    def test_an_instance_without_dns_has_no_record(self, bench: Bench) -> None:
        run = bench.provision(bench.example.bare_spec(dns=False))
        assert "hostname" not in run.results
        assert not bench.observe().dns_names

    def test_an_instance_without_ports_of_ours_has_a_record(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(ports=(), dns=True))
        assert len(bench.observe().dns_names) == 1
