"""Loading the mixing kernels, once a process and only when something is really mixed."""

import threading
from typing import Final

_MODULES: Final = ("encoder.mixing.stream", "encoder.mixing.row_body")
"""Between them they import every kernel module of this package."""
_loading: Final = threading.Lock()
_loaded: Final[set[str]] = set()


def load_mixing() -> None:
    """Imports every kernel module; compiles what the cache does not have."""
    with _loading:
        if not _loaded:
            from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  settles numba's cache, for those who mix

            load_kernels(_MODULES)
            _loaded.update(_MODULES)
