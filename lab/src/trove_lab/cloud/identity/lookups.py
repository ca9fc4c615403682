"""What a request names by id or by name."""

from trove_lab.cloud.http import Json
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.state import State


def domain_id_of(state: State, given: Json, where: str) -> str | None:
    """Return the id of the domain that stands in ``given``, or None when there is none such.

    Raises an ApiError that names ``where`` when none stands there.
    """
    domain = given.get("domain")
    if not isinstance(domain, dict):
        raise errors.expecting("domain", where)
    return find_domain_id(state, domain)


def find_domain_id(state: State, domain: Json) -> str | None:
    """Return the id of the domain given by id or name, or None when there is none such."""
    named_so = [each.id for each in state.domains if each.id == domain.get("id") or each.name == domain.get("name")]
    return named_so[0] if named_so else None


def named(state: State, domain_id: str) -> Json:
    """Return a domain's id and name, as tokens carry them."""
    domain = state.domains.get(domain_id)
    return {"id": domain_id, "name": domain.name if domain else domain_id}
