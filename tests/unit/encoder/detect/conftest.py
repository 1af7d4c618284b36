import csv
import io
import json
import random
import zlib
from datetime import UTC, datetime, timedelta

import pytest

WORDS = [
    "the",
    "of",
    "pool",
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
    "memory",
]
START = datetime(2024, 2, 28, 23, 50, tzinfo=UTC)
SIZE = 100_000


def _moments(rng):
    at = START
    while True:
        at += timedelta(milliseconds=rng.randrange(5000))
        yield at


def _text(make_line):
    lines, size = [], 0
    while size < SIZE:
        lines.append(make_line())
        size += len(lines[-1]) + 1
    return ("\n".join(lines) + "\n").encode()


def _record(rng, moments):
    return {
        "time": next(moments).isoformat(),
        "id": rng.randrange(10**9),
        "level": rng.choice(["info", "warn"]),
        "path": f"/v1/{rng.choice(WORDS)}/{rng.randrange(999)}",
        "took": rng.random(),
        "tags": rng.sample(WORDS, 2),
    }


def _prose(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(6, 15)))


def _table(rng, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(["id", "name", "amount", "note"])
    while out.tell() < SIZE:
        note = f'{rng.choice(WORDS)}{separator} "{rng.choice(WORDS)}"' if rng.random() < 0.3 else rng.choice(WORDS)
        writer.writerow([rng.randrange(10**6), rng.choice(WORDS), f"{rng.random():.3f}", note])
    return out.getvalue().encode()


def build_samples():
    """Seeded data of each shape: name → (the shape's value, the separator or "", bytes)."""
    rng = random.Random(7)
    moments = _moments(rng)
    records = [_record(rng, moments) for _ in range(700)]
    pick = rng.choice
    return {
        "JSON lines": ("jsonl", "", _text(lambda: json.dumps(_record(rng, moments)))),
        "compact JSON lines with CRLF": (
            "jsonl",
            "",
            _text(lambda: json.dumps(_record(rng, moments), separators=(",", ":")) + "\r"),
        ),
        "arrays as JSON lines": ("jsonl", "", _text(lambda: json.dumps([pick(WORDS), rng.random(), pick(WORDS)]))),
        "a compact JSON document": ("json", "", json.dumps(records, separators=(",", ":")).encode()),
        "an indented JSON document": ("json", "", json.dumps(records, indent=2).encode()),
        "nested arrays of numbers": (
            "json",
            "",
            json.dumps([[rng.random() * 90, rng.random() * 90] for _ in range(3000)], separators=(",", ":")).encode(),
        ),
        "a syslog": (
            "log",
            "",
            _text(
                lambda: (
                    f"{next(moments):%b %d %H:%M:%S} host-{rng.randrange(9)} app[{rng.randrange(9999)}]: {_prose(rng)}"
                )
            ),
        ),
        "an access log": (
            "log",
            "",
            _text(
                lambda: (
                    f"10.0.{rng.randrange(256)}.{rng.randrange(256)} - - [{next(moments):%d/%b/%Y:%H:%M:%S +0000}] "
                    f'"GET /{pick(WORDS)}/{rng.randrange(999)} HTTP/1.1" 200 {rng.randrange(99999)}'
                )
            ),
        ),
        "a log whose times have a comma": (
            "log",
            "",
            _text(lambda: f"{next(moments):%Y-%m-%d %H:%M:%S},{rng.randrange(1000):03d} INFO [main] {_prose(rng)}"),
        ),
        "a log with compact times": (
            "log",
            "",
            _text(lambda: f"{next(moments):%y%m%d %H%M%S} {rng.randrange(100, 999)} INFO {pick(WORDS)}: {_prose(rng)}"),
        ),
        "a log with traces between": (
            "log",
            "",
            _text(
                lambda: (
                    "    at org.example.Pool.take(Pool.java:17)"
                    if rng.random() < 0.2
                    else f"{next(moments):%H:%M:%S.%f} ERROR {_prose(rng)}"
                )
            ),
        ),
        "CSV": ("csv", ",", _table(rng, ",")),
        "CSV with semicolons": ("csv", ";", _table(rng, ";")),
        "tab-separated values": ("csv", "\t", _table(rng, "\t")),
        "CSV with pipes": ("csv", "|", _table(rng, "|")),
        "CSV of two columns of numbers": (
            "csv",
            ",",
            _text(lambda: f"{rng.randrange(10**6)},{rng.random():.4f}"),
        ),
        "CSV with times": (
            "csv",
            ",",
            _text(lambda: f"{next(moments):%Y-%m-%d %H:%M:%S},{rng.random():.2f},{rng.randrange(99)},{pick(WORDS)}"),
        ),
        "indented XML": (
            "xml",
            "",
            _text(lambda: f'  <entry id="{rng.randrange(9999)}"><name>{pick(WORDS)}</name>\n    <note/>\n  </entry>'),
        ),
        "XML on one line": (
            "xml",
            "",
            "".join(f"<row><c>{rng.randrange(9999)}</c><c>{pick(WORDS)}</c></row>" for _ in range(3000)).encode(),
        ),
        "prose": ("text", "", _text(lambda: _prose(rng).capitalize() + ", " * (rng.random() < 0.3) + ".")),
        "prose in Greek": ("text", "", _text(lambda: " ".join(pick(["λόγος", "ψυχή", "φύσις"]) for _ in range(9)))),
        "C source": (
            "text",
            "",
            _text(
                lambda: pick(["", "    ", "\t"]) + pick(["if (a->b) {", "}", f"return {pick(WORDS)}[i];", "/* why */"])
            ),
        ),
        "random bytes": ("opaque", "", rng.randbytes(SIZE)),
        "deflated text": ("opaque", "", zlib.compress(" ".join(_prose(rng) for _ in range(6000)).encode())),
        "little-endian integers": ("opaque", "", b"".join(i.to_bytes(4, "little") for i in range(SIZE // 4))),
        "zero bytes": ("opaque", "", bytes(SIZE)),
    }


@pytest.fixture(scope="session")
def samples():
    return build_samples()
