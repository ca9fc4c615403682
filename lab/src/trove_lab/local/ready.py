"""How a child process reports that its API answers."""

import os
import socket
import threading

READY = b"ready\n"


def report_ready(host: str, port: int, ready_fd: int) -> None:
    """Wait until the port accepts connections, then write to the pipe. The parent enforces a timeout."""
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            break
        except OSError:
            threading.Event().wait(0.02)
    os.write(ready_fd, READY)
    os.close(ready_fd)
