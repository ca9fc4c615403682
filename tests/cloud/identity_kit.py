"""Keystone by plain HTTP, for requests that its clients cannot send."""

from dataclasses import dataclass
from typing import Any

import requests
from openstack.connection import Connection

from cloud.conftest import Clouds


@dataclass
class Keystone:
    """Keystone, called with one token or without any."""

    url: str
    token: str | None = None

    def ask(self, method: str, path: str, body: Any = None, *, subject: str | None = None) -> requests.Response:
        """Send a request. ``subject`` is the token that it is about."""
        headers = {"X-Auth-Token": self.token, "X-Subject-Token": subject}
        return requests.request(
            method, f"{self.url}{path}", json=body, headers={k: v for k, v in headers.items() if v}, timeout=30
        )

    def authenticate(self, user: dict[str, Any], scope: Any = None) -> requests.Response:
        """Request a token with a password."""
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
        return self.ask("POST", "/auth/tokens", {"auth": auth | ({"scope": scope} if scope else {})})

    def reauthenticate(self, token: str, scope: Any = None) -> requests.Response:
        """Request a token with a token."""
        auth = {"identity": {"methods": ["token"], "token": {"id": token}}}
        return self.ask("POST", "/auth/tokens", {"auth": auth | ({"scope": scope} if scope else {})})


@dataclass
class Person:
    """A user of the cloud under test, with Keystone called as that user."""

    id: str
    project_id: str
    password: str
    keystone: Keystone

    @property
    def credentials(self) -> dict[str, str]:
        """What authentication with a password needs."""
        return {"id": self.id, "password": self.password}


def person(connection: Connection) -> Person:
    """Return the user of a connection."""
    session = connection.session
    return Person(
        id=session.get_user_id(),
        project_id=session.get_project_id(),
        password=connection.config.config["auth"]["password"],
        keystone=Keystone(session.auth.auth_url.rstrip("/"), session.get_token()),
    )


def role_id(clouds: Clouds, name: str) -> str:
    """Return the id of a role."""
    return str(clouds.admin.identity.find_role(name, ignore_missing=False).id)


def message(response: requests.Response) -> str:
    """Return the message of an error."""
    return str(response.json()["error"]["message"])
