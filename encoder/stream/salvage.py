"""Salvage a damaged file of one or more streams: every intact block, in order, and what was lost between them.

Blocks are independent, or refer to a codebook that the stream has twice. So damage costs only the blocks that it hits.
If the stream's end is intact, its index finds the blocks. Otherwise we search for frames, and accept one if its body
has the checksum that it names.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from encoder.container.blocks import Block, SeekableSource, bare_block, check_raw
from encoder.container.codebook_frame import parse_codebook
from encoder.container.format import FRAME_SIZE, HEADER_SIZE, FrameKind, StreamHeader
from encoder.container.frame_search import Found, FrameSearch
from encoder.container.random_access import read_bare_block, read_codebook
from encoder.container.reader import ContainerReader
from encoder.errors import FormatError, GlyphError, LimitError
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.stream.decoder import BlockDecoder, standard_block_decoder
from encoder.stream.members import Member, read_file_index


@dataclass(frozen=True, slots=True)
class Lost:
    """A part of the stream that gave nothing. offset, size: its bytes in the stream; raw_offset, raw_size: in the
    output, where the index says so, else None. why: for people.
    """

    offset: int
    size: int
    raw_offset: int | None
    raw_size: int | None
    why: str


def salvage(
    source: SeekableSource,
    limits: Limits = DEFAULT_LIMITS,
    *,
    decode_block: BlockDecoder = standard_block_decoder,
) -> Iterator[bytes | Lost]:
    """Each whole block's bytes, verified by its own checksums, and each loss, in the order of the stream.

    A stream without any loss gives its blocks alone; its whole-stream checksum is not looked at. A block over the
    limits is lost. Never raises FormatError. Raises LimitError where the output would exceed `limits.max_output`,
    OSError.
    """
    given = 0
    for piece in _pieces(source, replace(limits, max_output=None), decode_block):  # else blocks behind it seemed lost
        given += len(piece) if isinstance(piece, bytes) else 0
        if limits.max_output is not None and given > limits.max_output:
            raise LimitError(
                f"the stream gives more than max_output={limits.max_output} bytes; raise it if you trust it"
            )
        yield piece


def _pieces(source: SeekableSource, limits: Limits, decode_block: BlockDecoder) -> Iterator[bytes | Lost]:
    header = _header(source, limits)
    known = header or StreamHeader(limits.max_block)
    search = FrameSearch(source, known, limits)
    if header is None and search.size >= HEADER_SIZE:  # a shorter file is one loss, told with the reason below
        yield Lost(0, HEADER_SIZE, None, 0, "the stream's header is damaged")
    try:
        index = read_file_index(source, 0, limits, known)
    except GlyphError as error:
        yield from _by_search(search, _Decoder(source, search, limits, decode_block), str(error))
        return
    for member in index.members:
        yield from _by_index(source, member, limits, _Decoder(source, search, limits, decode_block, member.start))


def _header(source: SeekableSource, limits: Limits) -> StreamHeader | None:
    source.seek(0)
    try:
        return ContainerReader(source, limits).header
    except GlyphError:
        return None


def _by_index(source: SeekableSource, member: Member, limits: Limits, decoder: "_Decoder") -> Iterator[bytes | Lost]:
    trailer = member.trailer
    ends = [*(entry.offset for entry in trailer.entries[1:]), trailer.offset]
    raw_ends = [*(entry.raw_offset for entry in trailer.entries[1:]), trailer.totals.raw_size]
    for number, entry in enumerate(trailer.entries):
        try:
            raw = decoder.decoded(read_bare_block(source, trailer, number, member.start, limits))
        except GlyphError as error:
            size, raw_size = ends[number] - entry.offset, raw_ends[number] - entry.raw_offset
            yield Lost(member.start + entry.offset, size, member.raw_start + entry.raw_offset, raw_size, str(error))
        else:
            yield raw


class _Decoder:
    """Decodes blocks behind the codebook that they name, or, where that is damaged, behind the whole one before or
    after them: every codebook stands on both sides of the blocks that refer to it, and a block's checksum says whether
    it was the right one. start: the byte of the file from which the places of its blocks count.
    """

    def __init__(
        self, source: SeekableSource, search: FrameSearch, limits: Limits, decode_block: BlockDecoder, start: int = 0
    ) -> None:
        self._source: Final = source
        self._limits: Final = limits
        self._decode: Final = decode_block
        self._search: Final = search
        self._start: Final = start
        self._following: tuple[int, tuple[int, bytes] | None] | None = (
            None  # (from where it was looked for, what was found)
        )
        self.before = b""

    def decoded(self, block: Block) -> bytes:
        """The block's bytes, verified. Raises FormatError or one of its subclasses, and LimitError."""
        if block.codebook_at is None:
            return self._verified(block)
        reason: GlyphError = FormatError("the codebook that the block refers to is damaged, and so is its copy")
        for codebook in self._candidates(block):
            try:
                return self._verified(replace(block, codebook=codebook))
            except GlyphError as error:
                reason = error
        raise reason

    def _verified(self, block: Block) -> bytes:
        raw = self._decode(block.body, block.frame.raw_size, self._limits, block.codebook)
        check_raw(block, raw)
        return raw

    def _candidates(self, block: Block) -> Iterator[bytes]:
        assert block.codebook_at is not None, "asked by `decoded`"
        with suppress(GlyphError):
            yield read_codebook(self._source, block.codebook_at, self._start, self._limits)
        if self.before:
            yield self.before
        following = self._after(self._start + block.offset)
        if following is not None:
            yield following[1]

    def _after(self, offset: int) -> tuple[int, bytes] | None:
        """The first whole codebook behind a block; looked for again only behind the last one found."""
        if self._following is not None:
            since, found = self._following
            if since <= offset and (found is None or offset < found[0]):
                return found
        self._following = offset, self._search.codebook_from(offset + FRAME_SIZE)
        return self._following[1]


def _by_search(search: FrameSearch, decoder: _Decoder, why: str) -> Iterator[bytes | Lost]:
    """Frame after frame from the start; after one that is not whole, the next place that looks like one. A stream's
    whole end is no loss.
    """
    at = lost_from = search.behind_end(HEADER_SIZE) if search.size >= HEADER_SIZE else 0
    raw_offset = lost = 0
    while (found := search.frame_from(at)) is not None:
        try:
            raw = _opened(found, raw_offset, decoder)
        except GlyphError:
            at = found.offset + 1
            continue
        if found.offset > lost_from:
            lost += 1
            yield Lost(lost_from, found.offset - lost_from, None, None, "no whole block stands here")
        if raw:
            yield raw
        raw_offset += len(raw)
        at = lost_from = search.behind_end(found.end)
    if not lost or lost_from < search.size:
        yield Lost(lost_from, max(0, search.size - lost_from), None, None, why)


def _opened(found: Found, raw_offset: int, decoder: _Decoder) -> bytes:
    """A block's bytes; none of a codebook, which the decoder remembers."""
    if found.frame.kind == FrameKind.CODEBOOK:
        decoder.before = parse_codebook(found.body, found.offset)
        return b""
    return decoder.decoded(bare_block(found.frame, found.body, found.offset, raw_offset))
