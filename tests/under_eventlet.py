"""pytest under eventlet's monkey-patching, as services of OpenStack may run; takes pytest's arguments."""

import sys
import warnings

with warnings.catch_warnings():
    # eventlet warns of its own end when it is imported.
    warnings.simplefilter("ignore")
    import eventlet

    eventlet.monkey_patch()

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
