"""Only its owner can read the state folder, because it contains what tasks were given and what they printed."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator.beneath import FILE_MODE, FOLDER_MODE

OTHERS: Final = 0o077
_OURS: Final = re.compile(r"journal\.sqlite(-wal|-shm|-journal)?|runs|cache|store|crash-.*\.txt")


def tighten(state: Path) -> Iterator[str]:
    """Make the folder private where others may use it; a sentence for what was changed, unless the folder is new.

    A folder that holds other things than ours is left as it is, and only ours in it are made private. Links are not
    followed.
    """
    with suppress(OSError):
        names = sorted(os.listdir(state))  # noqa: PTH208 - names
        used = "journal.sqlite" in names
        ours = [name for name in names if _OURS.fullmatch(name)]
        whole = len(ours) == len(names)
        changed = [path for path in _open_to_others(state, ours, whole=whole) if _closed(path)]
        if changed and used:
            yield (
                f"{', '.join(map(str, changed))}: others could read it, and it may hold secrets; now only its owner "
                f"can\n"
                "  mend: to share results, share the report or a bundle (`orchestrate export`)"
            )


def _open_to_others(state: Path, ours: list[str], *, whole: bool) -> Iterator[Path]:
    """What has to be closed: files first, the folder itself last."""
    paths = [state / name for name in ours if whole is False or name.startswith("journal")]
    for path in [*paths, *([state] if whole else [])]:
        facts = path.lstat() if path is not state else path.stat()
        if facts.st_mode & OTHERS and facts.st_uid == os.geteuid() and not stat.S_ISLNK(facts.st_mode):
            yield path


def _closed(path: Path) -> bool:
    try:
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
    except OSError:
        return False
    return True
