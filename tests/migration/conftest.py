"""Assertions of the helpers say what they saw, too."""

import pytest

pytest.register_assert_rewrite("fleet_kit", "fleet_operations")
