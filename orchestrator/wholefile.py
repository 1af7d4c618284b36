"""Files that are whole or not there: written beside, synced, then renamed."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(target: Path, text: str) -> None:
    """Write UTF-8 text so that a reader sees the old file or the new one, never a part. Makes the folder.

    Raises OSError with the path in it where that is not possible; then nothing is left behind.
    """
    replace_whole(target, text.encode(), synced=True)
    _sync_folder(target.parent)


def replace_whole(target: Path, content: bytes, *, synced: bool = False) -> None:
    """As `write_whole`, for bytes. synced: whether they are to be on the disk before the name is; without it a power cut may lose them.

    Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)  # as any new file; mkstemp's are private
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the rename durable, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
