"""Resource managers are found by entry point, by path, and by the paths in the original specification."""

import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import cast

import pytest
from oslo_config import cfg
from stevedore import _cache
from stevedore.extension import ExtensionManager

from plugin.toy import install
from toy_manager import Toy
from trove_resources import conf as our_conf
from trove_resources import contract, managers
from trove_resources.clouds import Clouds
from trove_resources.errors import UnknownManagerError, UnusableManagerError
from trove_resources.inventory import InstanceRef
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec, ServerSpec


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory that packages are imported from. Entry points are not cached before and after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(ExtensionManager, "ENTRY_POINT_CACHE", {})
    monkeypatch.setattr("stevedore._cache._c", _cache.Cache(str(tmp_path / "cache")))
    yield tmp_path
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


TOY: Mapping[str, str] = {"toy": "toybox:Toy"}


def test_a_third_party_manager_needs_only_an_entry_point(packages: Path) -> None:
    install(packages, TOY)
    assert "toy" in managers.names()
    toy = managers.load("toy")(cast("Clouds", None), Settings())
    spec = InstanceSpec(
        instance_id="i",
        tenant_id="t",
        server=ServerSpec(name="s", flavor_id="f", image_id="m", metadata={}, tags=()),
        user_data=lambda _: "",
    )
    toy.provision(spec)
    instance = InstanceRef(instance_id="i", tenant_id="t")
    assert [server.name for server in toy.observe(instance).servers] == ["s"]
    toy.delete(instance)
    assert toy.observe(instance).is_empty
    assert contract.supported(type(toy)) == {"provision", "delete", "observe"}


@pytest.mark.parametrize("path", ["toybox.Toy", "toybox:Toy"])
def test_a_manager_is_found_by_path_or_by_name(path: str, packages: Path) -> None:
    install(packages, {})
    assert managers.load(path).name == "toy"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("trove.taskmanager.resources.native.Native", "native"),
        ("trove.taskmanager.resources.natives.Natives", "native"),
        ("trove.taskmanager.resources.orchestrator.Orchestrator", "orchestrator"),
        ("trove.taskmanager.resources.migration.Migration", "migration"),
    ],
)
def test_the_paths_of_the_original_specification_name_the_managers(path: str, name: str, packages: Path) -> None:
    (packages / "spelled.py").write_text(
        f"""from trove_resources.contract import ResourceManager\n\nclass Spelled(ResourceManager): name = {name!r}\n"""
    )
    ours = {each.name for each in metadata.entry_points(group=managers.NAMESPACE)}
    install(packages, {} if name in ours else {name: "spelled:Spelled"})
    assert managers.load(path) is managers.load(name)
    assert managers.load(path).name == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tot", "no such name"),
        ("", "no name at all"),
        ("Toy", "names are case-sensitive"),
        ("toybox.Tot", "no such class"),
        ("toybox:", "no class at all"),
        ("nowhere.Toy", "no such module"),
        ("toybox.deeper.Toy", "the module is not a package"),
        (".Toy", "no module at all"),
        ("trove.taskmanager.resources.native.native", "not a path of the specification"),
    ],
)
def test_an_unknown_name_is_rejected_with_the_installed_names_listed(name: str, reason: str, packages: Path) -> None:
    install(packages, TOY)
    with pytest.raises(UnknownManagerError, match=r"installed are .*\btoy\b") as caught:
        managers.load(name)
    assert caught.value.name == name, reason


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("toybox.Impostor", "<class 'toybox.Impostor'> is not a subclass of trove_resources.contract.ResourceManager"),
        ("toybox.Nameless", "the class must have a name of its own, of at most 64 characters"),
        ("toyless.Toy", "cannot be loaded: No module named 'nothing_of_this_name'"),
        ("toybroken.Toy", "cannot be loaded: RuntimeError: no toys today"),
        ("module", "<module 'toybox' .* is not a subclass"),
        ("impostor", "<class 'toybox.Impostor'> is not a subclass"),
        ("other", "the class has the name 'toy'; it must be the name of the entry point"),
        ("less", "cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("broken", "cannot be loaded: RuntimeError: no toys today"),
        ("lost", "cannot be loaded: AttributeError: .*Lost"),
    ],
)
def test_a_class_that_is_not_a_resource_manager_is_rejected_with_the_reason(
    name: str, message: str, packages: Path
) -> None:
    entry_points = {
        "module": "toybox",
        "impostor": "toybox:Impostor",
        "other": "toybox:Toy",
        "less": "toyless:Toy",
        "broken": "toybroken:Toy",
        "lost": "toybox:Lost",
    }
    install(packages, entry_points)
    with pytest.raises(UnusableManagerError, match=f"^resource_manager = {name}: {message}"):
        managers.load(name)


def test_a_name_that_two_packages_use_is_rejected(packages: Path) -> None:
    install(packages, TOY)
    install(packages, {"toy": "toybox:Impostor"}, package="another_toy")
    with pytest.raises(UnusableManagerError, match="two packages have a manager of this name"):
        managers.load("toy")


def test_names_are_listed_without_importing_managers(packages: Path) -> None:
    install(packages, {"broken": "toybroken:Toy"})
    assert "broken" in managers.names()


def test_the_options_of_a_manager_are_registered_and_read() -> None:
    conf = cfg.ConfigOpts()
    our_conf.register(conf)
    assert managers.options_of(Toy, conf) == {"toy_name_prefix": ""}
    conf.set_override("toy_name_prefix", "db-", group="trove_resources")
    assert managers.options_of(Toy, conf) == {"toy_name_prefix": "db-"}


def test_an_option_that_exists_already_is_rejected() -> None:
    class Greedy(Toy):
        name = "greedy"
        options = (cfg.IntOpt("task_log"),)

    conf = cfg.ConfigOpts()
    our_conf.register(conf)
    with pytest.raises(UnusableManagerError, match=r"^resource_manager = greedy: declares an option that exists"):
        managers.options_of(Greedy, conf)
