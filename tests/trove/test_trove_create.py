"""A complete create and delete through Trove."""

import json
import re

from deployment import Deployment

from local.conftest import record_of


def test_an_instance_is_created_with_all_resources_and_deleted_without_leftovers(trove: Deployment) -> None:
    instance_id = trove.create("whole-life", databases=[{"name": "app"}], users=[{"name": "u", "password": "p"}])
    (record,) = trove.until_settled(instance_id)
    held = trove.rows_of(instance_id)
    assert {kind: len(rows) for kind, rows in held.items() if rows} == {
        "servers": 1,
        "volumes": 1,
        "ports": 2,
        "security_groups": 1,
        # Two of them are Neutron's default rules.
        "security_group_rules": 3,
        "recordsets": 1,
    }
    assert record.server_id == held["servers"][0]["id"]
    assert record.volume_id == held["volumes"][0]["id"]
    assert record.hostname == f"{record_of(instance_id)}.db.example.test"
    assert (record.engine, record.fault) == ("native", None)
    assert [each.name for each in trove.client.databases.list(instance_id)] == ["app"]
    trove.delete(instance_id)


def test_the_dns_record_has_the_address_on_the_users_network(trove: Deployment) -> None:
    instance_id = trove.create("named")
    trove.until_settled(instance_id)
    address = trove.ports_of(instance_id)["User"]["fixed_ips"][0]["ip_address"]
    assert trove.rows_of(instance_id)["recordsets"][0]["records"] == [address]
    trove.delete(instance_id)


def test_user_data_describes_the_guest_and_its_user_port(trove: Deployment) -> None:
    instance_id = trove.create("told")
    trove.until_settled(instance_id)
    files = trove.files_of(instance_id)
    told = dict(line.split("=", 1) for line in files["/etc/trove/conf.d/guest_info.conf"].splitlines()[1:])
    tenant = trove.rows_of(instance_id)["servers"][0]["metadata"]["trove_project_id"]
    assert told == {
        "guest_id": instance_id,
        "datastore_manager": "mysql",
        "datastore_version": "8.4",
        "tenant_id": tenant,
        "datastore_registry_ext": "mysql:trove.guestagent.datastore.mysql.manager.Manager",
        "replication_strategy": "trove.guestagent.strategies.replication.mysql_gtid.MysqlGTIDReplication",
        "ssl_mode": "None",
        "network_isolation": "True",
    }
    port = trove.admin.network.get(f"/ports/{trove.ports_of(instance_id)['User']['id']}").json()["port"]
    (fixed,) = port["fixed_ips"]
    subnet = trove.admin.network.get(f"/subnets/{fixed['subnet_id']}").json()["subnet"]
    assert json.loads(files["/etc/trove/eth1.json"]) == {
        "mac_address": port["mac_address"],
        "ipv4_address": fixed["ip_address"],
        "ipv4_cidr": subnet["cidr"],
        "ipv4_gateway": subnet["gateway_ip"],
        "ipv4_host_routes": subnet["host_routes"],
    }
    assert json.loads(files["/etc/docker/daemon.json"]) == {"bridge": "none", "ip-forward": False, "iptables": False}
    trove.delete(instance_id)


def test_each_created_resource_carries_the_id_of_its_task(trove: Deployment) -> None:
    instance_id = trove.create("marked")
    trove.until_settled(instance_id)
    held, task = trove.rows_of(instance_id), re.compile(r"trove_resources_task[ _]([0-9a-f-]{36})")
    server, (volume,) = trove.server_of(instance_id), held["volumes"]
    marks = {
        *(task.search(tag).group(1) for tag in server["tags"] if task.search(tag)),
        *(task.search(row["description"]).group(1) for row in (*held["ports"], *held["security_groups"])),
        volume["metadata"]["trove_resources_task"],
    }
    assert len(marks) == 1
    trove.delete(instance_id)
