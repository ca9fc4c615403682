"""Limits: the quotas of a project and its usage."""

from trove_lab.cloud.compute import errors, quotas
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.validation import ANY, query
from trove_lab.cloud.http import Json, Reply, Version

_GONE: dict[str, Version] = {
    "maxPersonality": (2, 57),
    "maxPersonalitySize": (2, 57),
    "maxImageMeta": (2, 39),
    "maxTotalFloatingIps": (2, 36),
    "maxSecurityGroups": (2, 36),
    "maxSecurityGroupRules": (2, 36),
    "totalFloatingIpsUsed": (2, 36),
    "totalSecurityGroupsUsed": (2, 36),
}
"""The first microversion that no longer has a limit."""


def show(request: Request) -> Reply:
    """GET /limits: of the caller's project; an administrator may name another."""
    query(request, {"tenant_id": ANY, "reserved": ANY}, strict_since=(2, 75))
    project_id = request.args.get("tenant_id", request.project_id)
    if not request.caller.sees(project_id):
        raise errors.forbidden("os_compute_api:limits:other_project")
    state = request.cloud.compute
    allowed, there = quotas.limits(state, project_id), quotas.used(state, project_id)
    absolute: Json = {
        "maxTotalCores": allowed["cores"],
        "maxPersonality": allowed["injected_files"],
        "maxPersonalitySize": allowed["injected_file_content_bytes"],
        "maxTotalInstances": allowed["instances"],
        "maxTotalKeypairs": allowed["key_pairs"],
        "maxServerMeta": allowed["metadata_items"],
        "maxImageMeta": allowed["metadata_items"],
        "maxTotalRAMSize": allowed["ram"],
        "maxServerGroups": allowed["server_groups"],
        "maxServerGroupMembers": allowed["server_group_members"],
        "maxTotalFloatingIps": allowed["floating_ips"],
        "maxSecurityGroups": allowed["security_groups"],
        "maxSecurityGroupRules": allowed["security_group_rules"],
        "totalRAMUsed": there["ram"],
        "totalCoresUsed": there["cores"],
        "totalInstancesUsed": there["instances"],
        "totalFloatingIpsUsed": 0,
        "totalSecurityGroupsUsed": 0,
        "totalServerGroupsUsed": there["server_groups"],
    }
    shown = {name: value for name, value in absolute.items() if name not in _GONE or not request.at_least(_GONE[name])}
    return Reply(200, {"limits": {"rate": [], "absolute": shown}})
