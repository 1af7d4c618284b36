"""The plan as a directed graph of tasks: built, drawn and scheduled by pure functions."""
