"""Bytes in, glyphs out: a lossless encoder for logs, JSON, CSV and any other bytes.

    >>> import encoder
    >>> encoder.decode(encoder.encode(b"any bytes"))
    b'any bytes'

Everything here is loaded on first use, so that `import encoder` costs next to nothing. Where fsspec was imported before,
its `compression="glyph"` is registered at once; else import `encoder.fsspec_codec` for it.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes longer to load than all else here
if TYPE_CHECKING:
    from typing import Any, Final

    from encoder.api import decode, encode, open  # noqa: A004 - as in gzip: `encoder.open`
    from encoder.detect.pattern import PatternDetector
    from encoder.detect.selector import AdaptiveCompressionSelector
    from encoder.errors import (
        ChecksumError,
        FormatError,
        GlyphError,
        LimitError,
        ProfileError,
        TruncatedError,
        VersionError,
    )
    from encoder.limits import Limits
    from encoder.profile import PoolSettings, Profile, load_profile, parse_profile
    from encoder.strategy import BackEnd, Strategy, TreeType
    from encoder.stream.decoder import StreamingDecoder
    from encoder.stream.encoder import StreamingEncoder
    from encoder.stream.pool import GlyphBufferPool, LeaseRecord, PoolStatistics
    from encoder.stream.record_range import iter_records
    from encoder.stream.salvage import Lost, salvage
    from encoder.stream.statistics import PipelineStatistics

_HOMES: Final = {
    "AdaptiveCompressionSelector": "detect.selector",
    "PatternDetector": "detect.pattern",
    "LeaseRecord": "stream.pool",
    "ChecksumError": "errors",
    "FormatError": "errors",
    "GlyphError": "errors",
    "LimitError": "errors",
    "ProfileError": "errors",
    "TruncatedError": "errors",
    "VersionError": "errors",
    "Limits": "limits",
    "GlyphBufferPool": "stream.pool",
    "PoolStatistics": "stream.pool",
    "PoolSettings": "profile",
    "Profile": "profile",
    "load_profile": "profile",
    "parse_profile": "profile",
    "PipelineStatistics": "stream.statistics",
    "BackEnd": "strategy",
    "Strategy": "strategy",
    "TreeType": "strategy",
    "StreamingDecoder": "stream.decoder",
    "StreamingEncoder": "stream.encoder",
    "decode": "api",
    "Lost": "stream.salvage",
    "salvage": "stream.salvage",
    "encode": "api",
    "iter_records": "stream.record_range",
    "open": "api",
}

__all__ = [
    "AdaptiveCompressionSelector",
    "BackEnd",
    "ChecksumError",
    "FormatError",
    "GlyphBufferPool",
    "GlyphError",
    "LeaseRecord",
    "LimitError",
    "Limits",
    "Lost",
    "PatternDetector",
    "PipelineStatistics",
    "PoolSettings",
    "PoolStatistics",
    "Profile",
    "ProfileError",
    "Strategy",
    "StreamingDecoder",
    "StreamingEncoder",
    "TreeType",
    "TruncatedError",
    "VersionError",
    "decode",
    "encode",
    "iter_records",
    "load_profile",
    "open",
    "parse_profile",
    "salvage",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name not in _HOMES:
        raise AttributeError(f"module 'encoder' has no attribute {name!r}")
    value = getattr(import_module(f"encoder.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


if "fsspec.compression" in sys.modules:
    import_module("encoder.fsspec_codec")
