"""Carry out attempts: each in a process tree of its own, watched from outside and always ended whole."""
