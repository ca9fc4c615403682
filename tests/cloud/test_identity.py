"""Keystone. Source of all: exchanges with Keystone 30.0.0."""

import pytest
import requests
from keystoneauth1 import exceptions, session
from keystoneauth1.identity import v3

from cloud.conftest import Clouds, Mini


def _auth_url(clouds: Clouds) -> str:
    return clouds.demo.session.auth.auth_url


def _password(clouds: Clouds) -> str:
    return clouds.demo.config.config["auth"]["password"]


def _authenticate(clouds: Clouds, auth: object) -> requests.Response:
    return requests.post(f"{_auth_url(clouds).rstrip('/')}/auth/tokens", json={"auth": auth}, timeout=30)


def _by_password(clouds: Clouds, **changes: str) -> dict[str, object]:
    user = {"name": "demo", "domain": {"id": "default"}, "password": _password(clouds), **changes}
    return {"methods": ["password"], "password": {"user": user}}


def test_a_password_gives_a_token_for_a_project_with_roles_and_a_catalog(clouds: Clouds) -> None:
    access = clouds.demo.session.auth.get_access(clouds.demo.session)
    assert access.project_name == "demo"
    assert {"member", "reader"} <= set(access.role_names)
    types = {"identity", "compute", "block-storage", "volumev3", "network", "dns", "image"}
    assert types <= set(access.service_catalog.get_endpoints())


def test_a_token_gives_another_token_that_expires_no_later(clouds: Clouds) -> None:
    first = clouds.demo.session.auth.get_access(clouds.demo.session)
    auth = v3.Token(_auth_url(clouds), first.auth_token, project_name="demo", project_domain_id="default")
    second = auth.get_access(session.Session())
    assert second.project_id == first.project_id
    assert second.expires == first.expires


@pytest.mark.parametrize(
    ("changes", "scope", "status", "reason"),
    [
        ({"password": "wrong"}, "demo", 401, "wrong password"),
        ({"name": "nobody"}, "demo", 401, "no user has this name"),
        ({}, "alt", 401, "the user has no role on the project"),
        ({}, "nope", 401, "no project has this name: the same reply, so that names cannot be guessed"),
    ],
)
def test_the_error_for_a_failed_authentication_gives_no_reason(
    clouds: Clouds, changes: dict[str, str], scope: str, status: int, reason: str
) -> None:
    project = {"project": {"name": scope, "domain": {"id": "default"}}}
    response = _authenticate(clouds, {"identity": _by_password(clouds, **changes), "scope": project})
    assert response.status_code == status, reason
    assert response.json()["error"]["message"] == "The request you have made requires authentication."


@pytest.mark.parametrize(
    ("auth", "status", "message"),
    [
        (None, 400, "Expecting to find auth in request body."),
        ({"identity": {"methods": ["password"]}}, 400, "Expecting to find password in identity."),
        (
            {"identity": {"methods": ["nomethod"], "nomethod": {}}},
            401,
            "Attempted to authenticate with an unsupported method.",
        ),
    ],
)
def test_the_error_for_a_malformed_token_request_names_what_is_missing(
    clouds: Clouds, auth: object, status: int, message: str
) -> None:
    response = _authenticate(clouds, auth)
    assert response.status_code == status
    assert response.json()["error"]["message"].startswith(message)


def test_a_project_name_needs_a_domain(clouds: Clouds) -> None:
    response = _authenticate(clouds, {"identity": _by_password(clouds), "scope": {"project": {"name": "demo"}}})
    assert response.status_code == 400
    assert "Expecting to find domain in project." in response.json()["error"]["message"]


def test_a_revoked_token_is_invalid(clouds: Clouds) -> None:
    auth = v3.Token(
        _auth_url(clouds), clouds.demo.session.get_token(), project_name="demo", project_domain_id="default"
    )
    token = auth.get_access(session.Session()).auth_token
    url = f"{_auth_url(clouds).rstrip('/')}/auth/tokens"
    headers = {"X-Auth-Token": clouds.admin.session.get_token(), "X-Subject-Token": token}
    assert requests.get(url, headers=headers, timeout=30).status_code == 200
    assert requests.delete(url, headers=headers, timeout=30).status_code == 204
    assert requests.get(url, headers=headers, timeout=30).status_code == 404
    again = {"identity": {"methods": ["token"], "token": {"id": token}}}
    assert _authenticate(clouds, again).status_code == 404


def test_an_ordinary_user_may_not_look_at_others_tokens(clouds: Clouds) -> None:
    with pytest.raises(exceptions.Forbidden, match="identity:validate_token"):
        clouds.demo.session.get(
            f"{_auth_url(clouds).rstrip('/')}/auth/tokens",
            headers={"X-Subject-Token": clouds.admin.session.get_token()},
        )


@pytest.mark.parametrize("collection", ["projects", "users", "roles", "domains", "services", "endpoints"])
def test_only_an_administrator_lists(clouds: Clouds, collection: str) -> None:
    url = f"{_auth_url(clouds).rstrip('/')}/{collection}"
    with pytest.raises(exceptions.Forbidden, match=f"identity:list_{collection}"):
        clouds.demo.session.get(url)
    assert clouds.admin.session.get(url).json()[collection]


def test_an_unknown_project_is_not_found_for_an_administrator_and_forbidden_for_others(clouds: Clouds) -> None:
    url = f"{_auth_url(clouds).rstrip('/')}/projects/{'0' * 32}"
    with pytest.raises(exceptions.NotFound, match="Could not find project"):
        clouds.admin.session.get(url)
    with pytest.raises(exceptions.Forbidden):
        clouds.demo.session.get(url)


def test_a_project_and_its_user_are_created_and_deleted(clouds: Clouds, request: pytest.FixtureRequest) -> None:
    identity = clouds.admin.identity
    project = identity.create_project(name="contract-project", domain_id="default", description="d")
    request.addfinalizer(lambda: identity.delete_project(project, ignore_missing=True))
    user = identity.create_user(name="contract-user", domain_id="default", password="first")
    request.addfinalizer(lambda: identity.delete_user(user, ignore_missing=True))
    role = identity.find_role("member")
    identity.assign_project_role_to_user(project, user, role)
    assert [each.name for each in identity.user_projects(user)] == ["contract-project"]
    auth = v3.Password(_auth_url(clouds), user_id=user.id, password="first", project_id=project.id)
    assert "member" in auth.get_access(session.Session()).role_names
    identity.unassign_project_role_from_user(project, user, role)
    with pytest.raises(exceptions.Unauthorized):
        v3.Password(_auth_url(clouds), user_id=user.id, password="first", project_id=project.id).get_access(
            session.Session()
        )


@pytest.mark.mini_only("a real token is valid for hours")
def test_a_token_expires(clouds: Clouds, mini: Mini) -> None:
    token = clouds.demo.session.get_token()
    url, headers = f"{mini.url}/identity/v3/auth/projects", {"X-Auth-Token": token}
    assert requests.get(url, headers=headers, timeout=30).status_code == 200
    mini.advance(25 * 3600)
    assert requests.get(url, headers=headers, timeout=30).status_code == 401
