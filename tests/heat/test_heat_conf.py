"""The configuration of the lab's Heat."""

import configparser
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from trove_lab.local import heat_conf
from trove_lab.local.errors import DirectoryError
from trove_lab.local.heat_conf import Heat, HeatSite

NAMESPACES = (
    *("heat.common.config", "heat.common.context", "heat.common.crypt", "keystonemiddleware.auth_token"),
    *("oslo.db", "oslo.log", "oslo.messaging", "oslo.middleware.http_proxy_to_wsgi"),
)


@pytest.fixture
def site(tmp_path: Path) -> HeatSite:
    return HeatSite(
        directory=tmp_path,
        api_port=8004,
        auth_url="http://127.0.0.1:1/identity/v3",
        username="heat",
        password="lab",
        project_name="service",
        stack_domain="heat",
        stack_domain_admin="heat_domain_admin",
    )


def unknown(file: Path) -> list[str]:
    """Return the errors that oslo-config-validator, which knows every option, finds in a file."""
    command = [Path(sys.executable).with_name("oslo-config-validator"), "--input-file", file]
    named = [word for namespace in NAMESPACES for word in ("--namespace", namespace)]
    ended = subprocess.run([*command, *named], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return [line for line in ended.stderr.splitlines() if line.startswith("ERROR")]


def test_every_option_is_one_an_operator_may_set(site: HeatSite) -> None:
    """oslo.config ignores unknown options, so a typo would go unnoticed."""
    heat_conf.write(site, Heat(hurry=True))
    # An unknown option proves that the validator works.
    site.config_file.write_text(site.config_file.read_text() + "\n[clients_heat]\nulr = x\n")
    assert unknown(site.config_file) == [
        "ERROR:oslo_config.validator:clients_heat/ulr is not part of the sample config"
    ]


def test_every_option_has_a_comment_with_its_reason(site: HeatSite) -> None:
    heat_conf.write(site, Heat())
    lines = site.config_file.read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if " = " in line:
            assert above.startswith("# "), line


def test_plug_ins_and_further_options_are_written_to_the_files(site: HeatSite) -> None:
    heat_conf.write(site, Heat(plugin_dirs=[Path("/a"), Path("/b")], options={"DEFAULT": {"host": "other"}}))
    parser = configparser.RawConfigParser()
    parser.read([site.config_file, *site.config_directory.iterdir()])
    assert parser["DEFAULT"]["plugin_dirs"] == "/a,/b"
    assert parser["DEFAULT"]["host"] == "other"


def test_only_a_heat_in_a_hurry_never_retries(site: HeatSite) -> None:
    assert "action_retry_limit" not in {each.name for each in heat_conf.options(site, Heat())}
    assert ("action_retry_limit", 0) in {(each.name, each.value) for each in heat_conf.options(site, Heat(hurry=True))}


def test_a_missing_api_paste_file_is_a_clear_error(site: HeatSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat_conf, "INSTALLED", site.directory)
    with pytest.raises(DirectoryError, match="install openstack-heat"):
        heat_conf.write(site, Heat())
