"""The page of the options: ours, and what Trove's own mean for us."""

import io
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from oslo_config import cfg, generator

from trove_lab.docs import markdown
from trove_lab.docs.option_uses import DATASTORE, options_read
from trove_lab.docs.trove_options import READ, THROUGH_TROVE, WITHOUT_EFFECT, Meaning
from trove_resources import plugin

OURS, TROVES = "trove_resources", "trove.config"
"""The namespaces, as ``oslo-config-generator`` knows them."""
EXAMPLE_DATASTORE: Final = "mysql"
"""Whose defaults are shown for those of all datastores."""

_HEAD = """\
# Options

This page is generated, by `make docs`. Options stand in `trove.conf`, or in a file of `trove.conf.d`; a sample of
ours is written by `oslo-config-generator --namespace trove_resources`.
"""
_TROVES = """\
## Trove's own

They mean what they mean to stock Trove. Those that a resource manager heeds, or the plug-in around it, with Trove's
defaults; where no group is named it is `[DEFAULT]`, and `[<datastore>]` is the group of the instance's datastore,
with the default of `[mysql]`.
"""


class OptionsUntoldError(Exception):
    """The plug-in reads options of which the page does not tell, or the page tells of such as are not read."""

    def __init__(self, untold: set[str], unread: set[str]) -> None:
        said = [f"no meaning for {', '.join(sorted(untold))}"] if untold else []
        said += [f"nobody reads {', '.join(sorted(unread))}"] if unread else []
        super().__init__(f"trove_lab.docs.trove_options.READ: {'; '.join(said)}")


def page() -> str:
    """Return the page. Raises OptionsUntoldError, and KeyError for an option Trove does not have."""
    ours, troves = _options(OURS), _options(TROVES)
    _check_told(ours)
    topics = ([f"### {topic}", "", *_meanings(meanings, troves)] for topic, meanings in READ.items())
    return markdown.page(
        [_HEAD.rstrip()],
        ["## Ours", "", *markdown.table(("option", "type", "default", ""), _own(ours))],
        [_TROVES.rstrip()],
        *topics,
        ["### Through Trove's own code", "", *_meanings(THROUGH_TROVE, troves)],
        ["### Without effect", "", *_meanings(WITHOUT_EFFECT, troves)],
    )


def read_in_plugin() -> frozenset[str]:
    """Return the options that the plug-in reads, Trove's and ours."""
    groups = {name.partition(".")[0] for name in (*_options(TROVES), *_options(OURS)) if "." in name}
    return options_read(Path(next(iter(plugin.__path__))), groups)


def told() -> frozenset[str]:
    """Return the names by which the plug-in reads the options that the page tells of."""
    return frozenset(name for meanings in READ.values() for meaning in meanings for name in meaning.read)


def _check_told(ours: Container[str]) -> None:
    read = {name for name in read_in_plugin() if name not in ours}
    if read != told():
        raise OptionsUntoldError(read - told(), set(told() - read))


def _options(namespace: str) -> dict[str, dict[str, Any]]:
    """Return the options of a namespace by their names, ``option`` or ``group.option``."""
    conf, written = cfg.ConfigOpts(), io.StringIO()
    generator.register_cli_opts(conf)
    conf(["--namespace", namespace, "--format", "json"], default_config_files=[], default_config_dirs=[])
    generator.generate(conf, written)
    groups = json.loads(written.getvalue())["options"]
    return {
        option["dest"] if group == "DEFAULT" else f"{group}.{option['dest']}": option
        for group, known in groups.items()
        for option in known["opts"]
    }


def _own(options: Mapping[str, Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    for name, option in options.items():
        kind = str(option["type"]).removesuffix(" value")
        yield _written(name), kind, _default(option), " ".join(option["help"].split())


def _meanings(meanings: Sequence[Meaning], troves: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = (
        (
            ", ".join(_written(name) for name in meaning.options),
            ", ".join(dict.fromkeys(filter(None, (_default(_option(troves, name)) for name in meaning.options)))),
            markdown.sentence(meaning.means),
        )
        for meaning in meanings
    )
    return markdown.table(("option", "default", ""), rows)


def _option(options: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return options[name.replace(DATASTORE, EXAMPLE_DATASTORE)]


def _written(name: str) -> str:
    """Return an option as an operator finds it."""
    group, _, option = name.rpartition(".")
    return markdown.code(f"[{group}] {option}" if group else option)


def _default(option: Mapping[str, Any]) -> str:
    default = option["default"]
    if isinstance(default, list):
        default = ",".join(map(str, default))
    return "" if default in (None, "") else markdown.code(str(default))
