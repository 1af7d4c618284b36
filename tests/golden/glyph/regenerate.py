"""Writes the golden streams anew from the raw files beside them: `python tests/golden/glyph/regenerate.py [NAME…]`.

A command of its own, never run by a test. Run it for a new case, by its name. Streams of versions before 1.3 (`CASES`,
`CARRIED`) are kept to be read: today's encoder writes other ones.
"""

import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2]))

import encoder  # noqa: E402 - from this checkout, installed or not
from encoder.profile import CodebookSettings, load_profile  # noqa: E402
from encoder.strategy import BackEnd, Strategy, TreeType  # noqa: E402

# name of the stream: (name of the raw file, tree type, back end, level, block size)
CASES = {
    "empty": ("empty", TreeType.TEXT, BackEnd.ZSTD, 3, 1024),
    "one-byte": ("one-byte", TreeType.TEXT, BackEnd.STORE, 0, 1024),
    "stored": ("text", TreeType.OPAQUE, BackEnd.STORE, 0, 1024),
    "text-zstd": ("text", TreeType.TEXT, BackEnd.ZSTD, 19, 1024),
    "text-lzma": ("text", TreeType.TEXT, BackEnd.LZMA, 6, 4096),
    "text-brotli": ("text", TreeType.TEXT, BackEnd.BROTLI, 9, 4096),
    "long-line": ("long-line", TreeType.TEXT, BackEnd.ZSTD, 3, 1024),
    "log-zstd": ("log", TreeType.LOG, BackEnd.ZSTD, 3, 8192),
    "log-lzma": ("log", TreeType.LOG, BackEnd.LZMA, 6, 65536),
    "log-brotli": ("log", TreeType.LOG, BackEnd.BROTLI, 9, 65536),
    "json-lines": ("json-lines", TreeType.JSON_LINES, BackEnd.ZSTD, 9, 16384),
    "json": ("json", TreeType.JSON, BackEnd.ZSTD, 9, 65536),
    "csv": ("csv", TreeType.CSV, BackEnd.ZSTD, 9, 16384),
    "xml": ("xml", TreeType.XML, BackEnd.ZSTD, 9, 65536),
}
# as above; of version 1.1, with a codebook and a restart point after every 16 blocks
CARRIED = {
    "status-text-carried": ("status", TreeType.TEXT, BackEnd.BROTLI, 9, 2048),
    "status-lines-carried": ("status", TreeType.JSON_LINES, BackEnd.ZSTD, 9, 2048),
}
# as above; of version 1.3, one block or none
SHORT = {
    "short-empty": ("empty", TreeType.TEXT, BackEnd.ZSTD, 3, 1024),
    "short-one-byte": ("one-byte", TreeType.TEXT, BackEnd.STORE, 0, 1024),
    "short-text": ("text", TreeType.TEXT, BackEnd.ZSTD, 19, 65536),
    "short-log": ("log", TreeType.LOG, BackEnd.ZSTD, 3, 65536),
}
# several of those in one file, one behind the other, as `cat` joins them
JOINED = {
    "several-streams": ("text-zstd", "empty", "one-byte", "status-lines-carried", "empty", "log-zstd"),
    "several-short": ("short-log", "short-empty", "log-zstd", "short-empty", "short-text"),
}
CODEBOOK = CodebookSettings(size=4096, blocks=16)


def raws_of(name: str) -> list[str]:
    """The raw files whose bytes, one behind the other, the file decodes to."""
    return [(CASES | CARRIED | SHORT)[part][0] for part in JOINED.get(name, (name,))]


def main() -> None:
    """Write the named cases' streams, or every one's."""
    known = CASES | CARRIED | SHORT
    for name in sys.argv[1:] or known | JOINED:
        if name in JOINED:
            (HERE / f"{name}.glyph").write_bytes(
                b"".join((HERE / f"{part}.glyph").read_bytes() for part in JOINED[name])
            )
            continue
        raw, tree, back_end, level, block_size = known[name]
        strategy = Strategy(tree, back_end, level)
        codebook = CODEBOOK if name in CARRIED else None
        profile = replace(load_profile("baseline"), block_size=block_size, strategy=strategy, codebook=codebook)
        blob = encoder.encode((HERE / f"{raw}.raw").read_bytes(), profile)
        (HERE / f"{name}.glyph").write_bytes(blob)
        print(f"{name}.glyph: {len(blob)} bytes")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
