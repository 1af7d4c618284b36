"""Write files atomically: write a temporary file beside, sync it, rename it. A target that is not a regular file is
written to directly, and stays.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from orchestrator.leaving import owing
from orchestrator.specialfile import is_special, opened_special

TRIES: Final = 5


def require_file(target: Path) -> None:
    """Raise OSError, with the path in it, for a device or a pipe: what is to be read again later needs a file."""
    if is_special(target):
        raise OSError(errno.EINVAL, "it is a device or a pipe, and no file", str(target))


def write_whole(target: Path, text: str) -> None:
    """Write UTF-8 text so that a reader sees the old file or the new one, never a part. Makes the folder.

    Raises OSError with the path in it where that is not possible; then nothing is left behind.
    """
    write_all([(target, text)])


def write_all(files: Iterable[tuple[Path, str]]) -> None:
    """As `write_whole`, each of them. A folder is synced once, after the last file."""
    folders: dict[Path, None] = {}
    try:
        for target, text in files:
            replace_whole(target, text.encode(), synced=True)
            folders[target.parent] = None
    finally:  # what stands before a file that cannot be written stays
        for folder in folders:
            _sync_folder(folder)


def replace_whole(target: Path, content: bytes, *, synced: bool = False) -> None:
    """As `write_whole`, for bytes. synced: whether they are to be on the disk before the name is; without it a power
    cut may lose them.

    Raises OSError.
    """
    with _named(target), whole_file(target) as file:
        file.write(content)
        if synced and not is_special(target):
            file.flush()
            os.fsync(file.fileno())


@contextlib.contextmanager
def whole_file(target: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A file to write that becomes `target` only when the block ends well; what is not a regular file is written to
    directly. Makes the folder. private: for its owner alone.

    Raises OSError.
    """
    if is_special(target):
        with opened_special(target) as device:
            yield device
        return
    handle, part = _begun(target)
    with owing(lambda: part.unlink(missing_ok=True)):
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            if not private:
                mask = os.umask(0)
                os.umask(mask)
                part.chmod(0o666 & ~mask)  # as any new file; mkstemp's are private
            with _named(target, part):
                part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def require_writable(target: Path) -> None:
    """Raise OSError, with the path in it, unless a file can be written there now. Leaves nothing behind."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if is_special(target):
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return  # not tried: who reads a pipe would see it opened and closed
    made = [folder for folder in target.parents if not os.path.lexists(folder)]
    try:
        handle, part = _begun(target)
        os.close(handle)
        part.unlink()
        with contextlib.suppress(FileNotFoundError):
            os.lstat(target)  # a name that is too long is found out here
    finally:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextlib.contextmanager
def _named(target: Path, part: Path | None = None) -> Iterator[None]:
    """Have an OSError that names no file, or the temporary one, name the target."""
    try:
        yield
    except OSError as error:
        if error.filename in {None, str(part), part}:
            error.filename, error.filename2 = str(target), None
        raise


def _begun(target: Path) -> tuple[int, Path]:
    """A new file beside the target, open to be written, and its path."""
    for attempt in range(TRIES):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from None
        except OSError as error:
            if isinstance(error, FileNotFoundError) and attempt < TRIES - 1:
                continue  # another process tried whether it could write there, and took the folder away again
            error.filename = str(target)  # which says more than the name that it would have had until it was whole
            raise
        return handle, Path(name)
    raise AssertionError("the last try returns or raises")


def _sync_folder(folder: Path) -> None:
    """Make the rename durable, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
