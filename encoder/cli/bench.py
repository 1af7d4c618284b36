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


CODECS: Final[dict[str, Codec]] = {
    "glyph fast": (lambda data: encode(data, "fast"), decode),
    "glyph baseline": (lambda data: encode(data, "baseline"), decode),
    "zstd -3": _zstd(3),
    "zstd -19": _zstd(19),
    "xz -6": (lambda data: lzma.compress(data, preset=6), lzma.decompress),
    "brotli -9": (lambda data: brotli.compress(data, quality=9), brotli.decompress),
    "gzip -6": (lambda data: gzip.compress(data, 6), gzip.decompress),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One codec on one file. Speeds in MiB of decoded data each second, medians over the rounds."""

    codec: str
    encoded_bytes: int
    ratio: float
    encode_mib_s: float
    decode_mib_s: float


def show_bench(paths: list[Path], *, rounds: int, limit: str, as_json: bool) -> None:
    """Measure and print every file. Raises UsageError, and GlyphError where a codec does not give the bytes back."""
    size = parse_size(limit)
    documents = []
    for path in paths:
        data = _read(path, size)
        results = measure(data, CODECS, rounds)
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
    """Run every codec once unmeasured, then `rounds` times, turn by turn so that a busy moment hits them alike."""
    encoded = {name: codec[0](data) for name, codec in codecs.items()}
    for name, codec in codecs.items():
        if codec[1](encoded[name]) != data:
            raise GlyphError(f"{name} did not give the bytes back")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in codecs}
    for _ in range(rounds):
        for name, (compress, decompress) in codecs.items():
            began = clock()
            compress(data)
            middle = clock()
            decompress(encoded[name])
            times[name].append((middle - began, clock() - middle))
    return [_result(name, len(data), len(encoded[name]), times[name]) for name in codecs]


def _result(name: str, size: int, encoded: int, times: list[tuple[float, float]]) -> Result:
    return Result(
        name, encoded, size / encoded, _speed(size, (t[0] for t in times)), _speed(size, (t[1] for t in times))
    )


def _speed(size: int, seconds: Iterable[float]) -> float:
    return size / max(statistics.median(seconds), 1e-9) / (1 << 20)


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
    heading = f"  {'':16} {'bytes':>13} {'ratio':>8} {'encode MiB/s':>13} {'decode MiB/s':>13}"
    rows = [
        f"  {r.codec:16} {r.encoded_bytes:>13,} {r.ratio:>8.2f} {r.encode_mib_s:>13.1f} {r.decode_mib_s:>13.1f}"
        for r in results
    ]
    return [f"{path}: first {human_size(size)}, median of {rounds}", heading, *rows]
