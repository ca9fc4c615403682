"""Domains, their administrators, and the users that Heat creates in them.

Source of all: exchanges with Keystone 30.0.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from identity_kit import Keystone, message, person, role_id

from cloud.conftest import Clouds, Mini
from trove_lab.cloud.seed import HEAT_DOMAIN, HEAT_DOMAIN_ADMIN, PASSWORD

NAME = "contract-domain"


@dataclass
class Domain:
    """A domain, its administrator, and Keystone called as that administrator."""

    id: str
    credentials: dict[str, object]
    keystone: Keystone


@pytest.fixture
def domain(clouds: Clouds) -> Iterator[Domain]:
    identity, admin = clouds.admin.identity, person(clouds.admin).keystone
    made = identity.create_domain(name=NAME)
    user = identity.create_user(name="contract-domain-admin", domain_id=made.id, password="p")
    path = f"/domains/{made.id}/users/{user.id}/roles/{role_id(clouds, 'admin')}"
    assert admin.ask("PUT", path).status_code == 204
    credentials = {"name": user.name, "domain": {"name": NAME}, "password": "p"}
    response = admin.authenticate(credentials, {"domain": {"name": NAME}})
    yield Domain(made.id, credentials, Keystone(admin.url, response.headers["X-Subject-Token"]))
    identity.update_domain(made, is_enabled=False)
    identity.delete_domain(made)


def test_an_administrator_of_a_domain_gets_a_token_for_it_with_a_catalog_without_projects(
    clouds: Clouds, domain: Domain
) -> None:
    for wanted in ({"name": NAME}, {"id": domain.id}):
        token = domain.keystone.authenticate(domain.credentials, {"domain": wanted}).json()["token"]
        assert token["domain"] == {"id": domain.id, "name": NAME}
        assert "project" not in token
        assert "is_domain" not in token
        assert {role["name"] for role in token["roles"]} == {"admin", "manager", "member", "reader"}
    assert any(service["type"] == "identity" and service["endpoints"] for service in token["catalog"])
    project_id = person(clouds.demo).project_id
    assert not any(project_id in endpoint["url"] for service in token["catalog"] for endpoint in service["endpoints"])


def test_a_user_without_a_role_on_a_domain_gets_no_token_for_it(clouds: Clouds, domain: Domain) -> None:
    demo = person(clouds.demo)
    for wanted in ({"id": domain.id}, {"name": "no-such-domain"}):
        assert demo.keystone.authenticate(demo.credentials, {"domain": wanted}).status_code == 401
    both = {"domain": {"id": domain.id}, "project": {"id": demo.project_id}}
    response = demo.keystone.authenticate(demo.credentials, both)
    assert response.status_code == 400
    expected = "Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope."
    assert message(response).startswith(expected)


def test_roles_on_a_domain_are_listed_checked_and_revoked(clouds: Clouds, domain: Domain) -> None:
    admin, user_id = person(clouds.admin).keystone, domain.keystone.ask("GET", "/users").json()["users"][0]["id"]
    path = f"/domains/{domain.id}/users/{user_id}/roles"
    granted, other = role_id(clouds, "admin"), role_id(clouds, "member")
    assert [role["name"] for role in admin.ask("GET", path).json()["roles"]] == ["admin"]
    assert admin.ask("HEAD", f"{path}/{granted}").status_code == 204
    assert admin.ask("HEAD", f"{path}/{other}").status_code == 404
    rows = admin.ask("GET", f"/role_assignments?scope.domain.id={domain.id}").json()["role_assignments"]
    assert [(row["user"]["id"], row["role"]["id"]) for row in rows] == [(user_id, granted)]
    assert rows[0]["scope"] == {"domain": {"id": domain.id}}
    response = admin.ask("DELETE", f"{path}/{other}")
    assert response.status_code == 404
    assert message(response).startswith(f"Could not find role assignment with role: {other}")
    assert admin.ask("DELETE", f"{path}/{granted}").status_code == 204
    wanted = {"domain": {"id": domain.id}}
    assert admin.authenticate(domain.credentials, wanted).status_code == 401


def test_the_caller_lists_the_domains_that_it_can_get_a_token_for(clouds: Clouds, domain: Domain) -> None:
    assert [row["name"] for row in domain.keystone.ask("GET", "/auth/domains").json()["domains"]] == [NAME]
    assert domain.keystone.ask("GET", "/auth/projects").json()["projects"] == []
    assert person(clouds.demo).keystone.ask("GET", "/auth/domains").json()["domains"] == []


def test_a_token_for_a_domain_creates_and_lists_projects_and_users_in_it(domain: Domain) -> None:
    keystone = domain.keystone
    project = keystone.ask("POST", "/projects", {"project": {"name": "contract-stack"}}).json()["project"]
    assert (project["domain_id"], project["parent_id"]) == (domain.id, domain.id)
    assert [row["id"] for row in keystone.ask("GET", "/projects").json()["projects"]] == [project["id"]]
    user = keystone.ask("POST", "/users", {"user": {"name": "contract-stack-user"}}).json()["user"]
    assert user["domain_id"] == domain.id
    assert user["id"] in {row["id"] for row in keystone.ask("GET", "/users").json()["users"]}
    assert {row["domain_id"] for row in keystone.ask("GET", "/users").json()["users"]} == {domain.id}
    assert keystone.ask("DELETE", f"/projects/{project['id']}").status_code == 204
    assert keystone.ask("GET", f"/projects/{project['id']}").status_code == 404


def test_a_user_of_a_domain_gets_tokens_for_its_project_until_it_is_disabled(clouds: Clouds, domain: Domain) -> None:
    """What Heat does for a signal: it creates a user with options in the stack's own project."""
    keystone = domain.keystone
    project_id = keystone.ask("POST", "/projects", {"project": {"name": "contract-stack"}}).json()["project"]["id"]
    options = {"ignore_password_expiry": True, "ignore_lockout_failure_attempts": True}
    given = {"name": "contract-guest", "password": "g", "default_project_id": project_id, "options": options}
    user = keystone.ask("POST", "/users", {"user": given}).json()["user"]
    assert (user["default_project_id"], user["options"]) == (project_id, options)
    path = f"/projects/{project_id}/users/{user['id']}/roles/{role_id(clouds, 'reader')}"
    assert keystone.ask("PUT", path).status_code == 204
    wanted = {"project": {"id": project_id}}
    token = keystone.authenticate({"id": user["id"], "password": "g"}, wanted).json()["token"]
    assert token["user"]["domain"]["id"] == token["project"]["domain"]["id"] == domain.id
    assert [role["name"] for role in token["roles"]] == ["reader"]
    assert keystone.ask("PATCH", f"/users/{user['id']}", {"user": {"enabled": False}}).status_code == 200
    assert keystone.authenticate({"id": user["id"], "password": "g"}, wanted).status_code == 401


