"""A folder for an attempt's temporary files whose path is short enough for a socket.

The address of a Unix socket has room for 107 bytes (unix(7)), and programs put sockets below TMPDIR. If the attempt's
own folder is too deep, its `tmp` is in the system's temporary folder: `orc-<run>/<attempt>`. Only the owner can enter
it, and it is removed when the attempt ends. If an orchestrator is killed, its guard removes these folders. So does the
run's next owner. Both may be at it at once, so another orchestrator's folder of the same attempt has another name.
"""

import contextlib
import functools
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from orchestrator.executors.guard import clean_after, owner

LONGEST_ADDRESS: Final = 107
ADDED: Final = 48
"""Bytes that programs add to TMPDIR: multiprocessing 32, ssh-agent 30, Chromium 47."""
SYSTEM: Final = ("/tmp", "/var/tmp")  # noqa: S108 - folders are made in them with mode 0700 and checked
PRIVATE: Final = 0o700
TRIES: Final = 20
"""How often the run's folder may vanish, empty, before a folder is in it: guards of former owners remove it so."""


def tmp_of(folder: Path) -> str:
    """The folder for temporary files of the attempt with that folder.

    Pure, except for the system's temporary folders, and for which orchestrator this is.
    """
    own = f"{folder}{os.sep}tmp"
    if fits(own):
        return own
    task, attempt = folder.parts[-2:]
    run = _run_name(os.fspath(folder.parents[1]))
    return own if run is None else f"{run}{os.sep}{_short(f'{task}/{attempt}/{owner()}', 8)}"


def make_tmp(folder: Path) -> None:
    """Make it, empty. Raises OSError, also if somebody else has put something in its place."""
    path = tmp_of(folder)
    if _is_in(folder, path):
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, PRIVATE)  # noqa: PTH102 - pathlib takes longer, and this is done for every attempt
        return
    clean_after(path)
    parent = os.path.dirname(path)  # noqa: PTH120 - as above
    for _ in range(TRIES):
        with contextlib.suppress(FileNotFoundError):
            _make_below(parent, path)
            return
    _make_below(parent, path)


def _make_below(parent: str, path: str) -> None:
    """Make the run's folder and the attempt's in it. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(parent, PRIVATE)  # noqa: PTH102 - as above
    _check(parent)
    if os.path.lexists(path):
        remove(path)
    os.mkdir(path, PRIVATE)  # noqa: PTH102 - as above


def remove_tmp(folder: Path) -> None:
    """Remove it if it is not in the attempt's folder."""
    path = tmp_of(folder)
    if not _is_in(folder, path):
        remove(path)


@contextmanager
def tidy(run_folder: Path) -> Iterator[None]:
    """While inside, the run is ours. What a former owner left in the system's temporary folder is removed first.

    Ours is removed at the end.
    """
    _clear(run_folder)
    try:
        yield
    finally:
        _clear(run_folder)


def _clear(run_folder: Path) -> None:
    name = _run_name(os.fspath(run_folder))
    with contextlib.suppress(OSError):  # it is not there, or somebody else's
        if name is not None:
            _check(name)
            remove(name)


def fits(path: str) -> bool:
    """Whether a program finds room for a socket below it."""
    return len(os.fsencode(path)) + ADDED <= LONGEST_ADDRESS


def remove(path: str) -> None:
    """Remove a folder and all below it, following no link.

    Folders whose rights a task removed get them back. What cannot be removed stays.
    """
    shutil.rmtree(path, ignore_errors=True)
    if not os.path.lexists(path) or os.path.islink(path):  # noqa: PTH114 - as above
        return
    with contextlib.suppress(OSError):
        os.chmod(path, PRIVATE)  # noqa: PTH101 - as above
        for folder, folders, _ in os.walk(path):
            for each in folders:
                inner = os.path.join(folder, each)  # noqa: PTH118 - as above
                if not os.path.islink(inner):  # noqa: PTH114 - as above
                    os.chmod(inner, PRIVATE)  # noqa: PTH101 - as above
    shutil.rmtree(path, ignore_errors=True)


def _check(folder: str) -> None:
    """Raise PermissionError unless it is a folder of ours that nobody else can enter."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(13, "it is not ours alone; somebody else made it", folder)


def _is_in(folder: Path, path: str) -> bool:
    return path.startswith(f"{folder}{os.sep}")


@functools.lru_cache(maxsize=16)
def _run_name(run_folder: str) -> str | None:
    """The parent of the run's short folders. None if the system has no place whose path is short enough."""
    for base in dict.fromkeys((tempfile.gettempdir(), *SYSTEM)):
        name = os.path.join(base, f"orc-{_short(run_folder, 10)}")  # noqa: PTH118 - as above
        if fits(f"{name}{os.sep}{'0' * 8}") and os.access(base, os.W_OK | os.X_OK):
            return name
    return None


def _short(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:digits]
