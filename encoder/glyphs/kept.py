"""Data that threads keep from block to block, and how it is released."""

import threading
from typing import Final

_KEPT: Final[list[threading.local]] = []


def kept_by_thread() -> threading.local:
    """Where a module keeps, for each thread, what the next block will want again; `drop_kept` empties it."""
    local = threading.local()
    _KEPT.append(local)
    return local


def drop_kept() -> None:
    """Drop what this thread keeps."""
    for local in _KEPT:
        vars(local).clear()
