"""An attempt's folder: made afresh, whatever is in its place, and moved to its final place at the end."""

import contextlib
import functools
import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.attempts import KEPT, UNDER_WAY, UNLISTED
from orchestrator.beneath import FOLDER_MODE, folder_below, private_folder, set_aside

EVIDENCE: Final = "evidence.jsonl"


def fresh(folder: Path) -> Path:
    """Make the folder. What is there already is set aside. Raises OSError."""
    path = os.fspath(folder)
    try:
        _make(path)
    except FileNotFoundError:
        _make_above(folder.parent)
        _make(path)
    except FileExistsError:
        _set_aside(folder)
    return folder


@functools.lru_cache(maxsize=64)
def shared(folder: Path) -> None:
    """Make a folder that all attempts share, once. Raises OSError."""
    private_folder(folder)


def forget(folder: Path) -> None:
    """Remove what an attempt that was not begun left, so that the next try does not take it for another's."""
    shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path, kept: Path, handle: int) -> str | None:
    """Move the folder of an attempt that has ended to its final place. handle: the folder as opened when the attempt
    began.

    No link is followed. What is there already is kept under another name, which is returned. Raises OSError. That
    includes the case that the folder is no longer the one that the attempt was given.
    """
    if folder == kept:
        return None
    run_folder, task = kept.parents[1], kept.parent.name
    run = os.open(run_folder, kernel.FOLDER)
    try:
        below = _folder_of_task(run, task)
        try:
            if not os.path.samestat(os.fstat(handle), os.lstat(folder)):
                raise OSError(0, "the attempt's folder was moved or replaced while it ran")
            aside = set_aside(below, kept.name)
            os.rename(folder, kept.name, dst_dir_fd=below)
            with contextlib.suppress(OSError):  # a task that made something beside its folder keeps it
                folder.parent.rmdir()
        finally:
            os.close(below)
    finally:
        os.close(run)
    return None if aside is None else f"{task}/{aside}"


def _folder_of_task(run: int, task: str) -> int:
    """A handle on the folder of a task's attempts. The folder is made if missing.

    A file or link in its place is set aside.
    """
    for _ in range(2):
        with contextlib.suppress(FileExistsError):
            os.mkdir(task, FOLDER_MODE, dir_fd=run)
        try:
            return folder_below(run, task)
        except OSError:
            set_aside(run, task)
    return folder_below(run, task)


def _make(path: str) -> None:
    os.mkdir(path, FOLDER_MODE)  # noqa: PTH102 - as above


def _make_above(folder: Path) -> None:
    """The folders above an attempt's.

    If the run's attempts are under way in it, the folder cannot be listed, and their final folder is made too.
    """
    run = folder.parent
    private_folder(run.parent.parent)
    private_folder(run.parent)
    if run.parent.name == UNDER_WAY:
        for kept in (run.parent.parent / KEPT, run.parent.parent / KEPT / run.name):
            private_folder(kept)
        with contextlib.suppress(FileExistsError):
            run.mkdir(UNLISTED)
    else:
        private_folder(run)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(FOLDER_MODE)


def _set_aside(folder: Path) -> None:
    """Move away what is there: of an attempt that the journal forgot after a power cut, or put there by others."""
    if folder.is_symlink() or not folder.is_dir() or any(folder.iterdir()):
        folder.rename(folder.with_name(f"{folder.name}.forgotten-{secrets.token_hex(4)}"))
        folder.mkdir(FOLDER_MODE)
