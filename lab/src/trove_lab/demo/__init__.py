"""The main job: what an operator's user does with a database instance, shown and measured."""
