"""The one-call face: bytes to bytes, and `open` for files. No threads; the same bytes as the streaming encoder's."""

import builtins
import io
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, overload

from xxhash import xxh3_64_intdigest

from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.profile import DEFAULT, Profile
from encoder.records import count_records, cut_blocks, ends_inside
from encoder.stream_decoder import StreamingDecoder
from encoder.stream_encoder import StreamingEncoder, resolve_profile, selector_for, standard_block_encoder
from encoder.writer import ContainerWriter


def encode(data: bytes | bytearray | memoryview, profile: str | Path | Profile = DEFAULT) -> bytes:
    """A whole glyph stream of these bytes, encoded in this thread. Raises ProfileError."""
    plan = resolve_profile(profile)
    selector = selector_for(plan)
    sink = io.BytesIO()
    continues = False
    writer = ContainerWriter(sink, plan.block_size)
    with memoryview(data) as whole, whole.cast("B") as view:
        for block in cut_blocks(view, plan.block_size):
            body = standard_block_encoder(block, selector.select(block))
            records = count_records(block, continues=continues)
            writer.write_block(block, body, records, xxh3_64_intdigest(block))
            continues = ends_inside(block)
    writer.finish()
    return sink.getvalue()


def decode(blob: bytes | bytearray | memoryview, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes that were encoded, all verified. Raises FormatError (and its subclasses) and LimitError."""
    with StreamingDecoder(io.BytesIO(blob), limits) as decoder:
        return decoder.read()


@overload
def open(  # noqa: A001 - as in gzip: `encoder.open`
    file: str | os.PathLike[str], mode: Literal["r", "rb"] = ..., *, limits: Limits = ...
) -> StreamingDecoder: ...
@overload
def open(  # noqa: A001 - as above
    file: str | os.PathLike[str], mode: Literal["w", "wb", "x", "xb"], *, profile: str | Path | Profile = ...
) -> StreamingEncoder: ...
@overload
def open(  # noqa: A001 - as above
    file: str | os.PathLike[str],
    mode: Literal["rt", "wt", "xt"],
    *,
    profile: str | Path | Profile = ...,
    limits: Limits = ...,
    encoding: str = ...,
    errors: str | None = ...,
    newline: str | None = ...,
) -> io.TextIOWrapper: ...
def open(  # noqa: A001, PLR0913 - as above, and as many as the builtin's
    file: str | os.PathLike[str],
    mode: str = "rb",
    *,
    profile: str | Path | Profile = DEFAULT,
    limits: Limits = DEFAULT_LIMITS,
    encoding: str = "utf-8",
    errors: str | None = None,
    newline: str | None = None,
) -> StreamingDecoder | StreamingEncoder | io.TextIOWrapper:
    """Open a glyph file as `gzip.open` would: decoding ("r", "rb", "rt") or encoding ("w", "x", with "b" or "t").

    Without "t" the mode is binary. Closing closes the file too; an exception inside `with` leaves a file without a
    trailer, which no reader takes for complete. Raises ValueError for another mode, OSError, and what the streams raise.
    """
    if mode not in {"r", "rb", "rt", "w", "wb", "wt", "x", "xb", "xt"}:
        raise ValueError(f"mode {mode!r} is not known; give r, w or x, with b or t")
    raw = builtins.open(file, mode[0] + "b")  # noqa: SIM115, PTH123 - the stream closes it
    try:
        binary = _OwningDecoder(raw, limits) if mode[0] == "r" else _OwningEncoder(raw, profile)
    except BaseException:
        raw.close()
        raise
    return _Text(binary, encoding=encoding, errors=errors, newline=newline) if mode.endswith("t") else binary


class _OwningDecoder(StreamingDecoder):
    """A decoder that closes its file."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        super().__init__(file, limits)
        self._owned: Final = file
        self.name: Final = file.name

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._owned.close()


class _OwningEncoder(StreamingEncoder):
    """An encoder that closes its file."""

    def __init__(self, file: IO[bytes], profile: str | Path | Profile) -> None:
        super().__init__(file, profile)
        self._owned: Final = file
        self.name: Final = file.name

    def abort(self) -> None:
        try:
            super().abort()
        finally:
            self._owned.close()


class _Text(io.TextIOWrapper):
    """Text over either stream; an exception inside `with` aborts an encoder, where the standard wrapper would complete it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and isinstance(self.buffer, StreamingEncoder):
            self.buffer.abort()
        self.close()
