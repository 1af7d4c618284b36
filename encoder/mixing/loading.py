"""Preparing the mixing kernels, once a process and only when something is really mixed."""

import threading
from typing import Final

_MODULES: Final = ("encoder.mixing.stream", "encoder.mixing.row_body")
"""Between them they import every kernel module of this package."""
_preparing: Final = threading.Lock()
_prepared: Final[set[str]] = set()


def prepare_mixing() -> None:
    """Sees to it that every kernel is compiled; each is loaded when it is first called."""
    with _preparing:
        if not _prepared:
            from encoder.glyphs.loading import prepare_kernels  # noqa: PLC0415  settles numba's cache, for those who mix

            prepare_kernels(_MODULES)
            _prepared.update(_MODULES)


def load_mixing() -> None:
    """Loads every kernel now; compiles what the cache does not have."""
    prepare_mixing()
    from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  as above

    load_kernels(_MODULES)
