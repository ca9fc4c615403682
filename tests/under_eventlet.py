"""Runs pytest with eventlet's monkey-patching, as OpenStack services may run. It accepts pytest's arguments."""

import sys
import warnings

with warnings.catch_warnings():
    # eventlet warns on import that it is deprecated.
    warnings.simplefilter("ignore")
    import eventlet

    eventlet.monkey_patch()

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
