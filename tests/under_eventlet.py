"""pytest under eventlet's monkey-patching, as services of OpenStack may run: ``python tests/under_eventlet.py ARGUMENTS``."""

import sys
import warnings

with warnings.catch_warnings():
    # eventlet warns of its own end when it is imported.
    warnings.simplefilter("ignore")
    import eventlet

    eventlet.monkey_patch()

import pytest  # noqa: E402 - everything else comes after the patching

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
