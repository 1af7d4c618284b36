"""`bench`: ratio and speed beside the general compressors, on the user's own data, in memory, one thread each."""

import dataclasses
import gzip
import json
import lzma
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
import typer
import zstandard

from encoder.api import decode, encode
from encoder.cli.files import opened_input
from encoder.cli.reporting import UsageError, human_size, parse_size
from encoder.errors import GlyphError

Codec = tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]


def _zstd(level: int) -> Codec:
    return zstandard.ZstdCompressor(level=level).compress, zstandard.ZstdDecompressor().decompress


def _glyph(profile: str) -> Codec:
    return (lambda data: encode(data, profile)), decode


def _xz(preset: int) -> Codec:
    return (lambda data: lzma.compress(data, preset=preset)), lzma.decompress


def _brotli(quality: int) -> Codec:
    return (lambda data: brotli.compress(data, quality=quality)), brotli.decompress


CODECS: Final[dict[str, Codec]] = {
    "glyph fast": _glyph("fast"),
    "glyph balanced": _glyph("balanced"),
    "glyph high": _glyph("high"),
    "glyph max": _glyph("max"),
    "zstd -3": _zstd(3),
    "zstd -9": _zstd(9),
    "zstd -19": _zstd(19),
    "xz -6": _xz(6),
    "xz -9e": _xz(9 | lzma.PRESET_EXTREME),
    "brotli -9": _brotli(9),
    "brotli -11": _brotli(11),
    "gzip -6": (lambda data: gzip.compress(data, 6), gzip.decompress),
}
SLOW: Final = frozenset({"glyph max", "xz -9e", "brotli -11"})
"""Left out unless asked for."""

PATIENCE: Final = 2.0
"""Seconds of one round from which on a codec is timed once only: what takes that long varies little."""


def chosen(only: list[str], *, slow: bool) -> dict[str, Codec]:
    """The codecs to run: those named, or all, or all but the slow ones. Raises UsageError for an unknown name."""
    for name in only:
        if name not in CODECS:
            raise UsageError(f"{name!r} is not a codec here; give one of {', '.join(CODECS)}")
    if only:
        return {name: CODECS[name] for name in only}
    return {name: codec for name, codec in CODECS.items() if slow or name not in SLOW}


@dataclass(frozen=True, slots=True)
class Result:
    """One codec on one file. Speeds in MB (10**6 bytes) of decoded data each second, medians over the rounds."""

    codec: str
    encoded_bytes: int
    ratio: float
    encode_mb_s: float
    decode_mb_s: float
    rounds: int


def show_bench(  # noqa: PLR0913 - one for each option
    paths: list[Path], *, rounds: int, limit: str, slow: bool, only: list[str], as_json: bool
) -> None:
    """Measure and print every file. Raises UsageError, and GlyphError where a codec does not give the bytes back."""
    size = parse_size(limit)
    codecs = chosen(only, slow=slow)
    documents = []
    for path in paths:
        data = _read(path, size)
        results = measure(data, codecs, rounds)
        if as_json:
            rows = [dataclasses.asdict(result) for result in results]
            documents.append({"file": str(path), "bytes": len(data), "rounds": rounds, "results": rows})
        else:
            typer.echo("\n".join(_table(path, len(data), results, rounds)))
    if as_json:
        typer.echo(json.dumps(documents, indent=2))


def measure(
    data: bytes, codecs: dict[str, Codec], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[Result]:
    """Run every codec once unmeasured, then `rounds` times, turn by turn so that a busy moment hits them alike.

    One that is slower than `PATIENCE` is timed in the first round only.
    """
    encoded = {name: codec[0](data) for name, codec in codecs.items()}
    for name, codec in codecs.items():
        if codec[1](encoded[name]) != data:
            raise GlyphError(f"{name} did not give the bytes back")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in codecs}
    for _ in range(rounds):
        for name, (compress, decompress) in codecs.items():
            if times[name] and sum(times[name][0]) > PATIENCE:
                continue
            began = clock()
            compress(data)
            middle = clock()
            decompress(encoded[name])
            times[name].append((middle - began, clock() - middle))
    return [_result(name, len(data), len(encoded[name]), times[name]) for name in codecs]


def _result(name: str, size: int, encoded: int, times: list[tuple[float, float]]) -> Result:
    return Result(
        name,
        encoded,
        size / encoded,
        _speed(size, (t[0] for t in times)),
        _speed(size, (t[1] for t in times)),
        len(times),
    )


def _speed(size: int, seconds: Iterable[float]) -> float:
    return size / max(statistics.median(seconds), 1e-9) / 1e6


def _read(path: Path, limit: int) -> bytes:
    try:
        with opened_input(str(path)) as file:
            data = file.read(limit)
    except IsADirectoryError as error:
        raise UsageError(f"{path}: is a directory") from error
    if not data:
        raise UsageError(f"{path}: is empty, or --limit is 0; there is nothing to measure")
    return data


def _table(path: Path, size: int, results: list[Result], rounds: int) -> list[str]:
    heading = f"  {'':16} {'bytes':>13} {'ratio':>8} {'encode MB/s':>13} {'decode MB/s':>13}"
    rows = [
        f"  {r.codec:16} {r.encoded_bytes:>13,} {r.ratio:>8.2f} {r.encode_mb_s:>13.1f} {r.decode_mb_s:>13.1f}"
        for r in results
    ]
    return [f"{path}: first {human_size(size)}, median of {rounds}, one thread", heading, *rows]
