"""Search for frames in a file whose end, or whose codebook, is damaged."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xxhash import xxh3_64_intdigest

from encoder.container.blocks import SeekableSource, read_at_most
from encoder.container.codebook_frame import parse_codebook
from encoder.container.format import (
    COUNT,
    END_MAGIC,
    FOOTER,
    FRAME_SIZE,
    HEADER_SIZE,
    MAGIC,
    MOST_CODEBOOK,
    PREFIX,
    FrameHeader,
    FrameKind,
    StreamHeader,
    end_size,
    largest_body,
    parse_end,
    parse_header,
    unpack_frame,
)
from encoder.container.short_end import MARK, SHORT_END
from encoder.errors import GlyphError
from encoder.limits import DEFAULT_LIMITS, Limits

STARTS: Final = re.compile(rb"\x01[\x00\x01]\x00\x00|\x80\x00\x00\x00|" + re.escape(MAGIC[:4]))
"""How frames of blocks and of codebooks begin, and streams."""
START_SIZE: Final = 4
STEP: Final = 1 << 20
MOST_HASHED: Final = 64
"""Times the stream's size that a search may hash in all: bytes made to look like frames everywhere must not cost
more.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A frame whose body has the checksum that it names. offset: where it begins in the stream; end: where it ends."""

    frame: FrameHeader
    body: bytes
    offset: int

    @property
    def end(self) -> int:
        """Behind its last byte."""
        return self.offset + FRAME_SIZE + self.frame.body_size


class FrameSearch:
    """Looks for frames. size: bytes of the source. Blocks may be as large as the header allows, or that of any
    stream come across since.
    """

    def __init__(self, source: SeekableSource, header: StreamHeader, limits: Limits = DEFAULT_LIMITS) -> None:
        self._source: Final = source
        self._limits: Final = limits
        self._block_size = header.block_size
        self.size: Final = source.seek(0, io.SEEK_END)
        self._window_at = 0
        self._window = b""
        self._hashable = MOST_HASHED * self.size

    def frame_from(self, at: int) -> Found | None:
        """The first frame at `at` or behind it."""
        return next(self._frames(at), None)

    def codebook_from(self, at: int) -> tuple[int, bytes] | None:
        """Where the first codebook at `at` or behind it stands, and the codebook."""
        for found in self._frames(at):
            if found.frame.kind == FrameKind.CODEBOOK:
                try:
                    return found.offset, parse_codebook(found.body, found.offset)
                except GlyphError:
                    continue
        return None

    def behind_end(self, at: int) -> int:
        """Behind the whole end of a stream that stands at `at`, and the header behind that; `at` where there is
        none.
        """
        prefix = self._read(at, PREFIX.size + COUNT.size)
        if len(prefix) == SHORT_END.size and prefix[: len(MARK)] == MARK:
            return self._behind_header(at + SHORT_END.size)
        if len(prefix) < PREFIX.size + COUNT.size or prefix[0] != FrameKind.END:
            return at
        size = end_size(COUNT.unpack_from(prefix, PREFIX.size)[0])
        end = at + size + FOOTER.size
        if end > self.size or size > self._hashable:
            return at
        self._hashable -= size
        try:
            parse_end(self._read(at, size), at)
        except GlyphError:
            return at
        if self._read(at + size, FOOTER.size) != FOOTER.pack(size, END_MAGIC):
            return at
        return self._behind_header(end)

    def _behind_header(self, at: int) -> int:
        return at + HEADER_SIZE if self._is_header(at) else at

    def _is_header(self, at: int) -> bool:
        """Whether a stream begins there; blocks as large as its own are looked for as well from now on."""
        head = self._read(at, HEADER_SIZE)
        if len(head) < HEADER_SIZE:
            return False
        try:
            self._block_size = max(self._block_size, parse_header(head, self._limits).block_size)
        except GlyphError:
            return False
        return True

    def _frames(self, at: int) -> Iterator[Found]:
        while self._hashable > 0 and (place := self._next_start(at)) is not None:
            found = self._frame_at(place)
            if found is not None:
                yield found
            at = place + 1 if found is None else found.end

    def _next_start(self, at: int) -> int | None:
        while at + FRAME_SIZE <= self.size:
            if not self._window_at <= at <= self._window_at + len(self._window) - FRAME_SIZE:
                self._window_at, self._window = at, self._read(at, STEP)
            found = STARTS.search(self._window, at - self._window_at)
            if found is not None:
                return self._window_at + found.start()
            at = max(at + 1, self._window_at + len(self._window) - START_SIZE + 1)
        return None

    def _frame_at(self, place: int) -> Found | None:
        head = self._read(place, FRAME_SIZE)
        if head[:1] == MAGIC[:1]:
            self._is_header(place)
            return None
        if len(head) < FRAME_SIZE:
            return None
        frame = unpack_frame(head, place)
        if not self._sane(frame) or place + FRAME_SIZE + frame.body_size > self.size:
            return None
        self._hashable -= frame.body_size
        body = self._read(place + FRAME_SIZE, frame.body_size)
        return Found(frame, body, place) if xxh3_64_intdigest(body) == frame.body_check else None

    def _sane(self, frame: FrameHeader) -> bool:
        if frame.kind == FrameKind.CODEBOOK:
            return not frame.raw_size and 0 < frame.body_size <= largest_body(MOST_CODEBOOK)
        sized = 0 < frame.raw_size <= self._block_size and 0 < frame.body_size <= largest_body(frame.raw_size)
        return sized and frame.records <= frame.raw_size

    def _read(self, at: int, size: int) -> bytes:
        self._source.seek(at)
        return read_at_most(self._source, size)
