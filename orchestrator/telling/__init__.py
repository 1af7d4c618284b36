"""Notify others of a run: what is news, who gets it and how, and which messages could not be sent."""
