"""A run's state: a pure fold over its events by a table of transitions."""
