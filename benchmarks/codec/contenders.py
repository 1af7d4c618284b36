"""Who is compared: our levels, the general compressors, and those that happen to be installed."""

import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli
import zstandard

import encoder
from encoder.profile import LEVEL_NAMES

RIVALS = ("zstd -19", "xz -9e", "brotli 11")
"""The best of these, file by file, is what several bars compare with."""
ABSENT = {
    "clp-s": "no package on PyPI or in Debian holds it",
    "bsc": "no package on PyPI or in Debian holds it",
}
"""Contenders that the issue names and that cannot be installed as packages."""


@dataclass(frozen=True, slots=True)
class Contender:
    """encode and decode take and give whole files, in the calling thread alone. ours: one of our levels."""

    name: str
    ours: bool
    encode: Callable[[bytes], bytes]
    decode: Callable[[bytes], bytes]


def contenders(levels: tuple[str, ...] = LEVEL_NAMES) -> list[Contender]:
    """Our levels, then everyone else who is here."""
    return [*map(_level, levels), *_general(), *_openzl()]


def _level(name: str) -> Contender:
    return Contender(name, ours=True, encode=lambda data: encoder.encode(data, name), decode=encoder.decode)


def _general() -> Iterator[Contender]:
    for level in (3, 9, 19):
        compressor = zstandard.ZstdCompressor(level=level)
        yield Contender(f"zstd -{level}", False, compressor.compress, zstandard.ZstdDecompressor().decompress)
    preset = 9 | lzma.PRESET_EXTREME
    yield Contender("xz -9e", False, lambda data: lzma.compress(data, preset=preset), lzma.decompress)
    yield Contender("brotli 11", False, lambda data: brotli.compress(data, quality=11), brotli.decompress)


def _openzl() -> Iterator[Contender]:
    """OpenZL without a schema, its own choice of graph for bytes: what a user gets who describes nothing."""
    try:
        from openzl import ext  # noqa: PLC0415 - only where it is installed
    except ImportError:
        ABSENT["OpenZL"] = "not installed (pip install openzl)"
        return
    compressor = ext.Compressor()
    compressor.select_starting_graph(ext.graphs.Compress()(compressor))

    def encode(data: bytes) -> bytes:
        context = ext.CCtx()
        context.ref_compressor(compressor)
        context.set_parameter(ext.CParam.FormatVersion, ext.MAX_FORMAT_VERSION)
        return bytes(context.compress([ext.Input(ext.Type.Serial, data)]))

    def decode(blob: bytes) -> bytes:
        return bytes(ext.DCtx().decompress(blob)[0].content.as_bytes())

    yield Contender("OpenZL", False, encode, decode)
