"""The resource managers that a lab can run: its own, and those of third parties."""

from pathlib import Path

import pytest

from plugin.toy import install
from trove_lab.local.managers import HEAT_WITH_PLUGIN, MANAGERS, choices, manager_of


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install two managers of a third party, one of which needs Heat."""
    install(tmp_path, {"toy": "toybox:Toy", "heated": "toyheated:Heated"})
    (tmp_path / "toyheated.py").write_text(
        "from trove_resources.contract import ResourceManager\n\n"
        "class Heated(ResourceManager):\n    name = 'heated'\n    needs_heat = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("third_party")
def test_those_of_third_parties_can_be_chosen() -> None:
    assert choices() == (*sorted(MANAGERS), "heated", "toy")


@pytest.mark.usefixtures("third_party")
def test_one_of_a_third_party_has_a_heat_if_it_needs_one() -> None:
    assert manager_of("heated").heat is HEAT_WITH_PLUGIN
    assert manager_of("toy").heat is None


@pytest.mark.parametrize("name", ["orchestrator", "elsewhere"])
def test_any_name_is_configured_as_the_resource_manager(name: str) -> None:
    assert manager_of(name).options["DEFAULT"]["resource_manager"] == name


def test_stock_trove_has_no_resource_manager() -> None:
    assert manager_of("stock").options == {}
