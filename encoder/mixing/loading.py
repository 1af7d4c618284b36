"""Preparing the mixing kernels when something is really mixed, and only those of the models that are used."""

import threading
from typing import Final

from encoder.mixing.models import ALIGNED_MODEL, LEAN_MODEL, QUICK_MODEL, ROW_MODELS, SHORT_MODEL

Modules = tuple[str, ...]

TEXT: Final[Modules] = ("encoder.mixing.stream",)
_ROWS: Final = "encoder.mixing.row_body"
_BIT_ROWS: Final[Modules] = (_ROWS, "encoder.mixing.rows")
ROWS: Final = {
    **dict.fromkeys(ROW_MODELS, _BIT_ROWS),
    QUICK_MODEL: (_ROWS, "encoder.mixing.quick_rows"),
    LEAN_MODEL: (_ROWS, "encoder.mixing.lean_rows"),
    SHORT_MODEL: (_ROWS, "encoder.mixing.short_rows"),
    ALIGNED_MODEL: (_ROWS, "encoder.mixing.aligned_rows"),
}
"""By the model of rows. Together these import every kernel module of this package."""
_preparing: Final = threading.Lock()
_prepared: Final[set[Modules]] = set()


def prepare_mixing(modules: Modules = TEXT) -> None:
    """Sees to it that the kernels of `modules` can be called; each is loaded when it is first called."""
    with _preparing:
        if modules not in _prepared:
            from encoder.glyphs.loading import prepare_kernels  # noqa: PLC0415  for those who mix

            prepare_kernels(modules)
            _prepared.add(modules)


def load_mixing() -> None:
    """Loads every kernel now; compiles what neither the library nor the cache has."""
    from encoder.glyphs.loading import load_kernels  # noqa: PLC0415  as above

    for modules in (TEXT, *ROWS.values()):
        prepare_mixing(modules)
        load_kernels(modules)
