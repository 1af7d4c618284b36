"""Inputs to measure with: real files that exist on any machine with Python, and seeded families made here."""

import csv
import io
import json
import random
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
TILE: Final = 2 * MIB
FIRST_DAY: Final = datetime(2025, 12, 13, tzinfo=UTC)
_WORDS: Final = (
    *(
        "buffer",
        "stream",
        "record",
        "block",
        "encoder",
        "reader",
        "writer",
        "node",
        "value",
        "path",
        "index",
        "journal",
    ),
    *("memory", "worker", "queue", "lease", "retry", "timeout", "session", "account", "order", "invoice", "payment"),
    *("catalog", "search", "profile", "image", "upload", "report", "metric", "alert", "token", "cache"),
)
_PLACES: Final = ("Oslo", "Lima", "Pune", "Kyiv", "Graz", "Cork", "Bari", "Nara", "Suva", "Baku")
_LARGEST_FILE: Final = 8 * MIB


def server_log(size: int, seed: int = 1) -> bytes:
    """At least `size` bytes of log lines of five shapes, in the order of time.

    The same arguments give the same bytes.
    """
    rng = random.Random(f"log {seed}")  # noqa: S311 - test data
    at = FIRST_DAY
    out = bytearray()
    while len(out) < size:
        at += timedelta(milliseconds=rng.randrange(1, 400))
        out += f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {_log_message(rng)}\n".encode()
    return bytes(out)


def _log_message(rng: random.Random) -> str:
    word, other, number = rng.choice(_WORDS), rng.choice(_WORDS), rng.random()
    user = f"user-{int(rng.paretovariate(0.9)) % 5000}"
    if number < 0.4:
        return (
            f"INFO [worker-{rng.randrange(8)}] {word}.service: request {rng.getrandbits(64):016x} by {user} took "
            f"{rng.randrange(2000)} ms"
        )
    if number < 0.7:
        return (
            f'INFO 10.{rng.randrange(4)}.{rng.randrange(99)}.7 "GET /{word}/{rng.randrange(9999)} HTTP/1.1" '
            f"{rng.choice((200, 200, 304, 404))} {rng.randrange(90000)}"
        )
    if number < 0.85:
        return (
            f"DEBUG {word}: cache {rng.choice(('hit', 'miss'))} key={other}:{rng.randrange(10**6)} "
            f"size={rng.randrange(4096)}"
        )
    if number < 0.95:
        return f"WARN {word}: retry {rng.randrange(1, 5)} of {other} for {user} after {rng.random():.3f}s"
    return (
        f"ERROR {word}: {other} failed: timeout after {rng.randrange(30)}s (node "
        f"R{rng.randrange(70):02d}-N{rng.randrange(16):X})"
    )


def json_lines(size: int, seed: int = 1) -> bytes:
    """At least `size` bytes of JSON records, one a line."""
    rng = random.Random(f"jsonl {seed}")  # noqa: S311 - test data
    lines = (json.dumps(_event(rng, number), separators=(",", ":")) + "\n" for number in _count())
    return _until(size, lines)


def json_document(size: int, seed: int = 1) -> bytes:
    """At least `size` bytes: one indented JSON document with a list of records."""
    rng = random.Random(f"json {seed}")  # noqa: S311 - test data
    items = _until(size, (json.dumps(_event(rng, number), indent=2) + ",\n" for number in _count()))
    return b'{"items": [\n' + items.rstrip(b",\n") + b"\n]}\n"


def csv_table(size: int, seed: int = 1) -> bytes:
    """At least `size` bytes of comma-separated rows below one header."""
    rng = random.Random(f"csv {seed}")  # noqa: S311 - test data

    def rows() -> Iterator[str]:
        yield "time,place,celsius,hectopascal,reader,note\n"
        for number in _count():
            at = FIRST_DAY + timedelta(seconds=10 * number)
            yield (
                f"{at:%Y-%m-%dT%H:%M:%SZ},{rng.choice(_PLACES)},{12 + at.hour / 3 + rng.gauss(0, 0.4):.2f},"
                f"{rng.randrange(1000, 1025)},{rng.choice(_WORDS)}-{rng.randrange(40)},{_note(rng)}\n"
            )

    return _until(size, rows())


def prose(size: int, seed: int = 1) -> bytes:
    """At least `size` bytes of sentences without a fixed shape."""
    rng = random.Random(f"prose {seed}")  # noqa: S311 - test data
    sentences = (
        " ".join(rng.choices(_WORDS, k=rng.randrange(5, 16))).capitalize() + rng.choice((".", ".", "?", ".\n"))
        for _ in _count()
    )
    return _until(size, (sentence + " " for sentence in sentences))


