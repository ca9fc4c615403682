"""Look up what a request names by id or by name."""

from typing import TypeVar

from trove_lab.cloud.http import Json
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.state import State
from trove_lab.cloud.table import Row, Table

R = TypeVar("R", bound=Row)


def find(table: Table[R], kind: str, row_id: str) -> R:
    """Return the row with this id. Raise an ApiError that names ``kind`` when there is none."""
    row = table.get(row_id)
    if row is None:
        raise errors.not_found(kind, row_id)
    return row


def domain_id_of(state: State, given: Json, where: str) -> str | None:
    """Return the id of the domain that ``given`` names by id or name, or None when it is unknown.

    Raise an ApiError that names ``where`` when ``given`` names no domain.
    """
    domain = given.get("domain")
    if not isinstance(domain, dict):
        raise errors.expecting("domain", where)
    return find_domain_id(state, domain)


def find_domain_id(state: State, domain: Json) -> str | None:
    """Return the id of the domain given by id or name, or None when it is unknown."""
    found = [each.id for each in state.domains if each.id == domain.get("id") or each.name == domain.get("name")]
    return found[0] if found else None


def named(state: State, domain_id: str) -> Json:
    """Return a domain's id and name, as tokens carry them."""
    domain = state.domains.get(domain_id)
    return {"id": domain_id, "name": domain.name if domain else domain_id}
