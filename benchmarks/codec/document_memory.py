"""Peak memory of documents in a stream: `python -m benchmarks.codec.document_memory [FILE...] [--mib 12] [--level fast]
[--threads 2]`.

Each document is streamed in a process of its own (`benchmarks.codec.stream_run`), again and again up to the length.
Printed per document: resident MiB before the first block and at the peak, the difference, and the ratio; the last line
names the document with the highest peak. Without FILE: documents made to be hard on memory, nested thousands deep, all
numbers, all keys different, one long text, a record without end.
"""

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.codec.streaming import stream

SIZE: Final = 6 << 20


def _deep(chance: random.Random) -> bytes:
    parts, size = [b"["], 0
    while size < SIZE:
        depth = chance.randrange(1, 4000)
        inner = b"".join(b'{"k%d":[' % (n % 50) for n in range(depth)) + b"%d" % chance.randrange(10**6) + b"]}" * depth
        parts.append(inner + b",")
        size += len(inner)
    return b"".join(parts) + b"0]"


def _numbers(chance: random.Random) -> bytes:
    return b"[" + b",".join(b"[%d,%d]" % (chance.randrange(99), chance.randrange(9)) for _ in range(SIZE // 7)) + b"]"


def _keys(chance: random.Random) -> bytes:
    return b"{" + b",".join(b'"%08x":{"v":%d}' % (chance.getrandbits(32), n) for n in range(SIZE // 24)) + b"}"


def _text(chance: random.Random) -> bytes:
    words = [bytes(chance.choices(b"etaoinshrdlu", k=chance.randrange(2, 9))) for _ in range(5000)]
    return b'{"text": "' + b" ".join(chance.choices(words, k=SIZE // 6)) + b'"}'


def _endless(chance: random.Random) -> bytes:
    return b'{"a": ' + b'{"b": "x", "c": %d, "d": ' % chance.randrange(9) * (SIZE // 26)


def _elements(chance: random.Random) -> bytes:
    return b"<r>" + b"".join(b"<e n='%d'><f/></e>" % chance.randrange(999) for _ in range(SIZE // 20)) + b"</r>"


MADE: Final[dict[str, Callable[[random.Random], bytes]]] = {
    "deep": _deep,
    "numbers": _numbers,
    "keys": _keys,
    "text": _text,
    "endless": _endless,
    "elements": _elements,
}


def main() -> None:
    """Streams every document, prints a line for each, and names the worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--mib", type=int, default=12)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    peaks: dict[str, float] = {}
    print(f"{'document':40} {'before':>8} {'peak':>8} {'above':>8} {'ratio':>8}")
    with tempfile.TemporaryDirectory(prefix="glyph-documents-") as folder:
        for name, make in {} if arguments.files else MADE.items():
            (Path(folder) / name).write_bytes(make(random.Random(1)))
        for file in arguments.files or sorted(Path(folder).iterdir()):
            found = stream(file, arguments.mib, arguments.level, arguments.threads)
            peaks[file.name] = found["peak"]
            ratio = arguments.mib * 2**20 / found["out"]
            figures = (found["before"], found["peak"], found["peak"] - found["before"])
            print(f"{file.name[-40:]:40} {' '.join(f'{mib:8.0f}' for mib in figures)} {ratio:8.2f}", flush=True)
    worst = max(peaks, key=peaks.__getitem__)
    print(f"highest: {worst}, {peaks[worst]:.0f} MiB")


if __name__ == "__main__":
    main()
