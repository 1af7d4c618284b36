"""Outputs that are not regular files. They are written to directly, and not replaced by a rename."""

import os
from pathlib import Path
from typing import IO, Final

from orchestrator import kernel

MOST_LINKS: Final = 40


def is_special(path: Path) -> bool:
    """Whether it leads to a device, a pipe, a socket, or to what a process has open (`/dev/stdout`)."""
    return _kernels_link(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def opened_special(path: Path) -> IO[bytes]:
    """Open it for writing. A descriptor of this process is used at its present position. Raises OSError."""
    link = _kernels_link(path)
    if link is not None and link.name.isdecimal() and link.parent.samefile(kernel.DESCRIPTORS):
        return os.fdopen(os.dup(int(link.name)), "wb")
    return path.open("wb")


def _kernels_link(path: Path) -> Path | None:
    """What a path is or leads to below /proc, or elsewhere below /dev/fd: it stands for an open file, not for the name
    that it shows.
    """
    for _ in range(MOST_LINKS):
        if not kernel.LINUX and path.parent == Path(kernel.DESCRIPTORS):
            return path
        if not path.is_symlink():
            return None
        if path.parent.resolve().is_relative_to("/proc"):
            return path
        path = path.parent / path.readlink()
    return None
