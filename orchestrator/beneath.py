"""Open files below the state folder without following links. A task may replace anything there by a link.

All that we read or write there goes through this module. Linux' openat2(2) looks a path up in one step, and refuses
every symbolic link and every path that leads out. Without it, each part of the path is opened separately with
O_NOFOLLOW. Only regular files are opened, so no pipe or device can block us.
"""

import errno
import functools
import hashlib
import os
import secrets
import stat
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

from orchestrator import kernel

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
LINKED: Final = "it is or goes through a symbolic link"
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY


class Digested(NamedTuple):
    """sha256: lower-case hex. size: bytes."""

    sha256: str
    size: int


def open_below(root: Path | int, path: str, *, sole: bool = False) -> BufferedReader:
    """The regular file at `path` below the folder `root`, to read. The root itself may be reached through links,
    nothing below it.

    sole: a file with another name beside this one (a hard link) is refused; for files that only we make. Raises
    OSError.
    """
    descriptor = _looked_up(root, path, _READ)
    try:
        _require_regular(os.fstat(descriptor), path, sole=sole)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_regular(facts: os.stat_result, path: str, *, sole: bool) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", path)
    if sole and facts.st_nlink > 1:
        raise OSError(errno.EMLINK, "it is a hard link of another file", path)


def create_below(root: Path | int, name: str) -> int:
    """A new file of that name in the folder, its owner's alone, to write to. Raises FileExistsError where anything
    has that name, OSError.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    if isinstance(root, int):
        return os.open(name, flags, FILE_MODE, dir_fd=root)
    return os.open(f"{os.fspath(root)}/{name}", flags, FILE_MODE)


def write_text(root: Path, name: str, text: str) -> None:
    """A new file with that text, as UTF-8, its owner's alone. Raises FileExistsError, OSError."""
    with os.fdopen(create_below(root, name), "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


def private(path: str, flags: int) -> int:
    """An opener, for `open`: what it makes is its owner's alone, and a link is not followed."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)


def folder_below(root: Path | int, path: str) -> int:
    """A handle on the folder at `path` below `root`, for `dir_fd`. Raises OSError where it is none, or a link."""
    return _looked_up(root, path, kernel.FOLDER)


def digest_below(root: Path | int, path: str) -> Digested:
    """sha256 and size of the regular file at `path` below `root`. Raises OSError."""
    with open_below(root, path) as file:
        return Digested(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())


def size_below(root: Path | int, path: str) -> int:
    """The size in bytes of one of our files, 0 if there is none to be read. Raises PermissionError where it is
    another user's.
    """
    try:
        with open_below(root, path, sole=True) as file:
            return os.fstat(file.fileno()).st_size
    except PermissionError:
        raise
    except OSError:
        return 0


def private_folder(folder: Path) -> None:
    """Make the folder, and those above it, if it is missing. Only its owner can enter it, whatever the umask is. Raises
    OSError.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        return
    except FileNotFoundError:
        if folder.parent.is_dir():  # a place that takes no folders, such as /proc
            raise
        folder.parent.mkdir(parents=True, exist_ok=True)
        private_folder(folder)


def set_aside(folder: int, name: str) -> str | None:
    """Rename what has that name in the folder, without following links. Returns the new name, None if there was
    nothing. Raises OSError.
    """
    try:
        os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None
    aside = f"{name}.set-aside-{secrets.token_hex(4)}"
    os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=folder)
    return aside


def _looked_up(root: Path | int, path: str, flags: int) -> int:
    if isinstance(root, int):
        return _open(root, path, flags)
    handle = os.open(root, kernel.FOLDER)
    try:
        return _open(handle, path, flags)
    finally:
        os.close(handle)


def _open(handle: int, path: str, flags: int) -> int:
    parts = Path(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise OSError(errno.EXDEV, "it is not below the folder", path)
    opened = _opener()
    if opened is None:
        return _part_by_part(handle, parts, flags)
    try:
        return opened(handle, path, flags)
    except OSError as error:
        raise OSError(error.errno, LINKED if error.errno == errno.ELOOP else error.strerror, path) from None


def _part_by_part(handle: int, parts: tuple[str, ...], flags: int) -> int:
    *above, last = parts
    at, mine = handle, False
    try:
        for part in above:
            below = os.open(part, kernel.FOLDER | os.O_NOFOLLOW, dir_fd=at)
            if mine:
                os.close(at)
            at, mine = below, True
        return os.open(last, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
    except OSError as error:
        link = error.errno in {errno.ELOOP, errno.ENOTDIR}
        raise OSError(error.errno, LINKED if link else error.strerror, "/".join(parts)) from None
    finally:
        if mine:
            os.close(at)


_opener: Final = functools.cache(kernel.opener_beneath)
"""The system call that does it in one step, None if there is none."""