def noise(size: int, seed: int = 1) -> bytes:
    """`size` random bytes, which nothing compresses."""
    return random.Random(f"noise {seed}").randbytes(size)  # noqa: S311 - test data


GENERATED: Final[Mapping[str, Callable[[int, int], bytes]]] = {
    "server log": server_log,
    "JSON lines": json_lines,
    "JSON document": json_document,
    "CSV table": csv_table,
    "prose": prose,
    "noise": noise,
}
"""Name → function of (size, seed)."""


def write_large(path: Path, size: int, seed: int = 1) -> int:
    """Write exactly `size` bytes of log lines, whole except the last, a few hundred MiB a second. Returns `size`.

    One tile of lines is repeated, each time on another day. Each block is encoded by itself, so repetition at such a
    distance improves no ratio. What is measured on it is memory and time.
    """
    tile = _tile(min(TILE, size), seed)
    written = 0
    with path.open("wb") as file:
        while written < size:
            day = FIRST_DAY + timedelta(days=written // TILE)
            piece = tile.replace(f"\n{FIRST_DAY:%Y-%m-%d}".encode(), f"\n{day:%Y-%m-%d}".encode())
            written += file.write(memoryview(piece)[: size - written])
    return written


@lru_cache(maxsize=1)
def _tile(size: int, seed: int) -> bytes:
    """Kept for the next file of the same task: making it takes longer than writing a hundred MiB of it."""
    return server_log(size, seed)


def real(size: int, folder: Path | None = None) -> dict[str, bytes]:
    """Real data by kind, each up to about `size` bytes of whole files in the order of their paths.

    "Python sources" and "documents" come from the standard library and the installed packages. "package records" are
    their RECORD files, which are CSV. With `folder`, every file type found there is a kind of its own. A kind without
    any files is left out.
    """
    library, packages = (Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib"))
    kinds: dict[str, list[Path]] = {
        "Python sources": _library_sources(library),
        "documents": _named(packages, ("METADATA", "*.md", "*.rst", "*.txt", "LICENSE*", "*.html")),
        "package records": _named(packages, ("RECORD",)),
        "package JSON": _named(packages, ("*.json",)),
    }
    if folder is not None:
        for path in _named(folder, ("*",)):
            kinds.setdefault(f"{folder.name}/*{path.suffix}", []).append(path)
    found = {kind: concatenated(paths, size) for kind, paths in kinds.items()}
    return {kind: data for kind, data in found.items() if data}


def concatenated(paths: Iterable[Path], size: int) -> bytes:
    """Whole files one after the other until `size` bytes are reached. Unreadable ones are skipped."""
    out = bytearray()
    for path in paths:
        try:
            out += path.read_bytes()
        except OSError:
            continue
        if len(out) >= size:
            break
    return bytes(out)


def _library_sources(library: Path) -> list[Path]:
    """The standard library's own .py files, without the packages that are installed below it."""
    return [path for path in _named(library, ("*.py",)) if "site-packages" not in path.parts]


def _named(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    paths = {path for pattern in patterns for path in folder.rglob(pattern)}
    return [path for path in sorted(paths) if path.is_file() and 0 < path.stat().st_size <= _LARGEST_FILE]


def _event(rng: random.Random, number: int) -> dict[str, object]:
    at = FIRST_DAY + timedelta(milliseconds=137 * number + rng.randrange(90))
    return {
        "ts": at.isoformat(),
        "level": rng.choice(("info", "info", "warn", "error")),
        "service": rng.choice(_WORDS),
        "request_id": f"{rng.getrandbits(64):016x}",
        "status": rng.choice((200, 200, 201, 404)),
        "took_ms": round(rng.expovariate(1 / 30), 3),
        "user": {"id": rng.randrange(5000), "place": rng.choice(_PLACES)},
        "tags": rng.choices(_WORDS, k=rng.randrange(3)),
    }


def _note(rng: random.Random) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([" ".join(rng.choices(_WORDS, k=2)) + rng.choice(("", ", late"))])
    return out.getvalue()


def _count() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


def _until(size: int, pieces: Iterable[str]) -> bytes:
    """The pieces joined, up to the first with which they reach `size` bytes."""
    out = bytearray()
    for piece in pieces:
        out += piece.encode()
        if len(out) >= size:
            break
    return bytes(out)
