"""The page of the options explains everything that the plug-in reads."""

import re
from pathlib import Path

import pytest

from trove_lab.docs import options, trove_options
from trove_resources import conf, plugin

GROUPS = {"keystone_authtoken", "network", "service_credentials", "trove_resources"}
WRITTEN = re.compile(rf"\b(?:conf|CONF)\.((?:{'|'.join(GROUPS)})\.)?([a-z_]+)\b(?!\()")
"""The most frequent way to read an option."""


def test_every_option_the_plug_in_reads_is_on_the_page() -> None:
    """The options are found by a search in the text, independently of the page's own method."""
    sources = [path.read_text(encoding="utf-8") for path in Path(next(iter(plugin.__path__))).rglob("*.py")]
    read = {match[2] for source in sources for match in WRITTEN.finditer(source)} - GROUPS
    page = options.page()
    assert len(read) > 25
    assert not [name for name in sorted(read) if not re.search(rf"`(\[\w+\] )?{name}`", page)]


def test_each_of_our_options_is_on_the_page() -> None:
    page = options.page()
    ours = [option.name for _, known in conf.list_opts() for option in known]
    assert "resource_manager" in ours
    assert not [name for name in ours if f" {name}`" not in page and f"`{name}`" not in page]


def test_an_option_without_an_explanation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {topic: meanings for topic, meanings in trove_options.READ.items() if topic != "Volumes"}
    monkeypatch.setattr(options, "READ", without)
    with pytest.raises(options.OptionsPageError, match="no meaning for block_device_mapping, cinder_volume_type"):
        options.page()


def test_an_explained_option_that_is_not_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**trove_options.READ, "More": [trove_options.Meaning(("bind_port",), "where the API is")]}
    monkeypatch.setattr(options, "READ", more)
    with pytest.raises(options.OptionsPageError, match="nobody reads bind_port"):
        options.page()


def test_an_option_that_trove_does_not_have_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "WITHOUT_EFFECT", [trove_options.Meaning(("no_such_option",), "nothing")])
    with pytest.raises(KeyError, match="no_such_option"):
        options.page()
