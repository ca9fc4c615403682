"""What Keystone holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trove_lab.cloud.http import Caller
from trove_lab.cloud.table import Table

IMPLIED_ROLES = {"admin": ("manager", "member", "reader"), "manager": ("member", "reader"), "member": ("reader",)}
"""A role and those that come with it, as Keystone's bootstrap makes them."""


@dataclass(slots=True, kw_only=True)
class Domain:
    """A domain: a name space for users and projects."""

    id: str
    name: str
    description: str = ""
    enabled: bool = True


@dataclass(slots=True, kw_only=True)
class Project:
    """A project, which owns resources."""

    id: str
    name: str
    domain_id: str
    description: str = ""
    enabled: bool = True
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class User:
    """A user with a password."""

    id: str
    name: str
    domain_id: str
    password: str = field(repr=False)
    default_project_id: str | None = None
    description: str | None = None
    email: str | None = None
    enabled: bool = True


@dataclass(slots=True, kw_only=True)
class Role:
    """A role; ``immutable`` ones can be neither changed nor deleted."""

    id: str
    name: str
    description: str | None = None
    immutable: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a user has on a project."""

    user_id: str
    project_id: str
    role_id: str


@dataclass(slots=True, kw_only=True)
class CatalogService:
    """A service in the catalog."""

    id: str
    type: str
    name: str
    description: str = ""
    enabled: bool = True


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """Where a service is. A ``url`` that starts with a slash is on the port of this cloud."""

    id: str
    service_id: str
    interface: str
    region_id: str
    url: str
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token and what it lets its bearer do."""

    id: str
    caller: Caller
    methods: tuple[str, ...]
    audit_ids: tuple[str, ...]
    issued_at: float
    expires_at: float


class State:
    """All of it."""

    region_id = "RegionOne"

    def __init__(self) -> None:
        self.domains: Table[Domain] = Table()
        self.projects: Table[Project] = Table()
        self.users: Table[User] = Table()
        self.roles: Table[Role] = Table()
        self.assignments: set[Assignment] = set()
        self.services: Table[CatalogService] = Table()
        self.endpoints: Table[Endpoint] = Table()
        self.tokens: Table[Token] = Table()

    def roles_of(self, user_id: str, project_id: str) -> list[Role]:
        """Return the roles a user has on a project, the implied ones too."""
        assigned = {
            each.role_id for each in self.assignments if (each.user_id, each.project_id) == (user_id, project_id)
        }
        names = {role.name for role in self.roles if role.id in assigned}
        names.update(_implied(names))
        return [role for role in self.roles if role.name in names]

    def projects_of(self, user_id: str) -> list[Project]:
        """Return the projects on which a user has a role."""
        mine = {each.project_id for each in self.assignments if each.user_id == user_id}
        return [project for project in self.projects if project.id in mine]


def _implied(names: Iterable[str]) -> set[str]:
    return {implied for name in names for implied in IMPLIED_ROLES.get(name, ())}
