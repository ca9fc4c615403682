"""The options that code reads are found in its source."""

from pathlib import Path

import pytest

from trove_lab.docs.option_uses import options_read


@pytest.mark.parametrize(
    ("source", "read", "reason"),
    [
        ("conf.one", {"one"}, "options of [DEFAULT]"),
        ("CONF.one or cfg.CONF.two or self._conf.three", {"one", "two", "three"}, "a configuration has several names"),
        ("conf.network.one", {"network.one"}, "an option of a group"),
        ("conf.network", set(), "a group is not an option"),
        ("conf.one.strip()[conf.two]", {"one", "two"}, "an attribute of a value is not an option"),
        ("conf[kind.manager].one", {"<datastore>.one"}, "the group of a datastore"),
        ("CONF.get(kind.manager).one", {"<datastore>.one"}, "the same group, read with get()"),
        ('conf[f"{service}_url"]', {"<service>_url"}, "a composed name"),
        ('conf["one"]', {"one"}, "a literal name"),
        ("def f():\n    group = conf.network\n    group.one", {"network.one"}, "a group in a variable"),
        ("def g(given):\n    given.one\ng(conf.network)", {"network.one"}, "a group as an argument"),
        (
            "def f():\n    kind = conf[a]\n    [kind.one for _ in b]",
            {"<datastore>.one"},
            "the group of a datastore in a variable",
        ),
        ("conf.register_opts(options)\nconfiguration.one", set(), "neither one is an option"),
    ],
)
def test_options_that_are_read_are_found(source: str, read: set[str], reason: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(source)
    assert options_read(tmp_path, {"network"}) == read, reason
