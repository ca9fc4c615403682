"""``clouds.yaml``, which tells OpenStack's clients where the cloud is and which accounts it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from trove_lab.local.trove_conf import DOMAIN, REGION


@dataclass(frozen=True, slots=True)
class Account:
    """A user and the project it works in."""

    user: str
    project: str


def write(path: Path, *, auth_url: str, password: str, accounts: Iterable[Account]) -> None:
    """Write a ``clouds.yaml`` with one cloud per account, named after its user."""
    path.write_text(
        yaml.safe_dump({"clouds": {each.user: _cloud(auth_url, password, each) for each in accounts}}, sort_keys=False)
    )


def _cloud(auth_url: str, password: str, account: Account) -> Mapping[str, object]:
    return {
        "region_name": REGION,
        "identity_api_version": 3,
        "auth": {
            "auth_url": auth_url,
            "username": account.user,
            "password": password,
            "project_name": account.project,
            "user_domain_name": DOMAIN,
            "project_domain_name": DOMAIN,
        },
    }
