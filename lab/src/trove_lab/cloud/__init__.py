"""minicloud: an OpenStack cloud in one process, over HTTP, with its state in memory."""
