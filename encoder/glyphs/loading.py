"""Compiling the kernels once for a machine, by one process at a time, and loading them from the cache ahead of their use."""

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

_MODULES = ("encoder.glyphs.transform", "encoder.glyphs.restore", "encoder.glyphs.survey")
"""Between them they import every kernel module."""


def prepare_kernels(modules: tuple[str, ...] = _MODULES) -> None:
    """Sees to it that every kernel of the transform, or of the modules named, is compiled, for a process that loads those it
    uses when it uses them. The first process to do so compiles them, and others wait for it; each says so as a warning
    to the logger of this module, which Python shows on standard error unless told otherwise.
    """
    stamp = cache_folder() / f"compiled-{_digest(modules)}"
    if stamp.exists():
        return
    _log.warning("glyph: compiling the kernels for this machine, once; it takes a while (`glyph warm` does it ahead)")
    with _only_one(cache_folder() / "compiling.lock"):
        load_kernels(modules)
        stamp.touch()


def load_kernels(modules: tuple[str, ...] = _MODULES) -> None:
    """Loads every kernel now, or compiles what the cache does not have, so that no later call waits for any."""
    for module in modules:
        importlib.import_module(module)
    from encoder.glyphs.kernel import KERNELS  # noqa: PLC0415  numba is loaded only when it is needed

    for kernel in KERNELS:
        kernel.settle()


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
