"""Where an attempt works, and where its results are kept.

While it works, its folder is `<state>/under-way/<run>/<task>.<attempt>.<token>/<attempt>`: the token follows from the
run's key, so other tasks cannot guess the name, and the run's folder there cannot be listed. Once it has ended, the
folder is `<state>/runs/<run>/<task>/<attempt>`, just as deep: a path from it to the project stays the same.
"""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

from orchestrator.beneath import FOLDER_MODE, folder_below
from orchestrator.keys import unfinished_evidence, user_keys

UNDER_WAY: Final = "under-way"
UNLISTED: Final = 0o300  # who knows a name in it may use it; nobody but root may list it
KEPT: Final = "runs"


def working_folder(run_folder: Path, task: str, attempt: int, secret: bytes) -> Path:
    """Where the attempt works. secret: the run's."""
    return under_way(run_folder) / f"{task}.{attempt}.{_token(secret, run_folder.name, task, attempt)}" / str(attempt)


def under_way(run_folder: Path) -> Path:
    """Where the run's attempts are while they work."""
    return run_folder.parents[1] / UNDER_WAY / run_folder.name


def kept_folder(state: Path, run: str, task: str, attempt: int) -> Path:
    """Where an attempt's folder is once it has ended."""
    return state / KEPT / run / task / str(attempt)


def found_folder(state: Path, run: str, task: str, attempt: int) -> Path:
    """Where an attempt's folder is now: where it is kept unless it is under way, as far as that can be told."""
    kept = kept_folder(state, run, task, attempt)
    if attempt == 0 or _is_there(state, kept):
        return kept
    run_folder = kept.parents[1]
    key = user_keys().find(run)
    if key is not None and _is_there(state, working := working_folder(run_folder, task, attempt, key)):
        return working
    with contextlib.suppress(OSError):
        begins = f"{task}.{attempt}."
        names = [each for each in os.listdir(under_way(run_folder)) if each.startswith(begins)]  # noqa: PTH208
        return under_way(run_folder) / names[0] / str(attempt) if names else kept
    return kept


def bring_home(run_folder: Path) -> None:
    """No attempt of the run is under way any more: folders of those that were cut off go where the others are kept,
    as far as that is free.
    """
    folder = under_way(run_folder)
    with contextlib.suppress(OSError):
        if folder.is_symlink():
            return
        folder.chmod(FOLDER_MODE)
        for name in os.listdir(folder):  # noqa: PTH208 - names
            task, _, rest = name.rpartition(".")[0].rpartition(".")
            if rest.isdigit():
                _move(folder / name / rest, run_folder / task / rest)
                with contextlib.suppress(OSError):
                    (folder / name).rmdir()
        folder.rmdir()
        folder.parent.rmdir()  # unless another run is under way


def forget_unfinished(run: str) -> None:
    """Remove what attempts that were cut off had recorded: it is in the journal now."""
    folder = unfinished_evidence(run)
    if folder is not None and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def _move(working: Path, kept: Path) -> None:
    kept.parent.mkdir(FOLDER_MODE, exist_ok=True)
    if not kept.parent.is_symlink() and not os.path.lexists(kept) and working.is_dir():
        working.rename(kept)


def _is_there(state: Path, folder: Path) -> bool:
    try:
        os.close(folder_below(state, folder.relative_to(state).as_posix()))
    except OSError:
        return False
    return True


def _token(secret: bytes, run: str, task: str, attempt: int) -> str:
    return hashlib.blake2b(f"{run}/{task}/{attempt}".encode(), key=secret, digest_size=8).hexdigest()
