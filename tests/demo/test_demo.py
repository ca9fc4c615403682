"""The demo as a user runs it: with one manager, with all of them, and the upgrade of a Trove."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.timeout(650)

STEPS = [
    *("create", "resize volume", "resize flavor", "reboot"),
    *("change access", "add replica", "delete replica", "delete"),
]
UPGRADE = [
    *("create two old", "db upgrade", "restart", "resize the old", "reboot the old"),
    *("create two new", "resize the new", "reboot the new", "delete all"),
]
SIDE_BY_SIDE = ["stock", "native", "orchestrator"]
Finished = tuple[subprocess.CompletedProcess[str], dict[str, Any]]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``trove-lab demo``."""
    command = [str(Path(sys.executable).parent / "trove-lab"), "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)  # noqa: S603 - our own


def with_json(path: Path, *arguments: str) -> Finished:
    """Run it, and also return the JSON it wrote."""
    process = demo(*arguments, "--json", str(path))
    return process, json.loads(path.read_text()) if path.exists() else {}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The demo without options."""
    return with_json(tmp_path_factory.mktemp("demo") / "one.json")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The demo with all managers."""
    path = tmp_path_factory.mktemp("demo")
    return with_json(path / "every.json", "--manager", "all", "--svg", str(path / "every.svg"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The upgrade alone."""
    return with_json(tmp_path_factory.mktemp("demo") / "upgrade.json", "--manager", "migration")


def did_everything(report: dict[str, Any], steps: Sequence[str] = STEPS) -> bool:
    """Return whether a manager's report has every step, all successful, and nothing left."""
    return report["leftovers"] == [] and [(step["name"], step["ok"]) for step in report["steps"]] == [
        (name, True) for name in steps
    ]


def table(lines: Sequence[str], steps: Sequence[str] = STEPS, number: int = -1) -> dict[str, list[str]]:
    """Return the cells of a table's rows by step, of the last table unless ``number`` is given."""
    end = lines[[index for index, line in enumerate(lines) if line.startswith("───")][number] + 1 :]
    return {name: line.removeprefix(name).split() for line in end for name in steps if line.startswith(f"{name}  ")}


def check_upgrade(report: dict[str, Any]) -> None:
    """Fail unless a Trove was upgraded, and the right engine managed each instance."""
    assert did_everything(report, UPGRADE)
    engines = {step["name"]: step["engines"] for step in report["steps"]}
    natively, by_heat = dict.fromkeys(("old-1", "old-2"), "native"), dict.fromkeys(("new-1", "new-2"), "orchestrator")
    for step in UPGRADE[:2]:
        assert engines[step] == dict.fromkeys(natively, "stock"), step
    for step in UPGRADE[2:5]:
        assert engines[step] == natively, step
    for step in UPGRADE[5:8]:
        assert engines[step] == by_heat, step
    assert engines["delete all"] == natively | by_heat
    steps = {step["name"]: step for step in report["steps"]}
    assert [name for name in UPGRADE[:3] if steps[name]["calls_by_plugin"].get("compute")] == []
    for about in ("resize", "reboot"):
        assert steps[f"{about} the old"]["calls_by_plugin"]["compute"] > 0
        assert steps[f"{about} the new"]["calls_by_heat"]["compute"] > 0


def test_without_options_native_does_every_step_and_leaves_nothing(one: Finished) -> None:
    process, report = one
    assert process.returncode == 0, process.stdout + process.stderr
    assert report["manager"] == "native"
    assert did_everything(report)


def test_each_step_has_its_calls_by_service(one: Finished) -> None:
    steps = {step["name"]: step for step in one[1]["steps"]}
    assert {"compute", "volume", "network", "dns"} <= set(steps["create"]["calls"])
    assert {"compute", "volume", "network"} <= set(steps["create"]["calls_by_plugin"])
    assert all(step["seconds"] >= 0 and sum(step["calls"].values()) > 0 for step in steps.values())


def test_reads_are_a_part_of_the_calls_and_status_reads_a_part_of_the_reads(one: Finished) -> None:
    for step in one[1]["steps"]:
        assert 0 < sum(step["reads"].values()) < sum(step["calls"].values()), step["name"]
        assert all(count <= step["calls"][service] for service, count in step["reads"].items()), step["name"]
        assert step["status_reads"] <= step["reads"].get("compute", 0) + step["reads"].get("volume", 0), step["name"]
    assert one[1]["steps"][0]["status_reads"] >= 2, "a create waits for a volume and a server"


def test_progress_is_shown_and_then_a_table(one: Finished) -> None:
    lines = one[0].stdout.splitlines()
    assert any("create: building" in line for line in lines)
    assert all(any(line.startswith(f"✔ {name}: ") for line in lines) for name in STEPS)
    assert list(table(lines)) == STEPS
    assert "Nothing is left in the cloud." in lines
    assert max(map(len, lines)) <= 80
    assert one[0].stderr == ""


def test_all_managers_do_every_step_and_leave_nothing(every: Finished) -> None:
    process, report = every
    assert process.returncode == 0, process.stdout + process.stderr
    assert [each["manager"] for each in report["managers"]] == SIDE_BY_SIDE
    assert all(did_everything(each) for each in report["managers"])


def test_each_instance_is_managed_by_its_manager(every: Finished) -> None:
    for report in every[1]["managers"]:
        named = {engine for step in report["steps"] for engine in step["engines"].values()}
        assert named == {report["manager"]}


def test_with_all_managers_a_trove_is_upgraded_at_the_end(every: Finished) -> None:
    process, report = every
    assert report["handover"]["manager"] == "migration"
    check_upgrade(report["handover"])
    lines = process.stdout.splitlines()
    assert list(table(lines, UPGRADE)) == UPGRADE
    assert "Nothing is left in the cloud." in lines
    assert max(map(len, lines)) <= 120


def test_an_upgrade_alone(upgraded: Finished) -> None:
    process, report = upgraded
    assert process.returncode == 0, process.stdout + process.stderr
    assert report["manager"] == "migration"
    check_upgrade(report)
    lines = process.stdout.splitlines()
    rows = table(lines, UPGRADE)
    assert [rows[name][0].rstrip(",") for name in UPGRADE] == [
        *["stock"] * 2,
        *["native"] * 3,
        *["orchestrator"] * 3,
        "native",
    ]
    assert all(any(line.startswith(f"✔ {name}: ") for line in lines) for name in UPGRADE)
    assert max(map(len, lines)) <= 120
    assert process.stderr == ""


def test_stock_trove_sends_no_calls_of_the_plugin(every: Finished) -> None:
    (stock,) = [each for each in every[1]["managers"] if each["manager"] == "stock"]
    assert all(step["calls_by_plugin"] == {} for step in stock["steps"])


def test_all_managers_are_shown_side_by_side(every: Finished) -> None:
    lines = every[0].stdout.splitlines()
    rows = table(lines, number=0)
    assert list(rows) == STEPS
    for index, report in enumerate(every[1]["managers"]):
        for step in report["steps"]:
            seconds, calls = rows[step["name"]][2 * index : 2 * index + 2]
            # The file has milliseconds: rounding them once more may change the last digit.
            assert float(seconds) == pytest.approx(step["seconds"], abs=0.06)
            assert calls == str(sum(step["calls"].values()))
        assert f"{report['manager']}: nothing is left in the cloud." in lines
        labeled = [line for line in lines if line.startswith(f"{report['manager']:<14}✔ ")]
        assert [line.split("✔ ")[1].partition(":")[0] for line in labeled] == STEPS, (
            "each line has the label of its manager"
        )


def text_of(svg: Path) -> str:
    """Return the text of an image. Fail if it is large, refers to other sites, or shows a path of a machine."""
    assert svg.stat().st_size < 300_000
    assert "://" not in svg.read_text().replace("http://www.w3.org/2000/svg", "")
    root = ET.parse(svg).getroot()  # noqa: S314 - our own file
    text = "\n".join(root.itertext()).replace("\xa0", " ")
    assert "/" not in text
    assert "trove-lab demo --manager all" in text
    for name in SIDE_BY_SIDE:
        assert f"{name}: nothing is left in the cloud." in text
    return text


def test_the_svg_shows_the_results_of_all_managers(every: Finished) -> None:
    process, report = every
    text = text_of(Path(process.args[-1]).with_name("every.svg"))
    for step in report["handover"]["steps"]:
        assert f"✔ {step['name']}: {step['seconds']:.1f} s" in text


def test_the_recording_in_the_documentation_shows_every_step() -> None:
    text = text_of(Path(__file__).parents[2] / "docs/images/demo.svg")
    for name in (*STEPS, *UPGRADE):
        assert f"✔ {name}: " in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--manager", "nope"], "invalid choice: 'nope'"),
        (["--durations", "slow"], "invalid choice: 'slow'"),
        (["--json", "/no/such/folder/result.json"], "'/no/such/folder/result.json' cannot be written"),
        (["--svg", "/no/such/folder/demo.svg"], "'/no/such/folder/demo.svg' cannot be written"),
        (["--json"], "expected one argument"),
        (["--nope"], "unrecognized arguments: --nope"),
    ],
)
def test_bad_usage_is_rejected_before_anything_starts(arguments: list[str], message: str) -> None:
    process = demo(*arguments)
    assert process.returncode == 2
    assert message in process.stderr
    assert process.stdout == ""