def test_an_unscoped_token_shows_no_catalog(domain: Domain) -> None:
    response = domain.keystone.ask("GET", "/auth/catalog")
    said = "You are not authorized to perform the requested action."
    assert (response.status_code, message(response)) == (403, said)


def test_an_unscoped_token_reads_what_everybody_may_and_nothing_else(clouds: Clouds) -> None:
    demo = person(clouds.demo)
    token = demo.keystone.authenticate(demo.credentials, "unscoped").headers["X-Subject-Token"]
    unscoped = Keystone(demo.keystone.url, token)
    assert unscoped.ask("GET", f"/users/{demo.id}").status_code == 200
    response = unscoped.ask("GET", "/roles")
    said = "You are not authorized to perform the requested action: identity:list_roles."
    assert (response.status_code, message(response)) == (403, said)


@pytest.mark.mini_only("tests its seed")
def test_the_seed_has_a_domain_for_stacks_with_an_administrator(mini: Mini) -> None:
    """Source: https://docs.openstack.org/heat/latest/install/install-debian.html."""
    keystone = Keystone(f"{mini.url}/identity/v3")
    user = {"name": HEAT_DOMAIN_ADMIN, "domain": {"name": HEAT_DOMAIN}, "password": PASSWORD}
    response = keystone.authenticate(user, {"domain": {"name": HEAT_DOMAIN}})
    admin = Keystone(keystone.url, response.headers["X-Subject-Token"])
    assert [role["name"] for role in admin.ask("GET", "/roles?name=heat_stack_user").json()["roles"]] == [
        "heat_stack_user"
    ]
    heat = {"name": "heat", "domain": {"id": "default"}, "password": PASSWORD}
    service = {"project": {"name": "service", "domain": {"id": "default"}}}
    token = keystone.authenticate(heat, service).json()["token"]
    assert [role["name"] for role in token["roles"]] == ["service"]
