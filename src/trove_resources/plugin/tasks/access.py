"""Who may reach an instance: from a request of Trove's to our spec, and to the row."""

from collections.abc import Mapping
from typing import Any

from oslo_config import cfg

from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.tasks.create_spec import port_ranges
from trove_resources.spec import AccessSpec

Access = Mapping[str, Any]
"""``is_public`` and ``allowed_cidrs``, both optional."""


def access_spec(conf: cfg.ConfigOpts, instance: BuiltInstance, access: Access) -> AccessSpec:
    """Return the spec of a request. What the request does not name stays as it is.

    Stock Trove takes a missing value for "not public" and "no network".
    """
    cidrs = access.get("allowed_cidrs")
    former = (instance.access or {}).get("allowed_cidrs") or [conf.trove_security_group_rule_cidr]
    return AccessSpec(
        public=access.get("is_public"),
        cidrs=None if cidrs is None else tuple(cidrs),
        former_cidrs=tuple(former),
        port_ranges=port_ranges(conf, instance.datastore_version.manager),
    )


def merged(instance: BuiltInstance, access: Access) -> dict[str, Any]:
    """Return what the row says once the request is done."""
    before = instance.access or {}
    named = {name: value for name, value in access.items() if value is not None}
    return {
        "is_public": bool(named.get("is_public", before.get("is_public", False))),
        "allowed_cidrs": list(named.get("allowed_cidrs", before.get("allowed_cidrs") or [])),
    }
