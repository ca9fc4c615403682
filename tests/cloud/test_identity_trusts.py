"""Trusts. Source of all: exchanges with Keystone 30.0.0."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from identity_kit import Keystone, Person, message, person, role_id

from cloud.conftest import Clouds, Mini
from trove_lab.cloud.clock import timestamp

TRUSTS = "/OS-TRUST/trusts"
NOT_AUTHORIZED = "You are not authorized to perform the requested action"


@pytest.fixture
def trustor(clouds: Clouds) -> Person:
    return person(clouds.demo)


@pytest.fixture
def trustee(clouds: Clouds) -> Person:
    return person(clouds.alt)


@pytest.fixture
def passing(clouds: Clouds) -> Iterator[Person]:
    """A trustor in a project of its own.

    Both are deleted after the test, and with them trusts that nobody can delete.
    """
    identity, url = clouds.admin.identity, person(clouds.admin).keystone.url
    project = identity.create_project(name="contract-trust", domain_id="default")
    user = identity.create_user(name="contract-trustor", domain_id="default", password="p")
    identity.assign_project_role_to_user(project, user, identity.find_role("member"))
    login = Keystone(url).authenticate({"id": user.id, "password": "p"}, {"project": {"id": project.id}})
    yield Person(user.id, project.id, "p", Keystone(url, login.headers["X-Subject-Token"]))
    identity.delete_user(user, ignore_missing=True)
    identity.delete_project(project)


@pytest.fixture
def ask(clouds: Clouds, trustor: Person, trustee: Person) -> Callable[..., requests.Response]:
    """Request a trust by which ``alt`` may act as ``demo`` in the project of ``demo``. None omits an attribute."""

    def send(keystone: Keystone = trustor.keystone, **changes: Any) -> requests.Response:
        wanted = {
            "trustor_user_id": trustor.id,
            "trustee_user_id": trustee.id,
            "project_id": trustor.project_id,
            "impersonation": True,
            "allow_redelegation": False,
            "roles": [{"id": role_id(clouds, "member")}],
            **changes,
        }
        body = {"trust": {name: value for name, value in wanted.items() if value is not None}}
        return keystone.ask("POST", TRUSTS, body)

    return send


@pytest.fixture
def trust(
    ask: Callable[..., requests.Response], trustor: Person, request: pytest.FixtureRequest
) -> Callable[..., dict[str, Any]]:
    """Create a trust. It is deleted after the test."""

    def make(**changes: Any) -> dict[str, Any]:
        response = ask(**changes)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()["trust"]
        request.addfinalizer(lambda: trustor.keystone.ask("DELETE", f"{TRUSTS}/{made['id']}"))
        return made

    return make


def scope(trust_id: str) -> dict[str, Any]:
    return {"OS-TRUST:trust": {"id": trust_id}}


def acting(trustee: Person, trust_id: str) -> Keystone:
    """Return Keystone called with a token for a trust."""
    response = trustee.keystone.authenticate(trustee.credentials, scope(trust_id))
    assert response.status_code == 201, response.text
    return Keystone(trustee.keystone.url, response.headers["X-Subject-Token"])


def test_a_trust_shows_its_parties_and_its_roles(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person
) -> None:
    made = trust()
    assert (made["trustor_user_id"], made["trustee_user_id"]) == (trustor.id, trustee.id)
    assert (made["project_id"], made["impersonation"]) == (trustor.project_id, True)
    assert [(role["id"], role["name"]) for role in made["roles"]] == [(role_id(clouds, "member"), "member")]
    unlimited = ("expires_at", "remaining_uses", "deleted_at", "redelegated_trust_id")
    assert [made[name] for name in unlimited] == [None] * 4
    assert made["redelegation_count"] == 0
    for party in (trustor, trustee, person(clouds.admin)):
        assert party.keystone.ask("GET", f"{TRUSTS}/{made['id']}").json()["trust"] == made


def test_a_trust_may_name_its_roles_and_lists_them(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], trustor: Person
) -> None:
    path = f"{TRUSTS}/{trust(roles=[{'name': 'reader'}])['id']}/roles"
    assert [role["name"] for role in trustor.keystone.ask("GET", path).json()["roles"]] == ["reader"]
    reader, admin = role_id(clouds, "reader"), role_id(clouds, "admin")
    assert trustor.keystone.ask("GET", f"{path}/{reader}").json()["role"]["name"] == "reader"
    assert trustor.keystone.ask("HEAD", f"{path}/{reader}").status_code == 200
    assert message(trustor.keystone.ask("GET", f"{path}/{admin}")) == f"Could not find role: {admin}."


def test_the_trustee_acts_as_the_trustor(
    trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person
) -> None:
    made = trust()
    response = trustee.keystone.authenticate(trustee.credentials, scope(made["id"]))
    token = response.json()["token"]
    assert (token["user"]["id"], token["project"]["id"]) == (trustor.id, trustor.project_id)
    assert {role["name"] for role in token["roles"]} == {"member", "reader"}
    assert token["OS-TRUST:trust"] == {
        "id": made["id"],
        "trustor_user": {"id": trustor.id},
        "trustee_user": {"id": trustee.id},
        "impersonation": True,
    }
    assert "is_domain" not in token
    assert {"compute", "network"} <= {service["type"] for service in token["catalog"]}
    bearer = Keystone(trustor.keystone.url, response.headers["X-Subject-Token"])
    assert bearer.ask("GET", f"/users/{trustor.id}").json()["user"]["name"] == "demo"


def test_without_impersonation_the_trustee_acts_as_itself(
    trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person
) -> None:
    made = trust(impersonation=False, roles=[{"name": "reader"}])
    token = trustee.keystone.authenticate(trustee.credentials, scope(made["id"])).json()["token"]
    assert (token["user"]["id"], token["project"]["id"]) == (trustee.id, trustor.project_id)
    assert [role["name"] for role in token["roles"]] == ["reader"]


def test_a_token_of_the_trustee_gives_one_for_the_trust(
    trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person
) -> None:
    assert trustee.keystone.token
    response = trustee.keystone.reauthenticate(trustee.keystone.token, scope(trust()["id"]))
    assert response.status_code == 201
    assert response.json()["token"]["user"]["id"] == trustor.id


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"roles": [{"id": "0" * 32}]}, 404, "Could not find role: " + "0" * 32),
        ({"roles": [{"name": "nope"}]}, 404, "Role nope is not defined"),
        ({"roles": []}, 403, f"{NOT_AUTHORIZED}: At least one role should be specified."),
        ({"impersonation": None}, 400, "'impersonation' is a required property"),
        ({"trustee_user_id": "0" * 32}, 404, "Could not find user: " + "0" * 32),
        ({"project_id": "0" * 32}, 404, "Could not find project: " + "0" * 32),
        ({"expires_at": "x"}, 400, "Timestamp not in expected format."),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 400, "The 'expires_at' must not be before now."),
        ({"remaining_uses": 0}, 400, "0 is less than the minimum of 1"),
    ],
)
def test_an_invalid_trust_is_rejected(
    ask: Callable[..., requests.Response], changes: dict[str, Any], status: int, said: str
) -> None:
    response = ask(**changes)
    assert response.status_code == status
    assert said in message(response)


def test_nobody_delegates_a_role_without_having_it(clouds: Clouds, ask: Callable[..., requests.Response]) -> None:
    admin, member = role_id(clouds, "admin"), role_id(clouds, "member")
    response = ask(roles=[{"id": admin}])
    assert (response.status_code, message(response)) == (404, f"Could not find role: {admin}.")
    response = ask(project_id=person(clouds.alt).project_id)
    assert (response.status_code, message(response)) == (404, f"Could not find role: {member}.")


@pytest.mark.parametrize("name", ["alt", "admin"])
def test_nobody_creates_a_trust_for_another_trustor(
    clouds: Clouds, ask: Callable[..., requests.Response], name: str
) -> None:
    response = ask(person(getattr(clouds, name)).keystone)
    assert (response.status_code, message(response)) == (403, f"{NOT_AUTHORIZED}: identity:create_trust.")


def test_each_party_lists_its_own_and_only_an_administrator_all(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person
) -> None:
    made = trust()
    given, taken = f"{TRUSTS}?trustor_user_id={trustor.id}", f"{TRUSTS}?trustee_user_id={trustee.id}"
    for who, path in ((trustor, given), (trustee, taken), (person(clouds.admin), TRUSTS)):
        rows = {row["id"]: row for row in who.keystone.ask("GET", path).json()["trusts"]}
        assert "roles" not in rows[made["id"]]
    for who, path, policy in (
        (trustor, TRUSTS, "list_trusts"),
        (trustee, given, "list_trusts_for_trustor"),
        (trustor, taken, "list_trusts_for_trustee"),
    ):
        response = who.keystone.ask("GET", path)
        assert (response.status_code, message(response)) == (403, f"{NOT_AUTHORIZED}: identity:{policy}.")


def test_a_trust_is_not_found_by_others(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], request: pytest.FixtureRequest
) -> None:
    path = f"{TRUSTS}/{trust()['id']}"
    stranger = clouds.admin.identity.create_user(name="contract-stranger", domain_id="default", password="p")
    request.addfinalizer(lambda: clouds.admin.identity.delete_user(stranger))
    url = person(clouds.demo).keystone.url
    token = Keystone(url).authenticate({"id": stranger.id, "password": "p"}).headers["X-Subject-Token"]
    response = Keystone(url, token).ask("GET", path)
    assert (response.status_code, message(response)) == (403, f"{NOT_AUTHORIZED}: identity:get_trust.")


@pytest.mark.parametrize("name", ["demo", "trustor's name"])
def test_a_deleted_trust_ends_its_tokens(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person, name: str
) -> None:
    """The trustor deletes it, or the trustee on behalf of the trustor, as Heat does."""
    made = trust()
    path, gone = f"{TRUSTS}/{made['id']}", f"Could not find trust: {made['id']}."
    bearer = acting(trustee, made["id"])
    refused = trustee.keystone.ask("DELETE", path)
    assert (refused.status_code, message(refused)) == (403, f"{NOT_AUTHORIZED}: identity:delete_trust.")
    assert (trustor.keystone if name == "demo" else bearer).ask("DELETE", path).status_code == 204
    for method in ("GET", "DELETE"):
        response = trustor.keystone.ask(method, path)
        assert (response.status_code, message(response)) == (404, gone)
    validated = person(clouds.admin).keystone.ask("GET", "/auth/tokens", subject=bearer.token)
    assert (validated.status_code, message(validated)) == (404, gone)
    assert trustee.keystone.authenticate(trustee.credentials, scope(made["id"])).status_code == 401


def test_a_token_for_a_trust_gives_neither_tokens_nor_trusts(
    trust: Callable[..., dict[str, Any]], ask: Callable[..., requests.Response], trustor: Person, trustee: Person
) -> None:
    made = trust()
    bearer = acting(trustee, made["id"])
    assert bearer.token
    for wanted in (None, scope(made["id"]), {"project": {"id": trustor.project_id}}):
        response = bearer.reauthenticate(bearer.token, wanted)
        assert response.status_code == 403
        assert message(response).startswith(f"{NOT_AUTHORIZED}: Using trust-scoped token to create another token.")
    assert ask(bearer).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "status", "reason"),
    [
        (scope("nope"), 401, "unknown trust"),
        ({"OS-TRUST:trust": {}}, 400, "the id is missing"),
    ],
)
def test_a_scope_with_an_invalid_trust_is_rejected(
    trustee: Person, wanted: dict[str, Any], status: int, reason: str
) -> None:
    assert trustee.keystone.authenticate(trustee.credentials, wanted).status_code == status, reason


def test_only_the_trustee_gets_a_token_for_a_trust(trust: Callable[..., dict[str, Any]], trustor: Person) -> None:
    response = trustor.keystone.authenticate(trustor.credentials, scope(trust()["id"]))
    assert (response.status_code, message(response)) == (403, f"{NOT_AUTHORIZED}.")


def test_a_trust_with_a_use_gives_one_token(
    ask: Callable[..., requests.Response], passing: Person, trustee: Person
) -> None:
    limits = {"remaining_uses": 1, "expires_at": "2100-01-01T00:00:00Z"}
    made = ask(passing.keystone, trustor_user_id=passing.id, project_id=passing.project_id, **limits).json()["trust"]
    assert (made["remaining_uses"], made["expires_at"]) == (1, "2100-01-01T00:00:00.000000Z")
    acting(trustee, made["id"])
    assert passing.keystone.ask("GET", f"{TRUSTS}/{made['id']}").status_code == 404
    assert passing.keystone.ask("DELETE", f"{TRUSTS}/{made['id']}").status_code == 404
    assert trustee.keystone.authenticate(trustee.credentials, scope(made["id"])).status_code == 401


def test_a_trustee_loses_the_role_when_the_trustor_does(
    clouds: Clouds, ask: Callable[..., requests.Response], passing: Person, trustee: Person
) -> None:
    """Disabling and deleting the trustor have the same effect; the trust of a deleted one is not found."""
    identity, admin = clouds.admin.identity, person(clouds.admin).keystone
    made = ask(passing.keystone, trustor_user_id=passing.id, project_id=passing.project_id).json()["trust"]
    bearer = acting(trustee, made["id"])
    identity.unassign_project_role_from_user(passing.project_id, passing.id, identity.find_role("member"))
    assert admin.ask("GET", "/auth/tokens", subject=bearer.token).status_code == 403
    assert trustee.keystone.authenticate(trustee.credentials, scope(made["id"])).status_code == 403
    identity.delete_user(passing.id)
    assert admin.ask("GET", f"{TRUSTS}/{made['id']}").status_code == 404
    assert admin.ask("GET", "/auth/tokens", subject=bearer.token).status_code == 404


@pytest.mark.mini_only("needs a manual clock")
def test_a_trust_expires_and_its_tokens_with_it(
    trust: Callable[..., dict[str, Any]], trustor: Person, trustee: Person, mini: Mini
) -> None:
    made = trust(expires_at=timestamp(mini.clock.now() + 60))
    bearer = acting(trustee, made["id"])
    assert bearer.ask("GET", "/auth/projects").status_code == 200
    mini.advance(61)
    assert bearer.ask("GET", "/auth/projects").status_code == 401
    assert trustor.keystone.ask("GET", f"{TRUSTS}/{made['id']}").status_code == 404
    assert trustee.keystone.authenticate(trustee.credentials, scope(made["id"])).status_code == 401


def test_a_token_for_a_trust_works_at_the_services(
    clouds: Clouds, trust: Callable[..., dict[str, Any]], trustee: Person
) -> None:
    """What the trustee creates belongs to the trustor's project."""
    bearer = acting(trustee, trust()["id"])
    endpoint = clouds.demo.session.get_endpoint(service_type="network", region_name=clouds.demo.config.region_name)
    headers = {"X-Auth-Token": bearer.token or ""}
    response = requests.get(f"{endpoint.rstrip('/')}/v2.0/security-groups", headers=headers, timeout=30)
    owners = {group["project_id"] for group in response.json()["security_groups"]}
    assert owners == {clouds.demo.session.get_project_id()}
