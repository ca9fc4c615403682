"""Our options: in the generated sample, in the drop-in, and registered."""

import subprocess
import sys
from pathlib import Path

import pytest
from oslo_config import cfg

from trove_resources import conf as options

SAMPLE = Path(__file__).parents[2] / "etc" / "trove.conf.d" / "50-trove-resources.conf"


def read(*arguments: str) -> cfg.ConfigOpts:
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf.register_opt(cfg.StrOpt("taskmanager_manager", default="trove.taskmanager.manager.Manager"))
    conf(arguments, default_config_files=[], default_config_dirs=[])
    return conf


def test_native_is_the_default() -> None:
    assert read().resource_manager == "native"


def test_options_may_be_registered_twice() -> None:
    conf = read()
    conf.clear()
    options.register(conf)


def test_an_override_affects_only_its_own_configuration() -> None:
    read().set_override("task_log", "elsewhere", group="trove_resources")
    assert read().trove_resources.task_log != "elsewhere"


def test_the_sample_drop_in_enables_the_plug_in() -> None:
    conf = read("--config-dir", str(SAMPLE.parent))
    assert (conf.taskmanager_manager, conf.resource_manager) == ("trove_resources.plugin.Manager", "native")


def test_every_option_is_described() -> None:
    assert [option.name for _, group in options.list_opts() for option in group if not option.help] == []


@pytest.mark.parametrize(
    "expected", ["[DEFAULT]", "#resource_manager = native", "[trove_resources]", "#task_log_size = 1000"]
)
def test_the_generator_finds_our_options(expected: str) -> None:
    ended = subprocess.run(  # noqa: S603 - oslo.config's own command
        [Path(sys.executable).parent / "oslo-config-generator", "--namespace", "trove_resources"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert expected in ended.stdout.splitlines()
