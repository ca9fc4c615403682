"""minicloud: an OpenStack cloud in one process. It serves the APIs over HTTP and keeps its state in memory."""
