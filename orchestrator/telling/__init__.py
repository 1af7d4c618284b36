"""Telling others of a run: what is news, to whom it goes and by what, and what could not be told."""
