"""The configuration of each service, as an operator would write it, with a reason for every option."""

from realcloud.conf.write import write

__all__ = ["write"]
