"""Simulated guests on a cloud of real services: the lab's own, in a process beside Trove's, over RabbitMQ."""
