"""Runs a plan: decides what is next, has it done, records what happened, judges at the end."""
