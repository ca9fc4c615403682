"""python-troveclient without a warning: it imports eventlet if installed, and eventlet warns on import."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from troveclient.v1.client import Client

__all__ = ["Client"]
