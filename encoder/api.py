"""The one-call API: bytes to bytes, and `open` for files. It uses no threads, and writes the same bytes as the
streaming encoder.
"""

import builtins
import io
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, TypeAlias, overload

from xxhash import xxh3_64_intdigest

from encoder.container.codebook_frame import codebook_of
from encoder.container.writer import ContainerWriter
from encoder.detect.records import count_records, cut_blocks, ends_inside
from encoder.errors import GlyphError
from encoder.glyphs.segments import Segments
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.profile import DEFAULT, Profile
from encoder.stream.choosing import choosers_for, resolve_profile, standard_block_encoder
from encoder.stream.decoder import StreamingDecoder
from encoder.stream.encoder import StreamingEncoder


def encode(data: bytes | bytearray | memoryview, profile: str | Path | Profile = DEFAULT, *, threads: int = 1) -> bytes:
    """A whole glyph stream of these bytes, encoded in this thread or in `threads` others. Raises ProfileError."""
    plan = resolve_profile(profile)
    if threads != 1:
        out = io.BytesIO()
        with StreamingEncoder(out, plan, threads=threads) as stream:
            stream.write(data)
        return out.getvalue()
    cutting, selector = choosers_for(plan)
    sink = io.BytesIO()
    continues = False
    segments = Segments()
    writer = ContainerWriter(sink, plan.largest_block)
    with memoryview(data) as whole, whole.cast("B") as view:
        for block in cut_blocks(view, plan.block_size, cutting):
            strategy = selector.select(block)
            body = standard_block_encoder(block, strategy, segments.next(strategy))
            records = count_records(block, continues=continues)
            writer.add_to_check(block)
            writer.write_block(len(block), body, records, xxh3_64_intdigest(block), codebook_of(body, strategy))
            continues = ends_inside(block)
    writer.finish()
    return sink.getvalue()


def decode(blob: bytes | bytearray | memoryview, limits: Limits = DEFAULT_LIMITS, *, threads: int = 1) -> bytes:
    """The bytes that were encoded, all verified; `threads` blocks are decoded at once.

    Raises FormatError (and its subclasses) and LimitError.
    """
    with StreamingDecoder(io.BytesIO(blob), limits, threads=threads) as decoder:
        return decoder.read()


File: TypeAlias = str | os.PathLike[str] | IO[bytes]
"""What `open` opens: a path, or a binary file that the caller keeps."""


@overload
def open(  # noqa: A001 - as in gzip: `encoder.open`
    file: File, mode: Literal["r", "rb"] = ..., *, limits: Limits = ..., threads: int | None = ...
) -> StreamingDecoder: ...
@overload
def open(  # noqa: A001 - as above
    file: File,
    mode: Literal["w", "wb", "x", "xb", "a", "ab"],
    *,
    profile: str | Path | Profile = ...,
    threads: int | None = ...,
) -> StreamingEncoder: ...
@overload
def open(  # noqa: A001 - as above
    file: File,
    mode: Literal["rt", "wt", "xt", "at"],
    *,
    profile: str | Path | Profile = ...,
    limits: Limits = ...,
    threads: int | None = ...,
    encoding: str = ...,
    errors: str | None = ...,
    newline: str | None = ...,
) -> io.TextIOWrapper: ...
def open(  # noqa: A001, PLR0913 - as above, and as many as the builtin's
    file: File,
    mode: str = "rb",
    *,
    profile: str | Path | Profile = DEFAULT,
    limits: Limits = DEFAULT_LIMITS,
    threads: int | None = None,
    encoding: str = "utf-8",
    errors: str | None = None,
    newline: str | None = None,
) -> StreamingDecoder | StreamingEncoder | io.TextIOWrapper:
    """Open a glyph file as `gzip.open` would: decoding ("r", "rb", "rt") or encoding ("w", "x", "a", with "b" or "t").

    "a" writes another stream behind what the file holds; reading gives the bytes of all. Without "t" the mode is
    binary. file: a path, which is closed with the stream, or a binary file object, which stays open. An exception
    inside `with` leaves a file without a trailer, which no reader takes for complete. threads: None for the profile's
    when encoding, one when decoding. Raises ValueError for another mode, OSError, and what the streams raise.
    """
    if mode not in {one + kind for one in "rwxa" for kind in ("", "b", "t")}:
        raise ValueError(f"mode {mode!r} is not known; give r, w, x or a, with b or t")
    if isinstance(file, str | os.PathLike):
        # Without a buffer to write: what it holds would be written twice where a process forks.
        raw: IO[bytes] = builtins.open(file, mode[0] + "b", -1 if mode[0] == "r" else 0)  # noqa: SIM115, PTH123 - the stream closes it
        owned: IO[bytes] | None = raw
    else:
        raw, owned = file, None
    try:
        binary = (
            _OwningDecoder(raw, owned, limits, threads or 1)
            if mode[0] == "r"
            else _OwningEncoder(raw, owned, profile, threads)
        )
    except BaseException:
        if owned is not None:
            owned.close()
        raise
    return _Text(binary, encoding=encoding, errors=errors, newline=newline) if mode.endswith("t") else binary


class _OwningDecoder(StreamingDecoder):
    """A decoder that closes its file where it is its own."""

    def __init__(self, file: IO[bytes], owned: IO[bytes] | None, limits: Limits, threads: int) -> None:
        self._owned: Final = owned
        super().__init__(file, limits, threads=threads)
        self.name: Final = getattr(file, "name", None)

    def close(self) -> None:
        try:
            super().close()
        finally:
            if (owned := vars(self).get("_owned")) is not None:  # else it was never made, and is only finalised
                owned.close()


class _OwningEncoder(StreamingEncoder):
    """An encoder that closes its file where it is its own."""

    def __init__(
        self, file: IO[bytes], owned: IO[bytes] | None, profile: str | Path | Profile, threads: int | None
    ) -> None:
        self._owned: Final = owned
        super().__init__(file, profile, threads=threads)
        self.name: Final = getattr(file, "name", None)

    def abort(self) -> None:
        try:
            super().abort()
        finally:
            if self._owned is not None:
                self._owned.close()


class _Text(io.TextIOWrapper):
    """Text over either stream; an exception inside `with` aborts an encoder, where the standard wrapper would
    complete it.
    """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and isinstance(self.buffer, StreamingEncoder):
            self.buffer.abort()
        self.close()

    def __del__(self) -> None:
        """In a forked process it cannot be closed, and from Python 3.13 on a finaliser's error is shown."""
        with suppress(GlyphError):
            self.close()
