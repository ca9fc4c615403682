"""Serve one API: run in the services' environment as ``python wsgi.py MODULE PORT THREADS``.

Each API has its own interpreter, as with ``uwsgi``, but nothing needs to be compiled. This module cannot import the
rest of the package, which is not installed in that environment.
"""

import importlib
import os
import signal
import sys

from cheroot import wsgi

HOST = "127.0.0.1"


def main() -> None:
    """Import the application, which then reads its configuration, and serve it until SIGTERM."""
    module, port, threads = sys.argv[1:]
    # Applications parse the arguments for options of their own.
    sys.argv[1:] = []
    application = importlib.import_module(module).application
    server = wsgi.Server((HOST, int(port)), application, numthreads=int(threads), request_queue_size=100, timeout=600)
    # Requests hold nothing that a graceful shutdown would save.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.start()


if __name__ == "__main__":
    main()
