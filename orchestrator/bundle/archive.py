"""The archive's own format: a tar (POSIX.1-2001, pax) whose bytes follow from its files alone.

Members are regular files, sorted by name and not compressed. Their mode is 644, their owner nobody, their time the
epoch. So the archive can be made again from its content and compared byte for byte. Every changed bit is noticed.
"""

import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from orchestrator.beneath import open_below
from orchestrator.bundle.lines import Text
from orchestrator.errors import OrchestratorError

BLOCK: Final = tarfile.BLOCKSIZE
CHUNK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Below:
    """A file below a folder, by its path there; no link is followed to it."""

    folder: Path
    path: str


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is made again whenever it is asked for, because it is large."""

    size: int
    pieces: Callable[[], Iterator[bytes]]


Source = bytes | Below | Made
"""A file's content, where it is, or how it is made."""


class BundleError(OrchestratorError):
    """The file is not a bundle, or cannot be read."""


def chunks(files: Mapping[str, Source]) -> Iterator[tuple[str, bytes]]:
    """The archive's bytes in order, each piece with the name of the file that it belongs to. Raises OSError."""
    total = 0
    for name in sorted(files):
        for piece in _member(name, files[name]):
            total += len(piece)
            yield name, piece
    yield "end of the archive", b"\0" * (2 * BLOCK + -(total + 2 * BLOCK) % tarfile.RECORDSIZE)


def _member(name: str, source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        size = len(source)
        yield header(name, size)
        yield source
    elif isinstance(source, Made):
        size = source.size
        yield header(name, size)
        yield from source.pieces()
    else:
        with open_below(source.folder, source.path) as file:
            size = os.fstat(file.fileno()).st_size
            yield header(name, size)
            yield from _exactly(file, size)
    yield b"\0" * (-size % BLOCK)


def _exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The file's first `size` bytes; a file that became shorter meanwhile raises."""
    while size:
        piece = file.read(min(CHUNK, size))
        if not piece:
            raise BundleError(
                "a file became shorter while it was read\n  mend: export again when nothing writes to the run"
            )
        size -= len(piece)
        yield piece


def header(name: str, size: int) -> bytes:
    """A member's header blocks."""
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _no_header(path: Path, at: int, what: str) -> BundleError:
    """What stands where a file's header should be, with the name as far as it can be read."""
    with path.open("rb") as file:
        file.seek(at)
        name = file.read(100).split(b"\0", 1)[0].decode("ascii", "backslashreplace")
    return BundleError(
        f"{path}: at byte {at} there is no header of a file ({what}); it begins {name!r}\n"
        "  mend: get the bundle again; `orchestrate export` writes one",
    )


class Opened:
    """A bundle opened to read. names: its members in order; what cannot be read as an archive raises BundleError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb")
        try:
            self._tar = tarfile.open(fileobj=self._file, mode="r:")  # noqa: SIM115 - reads the file that `close` closes
            self._members = {info.name: info for info in self._tar.getmembers() if info.isreg()}
            self._refuse_early_end()
        except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
            self._file.close()
            raise _no_header(path, 0, str(error)) from error
        except BaseException:
            self._file.close()
            raise
        self.names = tuple(self._members)

    def _refuse_early_end(self) -> None:
        """To tarfile, a damaged header is the archive's end; there must be zeros."""
        end = max((info.offset_data + info.size + -info.size % BLOCK for info in self._tar.getmembers()), default=0)
        with self.path.open("rb") as file:
            file.seek(end)
            block = file.read(BLOCK)
        if block.strip(b"\0") or len(block) < BLOCK:
            raise _no_header(self.path, end, "damaged")

    def read(self, name: str, most: int) -> bytes:
        """A member's content. Raises BundleError where it is larger than `most` bytes or cut off."""
        self._require_small(name, most)
        return b"".join(self.pieces(name))

    def _require_small(self, name: str, most: int) -> None:
        size = self._members[name].size
        if size > most:
            raise BundleError(
                f"{self.path}: {name} has {size:,} bytes, more than the {most:,} that it may have\n"
                "  mend: get the bundle again; `orchestrate export` writes one"
            )

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member's content, piece by piece. Raises BundleError where the archive ends within it."""
        size = self._members[name].size
        try:
            with cast("BinaryIO", self._tar.extractfile(self._members[name])) as file:
                yield from _exactly(file, size)
        except (tarfile.TarError, OSError) as error:
            raise BundleError(
                f"{self.path}: {name} cannot be read ({error})\n"
                "  mend: get the bundle again; `orchestrate export` writes one"
            ) from error

    def text(self, name: str, most: int) -> Text:
        """A member's content, to be read in parts. Raises BundleError where it is larger than `most` bytes; the
        parts do where it is cut off.
        """
        self._require_small(name, most)
        first = self._members[name].offset_data
        return Text(self._members[name].size, lambda start, end: self._between(first + start, first + end))

    def _between(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            self._file.seek(start)
            piece = self._file.read(min(CHUNK, end - start))
            if not piece:
                raise BundleError(
                    f"{self.path}: it is cut off\n  mend: get the bundle again; `orchestrate export` writes one"
                )
            start += len(piece)
            yield piece

    def rebuilt(self) -> Iterator[tuple[str, bytes]]:
        """The bytes that an archive of these members has."""
        total = 0
        for name in sorted(self._members):
            size = self._members[name].size
            yield name, header(name, size)
            total += len(header(name, size)) + size + -size % BLOCK
            yield from ((name, piece) for piece in self.pieces(name))
            yield name, b"\0" * (-size % BLOCK)
        yield "end of the archive", b"\0" * (2 * BLOCK + -(total + 2 * BLOCK) % tarfile.RECORDSIZE)

    def close(self) -> None:
        """Let go of the file."""
        self._tar.close()
        self._file.close()
