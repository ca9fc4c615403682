"""python-troveclient, imported without its noise: it imports eventlet where that is installed, and eventlet warns."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from troveclient.v1.client import Client

__all__ = ["Client"]
