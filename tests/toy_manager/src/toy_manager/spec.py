"""What an instance of this manager can have."""

from dataclasses import replace

from trove_resources import spec as specs
from trove_resources.errors import InvalidSpecError
from trove_resources.spec import InstanceSpec


def check(spec: InstanceSpec, *, name_prefix: str) -> InstanceSpec:
    """Return a spec whose server has the name prefix. Raise InvalidSpecError for what this manager does not create."""
    specs.check(spec)
    refused = {
        "nics": bool(spec.ports),
        "trove_security_groups_support": spec.security_group is not None,
        "volume_support": spec.data_volume is not None,
        "volume_rootdisk_support": spec.root_volume is not None,
        "trove_dns_support": spec.dns,
    }
    for field, wanted in refused.items():
        if wanted:
            raise InvalidSpecError(field, "the resource manager toy creates servers only")
    return replace(spec, server=replace(spec.server, name=f"{name_prefix}{spec.server.name}"))
