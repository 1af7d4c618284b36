"""Files without a name. A process without a descriptor of one finds it in no folder.

They get a name when they are finished.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.beneath import FILE_MODE, create_below, private_folder

CHUNK: Final = 2**20


def nameless(folder: str | Path) -> int:
    """A descriptor for reading a new file on the folder's disk. Others append to it by `address_of`. Raises OSError."""
    try:
        return os.open(folder, kernel.NAMELESS | os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
    except OSError:
        return _made_and_unlinked(folder)


def named(path: Path) -> int | None:
    """The same, with a name in a folder that is made for its owner alone. None if that is not possible.

    A file of that name is removed.
    """
    try:
        private_folder(path.parent)
        path.unlink(missing_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    except OSError:
        return None


def name_file(descriptor: int, folder: int, name: str) -> None:
    """Give the file a name in the folder; if the system cannot, make a copy of it. Raises FileExistsError, OSError."""
    try:
        os.link(kernel.path_of(descriptor, ""), name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=True)
    except FileExistsError:
        raise
    except OSError:
        _copy(descriptor, create_below(folder, name))


def _made_and_unlinked(folder: str | Path) -> int:
    """For file systems without such files: the file has an unguessable name for a moment."""
    path = f"{os.fspath(folder)}/.{secrets.token_hex(16)}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    os.unlink(path)  # noqa: PTH108 - a text
    return descriptor


def _copy(source: int, target: int) -> None:
    try:
        at = 0
        while chunk := os.pread(source, CHUNK, at):
            at += len(chunk)
            while chunk:
                chunk = chunk[os.write(target, chunk) :]
    finally:
        os.close(target)
