"""Inputs that an encoder must reproduce to the byte: every kind of data, and the edges where encoders break."""

import random
import zlib
from collections.abc import Mapping
from typing import Final

from workstreams import corpus

KIB: Final = 1 << 10
MIB: Final = 1 << 20


def edges(seed: int) -> Mapping[str, bytes]:
    """Name → bytes."""
    rng = random.Random(f"edges {seed}")  # noqa: S311 - test data
    log = corpus.server_log(64 * KIB, seed)
    return {
        "nothing": b"",
        "one byte": b"x",
        "one line end": b"\n",
        "line ends only": b"\n" * 5000,
        "no line end at the end": log.rstrip(b"\n"),
        "carriage returns": log.replace(b"\n", b"\r\n"),
        "mixed line ends": log.replace(b"\n", b"\r\n", 200),
        "broken UTF-8": b"\xff\xfe caf\xc3 \xe2\x82 line\n" * 2000,
        "NUL bytes": b"\0" * (64 * KIB),
        "NULs inside lines": log.replace(b" ", b"\0", 500),
        "every byte value": bytes(range(256)) * 300,
        "one long line": b"key=value " * (MIB // 4),
        "longer than a block by one": rng.randbytes(MIB) + b"\n",
        "compressed already": zlib.compress(corpus.prose(256 * KIB, seed), 9),
        "deep JSON": b"[" * 3000 + b"]" * 3000,
        "JSON cut in the middle": corpus.json_document(64 * KIB, seed)[:40_001],
        "uneven CSV": b'a,b,c\n1,2\n"x,\n y",3,4,5\n,,\n' * 1500,
        "numbers beyond 64 bits": b"id=%d\n" % (1 << 90) * 2000,
        "leading zeros and signs": b"-0 +7 007 -9223372036854775808 1e400 0x1F\n" * 1500,
        "a changing nature": log + rng.randbytes(64 * KIB) + corpus.csv_table(64 * KIB, seed),
    }


def kinds(size: int, seed: int) -> Mapping[str, bytes]:
    """Made and real data, `size` bytes of each."""
    return {name: make(size, seed) for name, make in corpus.GENERATED.items()} | corpus.real(size)
