"""Prepare the kernels of the transform: compile them once for a machine, if there is no library.

Blocks that are not transformed do not use this module, so they load neither the library nor numba.
"""

import threading
from functools import cache

_preparing = threading.Lock()
_prepared = False


def prepare_transform() -> None:
    """Sees to it that every kernel of the transform can be called; of processes that start together one compiles."""
    global _prepared  # noqa: PLW0603  once per process
    with _preparing:
        if not _prepared:
            from encoder.glyphs.loading import prepare_kernels  # noqa: PLC0415  for those who transform

            prepare_kernels()
            _prepared = True


def load_transform() -> None:
    """Loads every kernel of the transform now, or compiles it, so that no later block waits for any."""
    prepare_transform()
    from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  as above

    load_kernels()


def is_ready() -> bool:
    """Whether the transform's kernels can be called without waiting for a compiler."""
    return _prepared or _come_compiled()


@cache
def _come_compiled() -> bool:
    """Whether there is a library of them for this machine."""
    from encoder.errors import KernelsError  # noqa: PLC0415  as above
    from encoder.glyphs.kernel import means  # noqa: PLC0415  as above

    try:
        return means().library is not None
    except KernelsError:
        return False
