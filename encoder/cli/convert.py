"""`encode` and `decode`: choose each output, and copy the bytes in a loop."""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from encoder.cli.files import opened_input, whole_file
from encoder.cli.progress import Report, progress_for
from encoder.cli.reporting import DAMAGED, UsageError, cores, for_each, human_size, say
from encoder.cli.streams import StandardOutput, descriptor_of, flush_stdout, is_special
from encoder.container.writer import Sink, write_all
from encoder.errors import FormatError, LimitError
from encoder.limits import Limits

if TYPE_CHECKING:
    from encoder.profile import Profile
    from encoder.stream.salvage import Lost

SUFFIX: Final = ".glyph"
Copy = Callable[[IO[bytes], Sink, Report], tuple[int, int]]
"""Moves one stream; returns its raw bytes and its encoded bytes."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What the user wants of inputs and outputs: -o (None where not given), -c, -f, -q, --rm, -r and --json."""

    output: Path | None
    stdout: bool
    force: bool
    quiet: bool
    remove: bool = False
    recursive: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """One file that was done. target: None for standard output."""

    name: str
    target: Path | None
    raw_bytes: int
    encoded_bytes: int
    seconds: float

    @property
    def ratio(self) -> float:
        """Raw bytes for each encoded one; 0 of an empty file, of which salvaging makes another."""
        return self.raw_bytes / max(self.encoded_bytes, 1)

    def to_document(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "file": self.name,
            "output": None if self.target is None else str(self.target),
            "raw_bytes": self.raw_bytes,
            "encoded_bytes": self.encoded_bytes,
            "ratio": round(self.ratio, 4),
            "seconds": round(self.seconds, 4),
        }

    def to_line(self) -> str:
        """For people."""
        speed = self.raw_bytes / max(self.seconds, 1e-9) / 1e6
        sizes = f"{human_size(self.raw_bytes)} / {human_size(self.encoded_bytes)}"
        return f"{_shown(self.name)}: {self.ratio:.2f}x ({sizes}), {speed:.0f} MB/s"


def encode_files(names: list[str], destination: Destination, profile: str, threads: int | None) -> None:
    """Encode each input to where `target_of` says. Raises UsageError, ProfileError; exits with 1 or 2 where one
    failed.
    """
    from encoder.profile import load_profile  # noqa: PLC0415 - a verb loads what it uses, as below

    plan = load_profile(profile)
    count = cores(threads)

    def copy(source: IO[bytes], sink: Sink, report: Report) -> tuple[int, int]:
        return _encode(source, sink, plan, count, report)

    targets = _targets(names, destination, decoding=False)
    if any(target is None for _, target in targets) and not destination.force and sys.stdout.isatty():
        raise UsageError("encoded bytes are not for a terminal; redirect them, use -o, or -f to write them anyway")
    _convert_all(targets, copy, destination)


def salvage_files(names: list[str], destination: Destination, limits: Limits) -> None:
    """Write what is whole of each damaged input to where `target_of` says, and tell what is lost. Exits with 1
    where anything is.
    """
    if destination.remove:
        raise UsageError("--salvage keeps what it could not read; leave --rm out")
    losses: list[Lost] = []

    def copy(source: IO[bytes], sink: Sink, report: Report) -> tuple[int, int]:
        if not source.seekable():
            raise UsageError("--salvage needs a file, not a pipe")
        return _salvage(source, sink, limits, losses, report)

    _convert_all(_targets(names, destination, decoding=True), copy, destination)
    if losses:
        sys.exit(DAMAGED)


def decode_files(names: list[str], destination: Destination, limits: Limits, threads: int | None) -> None:
    """Decode each input to where `target_of` says. Raises UsageError; exits with 1 or 2 where one failed."""
    count = cores(threads) or 1

    def copy(source: IO[bytes], sink: Sink, report: Report) -> tuple[int, int]:
        return _decode(source, sink, limits, count, report)

    _convert_all(_targets(names, destination, decoding=True), copy, destination)


def target_of(name: str, destination: Destination, *, decoding: bool) -> Path | None:
    """The file that an input is converted into, or None for standard output. Raises UsageError."""
    if destination.output is not None:
        return None if str(destination.output) == "-" or descriptor_of(destination.output) == 1 else destination.output
    if destination.stdout or name == "-":
        return None
    if not decoding:
        return Path(name + SUFFIX)
    if not name.endswith(SUFFIX) or Path(name).name == SUFFIX:
        raise UsageError(f"{name}: does not end in {SUFFIX}; say where to write with -o, or use -c")
    return Path(name.removesuffix(SUFFIX))


