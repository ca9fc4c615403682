"""``trove-resources-status``: bad usage, and configurations that cannot be read."""

from pathlib import Path

import oslo_config
import pytest
from status_kit import Shell, Status, shell, status  # noqa: F401 - fixtures

from cli.conftest import unprivileged


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "no configuration of Trove found: no trove.conf where Trove looks for it; use --config-file"),
        (("--config-dir={here}/empty",), "no configuration file in {here}/empty"),
        (("--config-file={here}/none",), "Failed to find some config files: {here}/none"),
        (("--config-file={here}/directory",), "cannot read the configuration file {here}/directory: Is a directory"),
        (("--config-file={here}/hidden",), "Failed to open some config files: {here}/hidden"),
        (("--config-dir={here}/hidden",), "--config-dir {here}/hidden is not a directory"),
        (("--config-file={here}/binary",), "cannot read the configuration: a file is not UTF-8 text: "),
    ],
)
def test_without_a_configuration_nothing_is_checked(
    options: tuple[str, ...],
    message: str,
    odd: Path,
    status: Status,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    (odd / "empty").mkdir()
    with unprivileged():
        code = status.run(*(each.format(here=odd) for each in options), "upgrade", "check")
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (255, "", 1)
    assert said.err.startswith(f"trove-resources-status: {message.format(here=odd)}")


@pytest.mark.parametrize("language", ["bash", "zsh"])
def test_shell_completion_is_printed_or_its_absence_explained(language: str, shell: Shell) -> None:  # noqa: F811
    """It is an option of oslo.config, whose wheels come with the template or without."""
    ended = shell("--shell_completion", language)
    template = Path(oslo_config.__file__).parent / "templates" / f"{language}-completion.template"
    if template.exists():
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "trove-resources-status" in ended.stdout
    else:
        assert (ended.returncode, ended.stdout) == (255, "")
        assert ended.stderr == (
            f"trove-resources-status: --shell_completion is not available: this oslo.config lacks the file {template}\n"
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "the following arguments are required: command"),
        (("upgrade",), "the following arguments are required: check"),
        (("upgrade", "nonsense"), "invalid choice: 'nonsense'"),
        (("--shell_completion",), "argument --shell_completion: expected one argument"),
        (("upgrade", "check", "--frob"), "unrecognized arguments: --frob"),
    ],
)
def test_bad_usage_of_the_check_is_exit_code_2(
    arguments: tuple[str, ...],
    message: str,
    status: Status,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        status.run(*arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
