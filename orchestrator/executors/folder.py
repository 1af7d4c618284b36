"""An attempt's folder: made afresh, whatever lies where it shall be."""

import functools
import os
import secrets
from pathlib import Path
from typing import Final

EVIDENCE: Final = "evidence.jsonl"


def fresh(folder: Path) -> Path:
    """Make the folder. What a forgotten attempt left there is set aside. Raises OSError."""
    path = os.fspath(folder)
    try:
        os.mkdir(os.path.dirname(path))  # noqa: PTH102, PTH120 - pathlib takes longer, and this is done for every attempt
    except FileExistsError:
        pass
    except FileNotFoundError:
        folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.mkdir(path)  # noqa: PTH102 - as above
    except FileExistsError:
        _set_aside(folder)
    return folder


@functools.lru_cache(maxsize=64)
def shared(folder: Path) -> None:
    """Make a folder that all attempts share, once. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)


def _set_aside(folder: Path) -> None:
    """Move what an attempt left that the journal has forgotten: after a power cut, or when it was restored from a copy."""
    if (folder / EVIDENCE).exists():
        folder.rename(folder.with_name(f"{folder.name}.forgotten-{secrets.token_hex(4)}"))
        folder.mkdir()
