"""Loading the kernels: from the cache where they are, else compiled, by one process at a time."""

import fcntl
import hashlib
import importlib
import logging
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from encoder.glyphs import cache_folder, sources_digest

_log: Final = logging.getLogger(__name__)

_MODULES = ("encoder.glyphs.transform", "encoder.glyphs.restore")
"""Between them they import every kernel module, and importing one compiles it."""


def load_kernels(modules: tuple[str, ...] = _MODULES) -> None:
    """Imports every kernel module of the transform, or those named. The first process to do so compiles them, and others wait for it; each says so as a warning
    to the logger of this module, which Python shows on standard error unless told otherwise.
    """
    stamp = cache_folder() / f"compiled-{_digest(modules)}"
    if stamp.exists():
        _import(modules)
        return
    _log.warning("glyph: compiling the kernels for this machine, once; it takes a while (`glyph warm` does it ahead)")
    with _only_one(cache_folder() / "compiling.lock"):
        _import(modules)
        stamp.touch()


def _import(modules: tuple[str, ...]) -> None:
    for module in modules:
        importlib.import_module(module)


def _digest(modules: tuple[str, ...]) -> str:
    """What the compiled code depends on."""
    facts = f"{sources_digest()} {modules} {platform.python_version()} {platform.machine()} {version('numba')}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # released when the file closes, and by the system if the process dies
        yield
