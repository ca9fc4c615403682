"""Who may reach an instance, in Trove's words and in ours."""

from collections.abc import Mapping
from typing import Any

from oslo_config import cfg

from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.tasks.create_request import port_ranges
from trove_resources.spec import AccessSpec

Access = Mapping[str, Any]
"""``is_public`` and ``allowed_cidrs``, each of which may be missing."""


def access_spec(conf: cfg.ConfigOpts, instance: BuiltInstance, access: Access) -> AccessSpec:
    """Return what a request asks for. What it does not name stays as it is; stock Trove takes it for no and nobody."""
    cidrs = access.get("allowed_cidrs")
    former = (instance.access or {}).get("allowed_cidrs") or [conf.trove_security_group_rule_cidr]
    return AccessSpec(
        public=access.get("is_public"),
        cidrs=None if cidrs is None else tuple(cidrs),
        former_cidrs=tuple(former),
        port_ranges=port_ranges(conf, instance.datastore_version.manager),
    )


def merged(instance: BuiltInstance, access: Access) -> dict[str, Any]:
    """Return what the row says once a request is done."""
    before = instance.access or {}
    named = {name: value for name, value in access.items() if value is not None}
    return {
        "is_public": bool(named.get("is_public", before.get("is_public", False))),
        "allowed_cidrs": list(named.get("allowed_cidrs", before.get("allowed_cidrs") or [])),
    }