def expanded(names: list[str], *, recursive: bool, decoding: bool) -> Iterator[str]:
    """With -r, each folder's files instead of it, sorted: those that end in .glyph when decoding, else the others."""
    for name in names:
        if not recursive or not Path(name).is_dir():
            yield name
            continue
        files = sorted(path for path in Path(name).rglob("*") if path.is_file() and not path.is_symlink())
        yield from (str(path) for path in files if path.name.endswith(SUFFIX) == decoding)


def _targets(names: list[str], destination: Destination, *, decoding: bool) -> list[tuple[str, Path | None]]:
    """Every input with its target, all checked before the first is touched."""
    inputs = list(expanded(names, recursive=destination.recursive, decoding=decoding))
    if destination.output is not None and len(inputs) > 1:
        raise UsageError("-o names one output but there are several inputs; leave it out, or use -c")
    if destination.output is not None and destination.stdout:
        raise UsageError("-o and -c exclude each other; give one of them")
    targets = [(name, target_of(name, destination, decoding=decoding)) for name in inputs]
    for name, target in targets:
        if destination.remove and (target is None or name == "-" or is_special(target)):
            raise UsageError("--rm needs a file to read and another to write; leave it out")
        if target is not None and target.is_file() and Path(name).exists() and target.samefile(name):
            raise UsageError(f"{name}: is its own output; give another name with -o")
    return targets


def _convert_all(targets: list[tuple[str, Path | None]], copy: Copy, destination: Destination) -> None:
    done: list[dict[str, Any]] = []

    def one(job: tuple[str, Path | None]) -> None:
        converted = _convert(*job, copy, destination)
        done.append(converted.to_document())
        if not destination.quiet and not destination.as_json and sys.stderr.isatty():
            say(converted.to_line(), err=True)

    try:
        for_each(targets, one)
    finally:
        if destination.as_json:  # beside data on standard output it would spoil them
            import json  # noqa: PLC0415

            say(json.dumps(done, indent=2), err=any(target is None for _, target in targets))


def _convert(name: str, target: Path | None, copy: Copy, destination: Destination) -> Converted:
    began = time.monotonic()
    try:
        with opened_input(name) as source, progress_for(name, source, quiet=destination.quiet) as report:
            found = os.fstat(source.fileno()) if destination.remove else None
            if target is None:
                sizes = copy(source, StandardOutput(), report)
                flush_stdout()
            else:
                with whole_file(target, force=destination.force, like=name) as sink:
                    sizes = copy(source, sink, report)
    except (FormatError, LimitError) as error:
        raise type(error)(f"{_shown(name)}: {error}") from error
    except IsADirectoryError as error:
        raise UsageError(f"{name}: is a directory; take its files with -r") from error
    if found is not None:
        _remove(Path(name), found)
    return Converted(name, target, *sizes, time.monotonic() - began)


def _remove(path: Path, found: os.stat_result) -> None:
    """Remove an input that is as it was found. Raises OSError for one that is not: the output lacks what came since."""
    if stat.S_ISREG(found.st_mode) and _state(path.stat()) != _state(found):
        raise OSError(f"{path}: changed while it was read, so it is kept; give the command again with -f")
    path.unlink()


def _state(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _encode(source: IO[bytes], sink: Sink, profile: "Profile", threads: int | None, report: Report) -> tuple[int, int]:
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415
    from encoder.stream.malloc import share_one_heap  # noqa: PLC0415

    share_one_heap()
    with StreamingEncoder(sink, profile, lambda bytes_in, _bytes_out: report(bytes_in), threads=threads) as encoder:
        encoder.encode_from(source)
    return encoder.statistics.bytes_in, encoder.statistics.bytes_out


def _decode(source: IO[bytes], sink: Sink, limits: Limits, threads: int, report: Report) -> tuple[int, int]:
    from encoder.stream.decoder import StreamingDecoder  # noqa: PLC0415

    position = 0
    with StreamingDecoder(source, limits, threads=threads) as decoder:
        while piece := decoder.read1():
            write_all(sink, piece)
            position += len(piece)
            report(source.tell() if source.seekable() else position)
        return position, decoder.encoded_bytes


def _salvage(source: IO[bytes], sink: Sink, limits: Limits, losses: "list[Lost]", report: Report) -> tuple[int, int]:
    from encoder.stream.salvage import Lost, salvage  # noqa: PLC0415

    written = 0
    for piece in salvage(source, limits):
        if isinstance(piece, Lost):
            losses.append(piece)
            say(f"glyph: {source.name}: {_loss(piece)}", err=True)
        else:
            write_all(sink, piece)
            written += len(piece)
            report(source.tell())
    return written, source.seek(0, os.SEEK_END)


def _loss(lost: "Lost") -> str:
    where = f"lost: bytes {lost.offset} to {lost.offset + lost.size} of the file"
    if lost.raw_offset is not None and lost.raw_size is not None:
        where += f", bytes {lost.raw_offset} to {lost.raw_offset + lost.raw_size} of the output"
    return f"{where}: {lost.why}"
