"""The lab's simulated guests on a cloud of real services: in a process of their own, over RabbitMQ."""
