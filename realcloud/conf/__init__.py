"""The configuration of each service: what an operator would write, with a reason for every line."""

from realcloud.conf.write import write

__all__ = ["write"]
