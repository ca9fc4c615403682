"""Which options code reads is found in its source."""

from pathlib import Path

import pytest

from trove_lab.docs.option_uses import options_read


@pytest.mark.parametrize(
    ("source", "read", "reason"),
    [
        ("conf.one", {"one"}, "an option of [DEFAULT]"),
        ("CONF.one or cfg.CONF.two or self._conf.three", {"one", "two", "three"}, "a configuration has many names"),
        ("conf.network.one", {"network.one"}, "an option of a group"),
        ("conf.network", set(), "a group alone is no option"),
        ("conf.one.strip()[conf.two]", {"one", "two"}, "what is done with a value is no option"),
        ("conf[kind.manager].one", {"<datastore>.one"}, "the group of a datastore"),
        ("CONF.get(kind.manager).one", {"<datastore>.one"}, "the same, asked for otherwise"),
        ('conf[f"{service}_url"]', {"<service>_url"}, "a name that is put together"),
        ('conf["one"]', {"one"}, "a name that is not"),
        ("def f():\n    group = conf.network\n    group.one", {"network.one"}, "a group by a name of its own"),
        ("def g(given):\n    given.one\ng(conf.network)", {"network.one"}, "a group that is handed on"),
        ("def f():\n    kind = conf[a]\n    [kind.one for _ in b]", {"<datastore>.one"}, "a datastore's group, too"),
        ("conf.register_opts(options)\nconfiguration.one", set(), "neither is an option"),
    ],
)
def test_what_is_read_is_found(source: str, read: set[str], reason: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(source)
    assert options_read(tmp_path, {"network"}) == read, reason
