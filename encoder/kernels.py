"""The kernels of the transform made ready: compiled once for a machine, and loaded when they are first called.

A block that is not transformed never comes here, so that it never loads numba.
"""

import threading

_preparing = threading.Lock()
_prepared = False


def prepare_transform() -> None:
    """Sees to it that every kernel of the transform is compiled; of processes that start together one compiles."""
    global _prepared  # noqa: PLW0603  once per process
    with _preparing:
        if not _prepared:
            from encoder.glyphs.loading import prepare_kernels  # noqa: PLC0415  settles numba's cache before it is loaded

            prepare_kernels()
            _prepared = True


def load_transform() -> None:
    """Loads every kernel of the transform from the cache now, or compiles it, so that no later block waits for any."""
    prepare_transform()
    from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  numba is loaded only when it is needed

    load_kernels()


def is_ready() -> bool:
    """Whether the transform's kernels can be called without waiting for a compiler."""
    return _prepared
