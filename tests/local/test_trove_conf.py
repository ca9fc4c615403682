"""The configuration of the lab's Trove."""

import configparser
import itertools
from pathlib import Path

import pytest
from keystonemiddleware.auth_token import list_opts as authtoken_options
from oslo_config import cfg
from oslo_db import options as database_options
from trove.common import cfg as trove_cfg

from trove_lab.local import trove_conf
from trove_lab.local.errors import DirectoryError
from trove_lab.local.trove_conf import Site
from trove_resources import conf as our_options


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(
        directory=tmp_path,
        api_port=8779,
        auth_url="http://127.0.0.1:1/identity/v3",
        username="trove",
        password="lab",
        project_name="service",
        project_id="p",
        management_network_id="m",
        public_network_id="q",
        zone_id="z",
        zone_name="db.example.test.",
    )


def known() -> set[tuple[str, str]]:
    """Return the options that an operator may set, by group and name."""
    lists = [*trove_cfg.list_opts(), *authtoken_options(), *database_options.list_opts(), *our_options.list_opts()]
    names = {(str(group or "DEFAULT"), option.dest) for group, some in lists for option in some}
    elsewhere = {
        ("DEFAULT", "transport_url"),
        ("DEFAULT", "log_file"),
        ("oslo_messaging_notifications", "driver"),
        ("keystone_authtoken", "auth_type"),
    }
    account = ("auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")
    return names | elsewhere | {("keystone_authtoken", name) for name in account}


def test_every_option_is_one_an_operator_may_set(site: Site) -> None:
    """oslo.config ignores unknown options, so it would not report a typo."""
    unknown = [(each.group, each.name) for each in trove_conf.options(site)]
    assert [each for each in unknown if each not in known()] == []


def test_every_option_has_its_reason_above_it(site: Site) -> None:
    trove_conf.write(site, {})
    lines = site.config_file.read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if " = " in line:
            assert above.startswith("# "), line


def test_drop_ins_override_the_main_file_in_the_order_of_their_names(site: Site) -> None:
    trove_conf.write(site, {"90-b": {"DEFAULT": {"host": "last"}}, "10-a": {"DEFAULT": {"host": "first"}}})
    conf = cfg.ConfigOpts()
    conf.register_opt(cfg.StrOpt("host"))
    conf(["--config-file", str(site.config_file), "--config-dir", str(site.config_directory)], project="x")
    assert conf.host == "last"


def test_drop_ins_of_an_earlier_start_are_removed(site: Site) -> None:
    trove_conf.write(site, {"10-old": {"DEFAULT": {"host": "old"}}})
    trove_conf.write(site, {"20-new": {"DEFAULT": {"host": "new"}}})
    assert [path.name for path in site.config_directory.iterdir()] == ["20-new.conf"]


def test_the_main_file_can_be_parsed(site: Site) -> None:
    trove_conf.write(site, {})
    parser = configparser.RawConfigParser()
    parser.read(site.config_file)
    assert parser["DEFAULT"]["bind_port"] == "8779"
    assert parser["service_credentials"]["project_id"] == "p"


def test_a_missing_pipeline_of_trove_is_a_clear_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trove_conf, "PASTE", site.directory / "api-paste.ini")
    with pytest.raises(DirectoryError, match="install trove"):
        trove_conf.write(site, {})
