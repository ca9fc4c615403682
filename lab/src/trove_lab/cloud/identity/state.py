"""The state of Keystone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from trove_lab.cloud.http import Caller
from trove_lab.cloud.table import Table

IMPLIED_ROLES = {"admin": ("manager", "member", "reader"), "manager": ("member", "reader"), "member": ("reader",)}
"""The roles that a role implies, as Keystone's bootstrap creates them."""


@dataclass(slots=True, kw_only=True)
class Domain:
    """A domain: a namespace for users and projects."""

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
    options: dict[str, bool] = field(default_factory=dict)
    """``ignore_password_expiry`` and similar options.

    They are stored but have no effect: passwords do not expire here.
    """


@dataclass(slots=True, kw_only=True)
class Role:
    """A role. An ``immutable`` role can be neither changed nor deleted."""

    id: str
    name: str
    description: str | None = None
    immutable: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a user has on a project or a domain."""

    user_id: str
    target: str
    """``project`` or ``domain``."""
    target_id: str
    role_id: str


@dataclass(slots=True, kw_only=True)
class Trust:
    """What a trustor allows a trustee to do in a project, as the trustee or, with ``impersonation``, as the trustor."""

    id: str
    trustor_user_id: str
    trustee_user_id: str
    project_id: str | None
    impersonation: bool
    role_ids: tuple[str, ...]
    expires_at: float | None = None
    remaining_uses: int | None = None
    """How many more tokens the trust gives; None: any number."""


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
    """Where a service is. A ``url`` that begins with a slash is on the port of this cloud."""

    id: str
    service_id: str
    interface: str
    region_id: str
    url: str
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token and what it allows its bearer to do."""

    id: str
    caller: Caller
    methods: tuple[str, ...]
    audit_ids: tuple[str, ...]
    issued_at: float
    expires_at: float
    domain_id: str | None = None
    """The domain that the token is scoped to."""
    trust_id: str | None = None
    """The trust that the token is scoped to."""


class State:
    """The whole state of Keystone."""

    region_id = "RegionOne"

    def __init__(self) -> None:
        self.domains: Table[Domain] = Table()
        self.projects: Table[Project] = Table()
        self.users: Table[User] = Table()
        self.roles: Table[Role] = Table()
        self.assignments: set[Assignment] = set()
        self.trusts: Table[Trust] = Table()
        self.services: Table[CatalogService] = Table()
        self.endpoints: Table[Endpoint] = Table()
        self.tokens: Table[Token] = Table()

    def roles_of(self, user_id: str, target_id: str) -> list[Role]:
        """Return the roles a user has on a project or a domain, including the implied ones."""
        assigned = {each.role_id for each in self.assignments if (each.user_id, each.target_id) == (user_id, target_id)}
        return self.with_implied(assigned)

    def with_implied(self, role_ids: Collection[str]) -> list[Role]:
        """Return the roles with these ids and the roles that they imply."""
        names = {role.name for role in self.roles if role.id in role_ids}
        names.update(_implied(names))
        return [role for role in self.roles if role.name in names]

    def projects_of(self, user_id: str) -> list[Project]:
        """Return the projects on which a user has a role."""
        mine = {each.target_id for each in self.assignments if each.user_id == user_id}
        return [project for project in self.projects if project.id in mine]

    def remove_user(self, user_id: str) -> None:
        """Remove a user with its role assignments and trusts. Its tokens become invalid at once."""
        self.users.remove(user_id)
        self.assignments = {each for each in self.assignments if each.user_id != user_id}
        for trust in self.trusts:
            if user_id in (trust.trustor_user_id, trust.trustee_user_id):
                self.trusts.remove(trust.id)
        for token in self.tokens:
            if token.caller.user_id == user_id:
                self.tokens.remove(token.id)

    def remove_project(self, project_id: str) -> None:
        """Remove a project with its role assignments and trusts. Its tokens become invalid at once."""
        self.projects.remove(project_id)
        self.assignments = {each for each in self.assignments if each.target_id != project_id}
        for trust in self.trusts.where(project_id=project_id):
            self.trusts.remove(trust.id)
        for token in self.tokens:
            if token.caller.project_id == project_id:
                self.tokens.remove(token.id)


def _implied(names: Iterable[str]) -> set[str]:
    return {implied for name in names for implied in IMPLIED_ROLES.get(name, ())}
