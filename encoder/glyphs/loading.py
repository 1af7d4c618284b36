"""Compiling the kernels once for a machine, by one process at a time, and loading them ahead of their use."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from encoder.glyphs.kernel import KERNELS, means

_MODULES = ("encoder.glyphs.transform", "encoder.glyphs.restore", "encoder.glyphs.survey")
"""Between them they import every kernel module."""


def prepare_kernels(modules: tuple[str, ...] = _MODULES) -> None:
    """Sees to it that every kernel of the transform, or of the modules named, can be called. Raises KernelsError.

    There is nothing to do where there is a library of them. Where numba compiles them, the first process does so for
    all, and others wait for it; where nothing can be kept, each compiles what it calls. That is told, once for each
    cache, as a warning to the logger of this module, which Python shows on standard error unless told otherwise.
    """
    if means().library is not None:
        return
    from encoder.glyphs.cache import cache_folder, is_kept  # noqa: PLC0415  for those who compile, as all below

    if not is_kept():
        _tell_that_nothing_is_kept()
        return
    stamp = cache_folder() / f"compiled-{_digest(modules)}"
    if stamp.exists():
        return
    _tell(
        "glyph: compiling the kernels for this machine, once, as %s; it takes a while (`glyph warm` does it ahead)",
        means().why,
    )
    with _only_one(cache_folder() / "compiling.lock"):
        load_kernels(modules)
        stamp.touch()


def _tell(message: str, *values: object) -> None:
    import logging  # noqa: PLC0415

    logging.getLogger(__name__).warning(message, *values)


@cache
def _tell_that_nothing_is_kept() -> None:
    _tell(
        "glyph: compiling the kernels that are used, as %s; nothing is kept, as the cache folder cannot be written "
        "(mend: set NUMBA_CACHE_DIR to one that can)",
        means().why,
    )


def load_kernels(modules: tuple[str, ...] = _MODULES) -> None:
    """Makes every kernel ready now, and compiles what neither the library nor the cache has, so that no later call
    waits for any.
    """
    for module in modules:
        importlib.import_module(module)
    for kernel in KERNELS:
        kernel.settle()


def _digest(modules: tuple[str, ...]) -> str:
    """What the compiled code depends on."""
    import hashlib  # noqa: PLC0415
    import platform  # noqa: PLC0415
    from importlib.metadata import version  # noqa: PLC0415

    from encoder.glyphs.jit import processor  # noqa: PLC0415
    from encoder.glyphs.sources import sources_digest  # noqa: PLC0415

    facts = f"{sources_digest()} {modules} {platform.python_version()} {processor()} {version('numba')}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    import fcntl  # noqa: PLC0415

    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # released when the file closes, and by the system if the process dies
        yield
