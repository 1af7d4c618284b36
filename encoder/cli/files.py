"""Write output files atomically: write a temporary file beside, sync it, rename it. Outputs that are not regular files
are written to directly.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from encoder.cli.leaving import owing, undisturbed
from encoder.cli.reporting import UsageError
from encoder.cli.streams import closed, is_special, opened_special


@contextlib.contextmanager
def opened_input(name: str) -> Iterator[IO[bytes]]:
    """The file, or standard input for "-". Raises UsageError where it cannot be opened."""
    if name == "-" and 0 in closed:
        raise UsageError("standard input is closed; name a file, or redirect one")
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; only the opening's errors are usage
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
    with file:
        yield file


@contextlib.contextmanager
def whole_file(target: Path, *, force: bool, like: str) -> Iterator[IO[bytes]]:
    """A file to write that becomes `target` only when the block ends well; then with owner, mode and times of `like`.

    like: a path, or "-" for none. A device, a pipe or a descriptor is written to directly, forced or not. Raises
    UsageError where target may not be written.
    """
    if is_special(target):
        with _opened(target) as device:
            yield device
        return
    _check_target(target, force=force)
    with contextlib.ExitStack() as duties:
        with undisturbed():
            handle, part = _begun(target)
            duties.enter_context(owing(lambda: part.unlink(missing_ok=True)))
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _take_after(part, like)
            _check_target(target, force=force)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    _sync_folder(target.parent)


def _opened(target: Path) -> IO[bytes]:
    try:
        return opened_special(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error


def _begun(target: Path) -> tuple[int, Path]:
    """A new file beside the target, open to be written, and its path."""
    while True:
        part = target.parent / f".{target.name[:100]}.{os.urandom(6).hex()}.part"
        try:
            return os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), part
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(f"{target}: cannot be written: {error.strerror}") from error


def _check_target(target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise UsageError(f"{target}: is a directory; give a file's name with -o")
    if target.is_file() and not force:
        raise UsageError(f"{target}: exists already; use -f to overwrite it, or -o for another name")


def _take_after(path: Path, like: str) -> None:
    """Owner, mode and times; a file made from standard input gets what a new file would have."""
    if like == "-":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        return
    source = Path(like).stat()
    mode = stat.S_IMODE(source.st_mode) & 0o777
    with contextlib.suppress(OSError):  # root's privilege
        os.chown(path, source.st_uid, -1)
    try:
        os.chown(path, -1, source.st_gid)
    except OSError:  # a group that this is not for gets no more than everyone
        mode &= ~0o070 | (mode & 0o007) << 3
    path.chmod(mode)
    with contextlib.suppress(OSError):  # some file systems keep no times
        os.utime(path, ns=(source.st_atime_ns, source.st_mtime_ns))


def _sync_folder(folder: Path) -> None:
    """Make the rename durable, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
