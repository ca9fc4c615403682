"""Resource managers for OpenStack Trove."""

from importlib.metadata import version

__version__ = version("trove-resources")

USER_AGENT = f"trove-resources/{__version__}"
"""What every request of ours to a service says who it is."""
