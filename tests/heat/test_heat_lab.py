"""A lab with Heat, and one without."""

import os
import signal
import time
from pathlib import Path

import pytest

from trove_lab.local.errors import ServiceDiedError
from trove_lab.local.heat_conf import Heat
from trove_lab.local.lab import Lab


def test_the_lab_reports_that_heat_has_died_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Lab(tmp_path, heat=Heat()) as lab:
        lab.check()
        os.kill(lab.pids["heat"], signal.SIGKILL)
        with pytest.raises(
            ServiceDiedError, match=r"heat-engine.* exited with status -9; the end of its log .*heat.log"
        ):
            _check_for(5, lab)


def _check_for(seconds: float, lab: Lab) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        lab.check()
        time.sleep(0.02)
