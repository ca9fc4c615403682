"""Serves one API: run in the services' environment as ``python wsgi.py MODULE PORT THREADS``.

Each has an interpreter of its own, as with ``uwsgi``, but nothing has to be compiled. It knows nothing of the rest of
this package, which is not installed there.
"""

import importlib
import os
import signal
import sys

from cheroot import wsgi

HOST = "127.0.0.1"


def main() -> None:
    """Import the application, which reads its configuration then, and serve it until SIGTERM."""
    module, port, threads = sys.argv[1:]
    # Applications look for options of their own in the arguments.
    sys.argv[1:] = []
    application = importlib.import_module(module).application
    server = wsgi.Server((HOST, int(port)), application, numthreads=int(threads), request_queue_size=100, timeout=600)
    # Requests hold nothing that a farewell would save.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.start()


if __name__ == "__main__":
    main()
