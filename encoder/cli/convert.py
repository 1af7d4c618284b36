"""`encode`, `decode` and `cat`: where each input goes, and the loop that moves the bytes."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from encoder.cli.files import opened_input, whole_file
from encoder.cli.progress import Report, progress_for
from encoder.cli.reporting import UsageError, parse_size
from encoder.errors import FormatError, LimitError
from encoder.limits import Limits
from encoder.profile import Profile, load_profile
from encoder.stream_decoder import StreamingDecoder
from encoder.stream_encoder import StreamingEncoder

SUFFIX: Final = ".glyph"
Copy = Callable[[IO[bytes], IO[bytes], Report], None]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the user wants it: -o (None where not given), -c, -f and -q."""

    output: Path | None
    stdout: bool
    force: bool
    quiet: bool


def encode_files(names: list[str], destination: Destination, profile: str) -> None:
    """Encode each input to where `target_of` says. Raises UsageError, ProfileError, GlyphError, OSError."""
    plan = load_profile(profile)

    def copy(source: IO[bytes], sink: IO[bytes], report: Report) -> None:
        _encode(source, sink, plan, report)

    for name, target in _targets(names, destination, decoding=False):
        if target is None and not destination.force and sys.stdout.isatty():
            raise UsageError("encoded bytes are not for a terminal; redirect them, use -o, or -f to write them anyway")
        _convert(name, target, copy, destination)


def decode_files(names: list[str], destination: Destination, max_output: str | None) -> None:
    """Decode each input to where `target_of` says. Raises UsageError, FormatError, LimitError, OSError."""
    limits = Limits(max_output=None if max_output is None else parse_size(max_output))

    def copy(source: IO[bytes], sink: IO[bytes], report: Report) -> None:
        _decode(source, sink, limits, report)

    for name, target in _targets(names, destination, decoding=True):
        _convert(name, target, copy, destination)


def target_of(name: str, destination: Destination, *, decoding: bool) -> Path | None:
    """The file that an input is converted into, or None for standard output. Pure. Raises UsageError."""
    if destination.output is not None:
        return None if str(destination.output) == "-" else destination.output
    if destination.stdout or name == "-":
        return None
    if not decoding:
        return Path(name + SUFFIX)
    if not name.endswith(SUFFIX) or Path(name).name == SUFFIX:
        raise UsageError(f"{name}: does not end in {SUFFIX}; say where to write with -o, or use -c")
    return Path(name.removesuffix(SUFFIX))


def _targets(names: list[str], destination: Destination, *, decoding: bool) -> list[tuple[str, Path | None]]:
    """Every input with its target, all checked before the first is touched."""
    if destination.output is not None and len(names) > 1:
        raise UsageError("-o names one output but there are several inputs; leave it out, or use -c")
    if destination.output is not None and destination.stdout:
        raise UsageError("-o and -c exclude each other; give one of them")
    return [(name, target_of(name, destination, decoding=decoding)) for name in names]


def _convert(name: str, target: Path | None, copy: Copy, destination: Destination) -> None:
    try:
        with opened_input(name) as source, progress_for(name, source, quiet=destination.quiet) as report:
            if target is None:
                copy(source, sys.stdout.buffer, report)
                sys.stdout.buffer.flush()
                return
            with whole_file(target, force=destination.force, like=name) as sink:
                copy(source, sink, report)
    except (FormatError, LimitError) as error:
        raise type(error)(f"{_shown(name)}: {error}") from error
    except IsADirectoryError as error:
        raise UsageError(f"{name}: is a directory") from error


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _encode(source: IO[bytes], sink: IO[bytes], profile: Profile, report: Report) -> None:
    with StreamingEncoder(sink, profile, lambda bytes_in, _bytes_out: report(bytes_in)) as encoder:
        encoder.encode_from(source)


def _decode(source: IO[bytes], sink: IO[bytes], limits: Limits, report: Report) -> None:
    position = 0
    with StreamingDecoder(source, limits) as decoder:
        while piece := decoder.read1():
            sink.write(piece)
            position += len(piece)
            report(source.tell() if source.seekable() else position)
