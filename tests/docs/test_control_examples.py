"""Every ``curl`` command in the documentation that calls the control API works as written."""

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.seed import seed
from trove_lab.cloud.server import CloudServer

ROOT = Path(__file__).parents[2]
DOCUMENTED = "localhost:15000"


def _examples() -> Iterator[tuple[str, str]]:
    """Yield the page and the text of each command. A command is indented, and ends with the last closing quote."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(r"^    (curl [^'\n]*(?:'[^']*'[^'\n]*)*)$", text, re.MULTILINE):
            if "/_control/" in found[1]:
                yield page.name, found[1]


EXAMPLES = list(_examples())


def _parse(command: str) -> argparse.Namespace:
    curl = argparse.ArgumentParser()
    curl.add_argument("url")
    curl.add_argument("-X", dest="method", default="GET")
    curl.add_argument("-d", dest="data")
    return curl.parse_args(shlex.split(command, comments=True)[1:])


@pytest.fixture
def url() -> Iterator[str]:
    with CloudServer(Cloud(seed=seed)) as server:
        yield server.url


def test_every_endpoint_with_a_request_body_has_an_example() -> None:
    asked = {_parse(command).url.partition("/_control/")[2] for _, command in EXAMPLES if "-d" in command}
    assert asked >= {"durations", "faults", "guests"}


@pytest.mark.parametrize(("page", "command"), EXAMPLES, ids=[f"{page}-{n}" for n, (page, _) in enumerate(EXAMPLES)])
def test_a_documented_command_works_as_written(page: str, command: str, url: str) -> None:
    example = _parse(command)
    assert example.url.startswith(DOCUMENTED), f"{page} calls another address: {example.url}"
    asked = url + example.url.removeprefix(DOCUMENTED)
    # The content type that curl -d sends.
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if example.data else {}
    response = requests.request(example.method, asked, data=example.data, headers=headers, timeout=30)
    assert response.ok, f"{page}: {command}: {response.text}"
    if example.data:
        posted = json.loads(example.data)
        shown = requests.get(asked, timeout=30).json()
        assert posted.items() <= (shown if "durations" in asked else next(iter(shown.values()))[-1]).items()
