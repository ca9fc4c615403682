"""Assertions in the kits report the values that they compare."""

import pytest

pytest.register_assert_rewrite("fleet_kit", "fleet_operations")
