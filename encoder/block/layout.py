"""The layout of a block's body: its header, its flags, its directory of streams (docs/reference/glyph-block.md).

Other modules decide what the streams mean and which are the smallest. This one only handles bytes.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from encoder.block.backends import BACK_END_BITS, CODECS, back_end_of, decompress, memory_of
from encoder.errors import FormatError, LimitError, VersionError
from encoder.limits import Limits
from encoder.strategy import BackEnd, TreeType
from encoder.trees import TREES
from encoder.varint import Reader, varint

VERSION: Final = 1
"""Of the layout."""
FORM: Final = 0x0F
"""The bits of a body's first byte that say which of these it has."""
STORED, PLAIN, GLYPHS, ROWS = range(4)
"""Forms of a body: the bytes themselves, one stream of them compressed, templates and columns, or mixed token rows."""
HEADER_SIZE: Final = 4
"""Bytes."""
NO_FLAGS: Final = 0
"""Of a body of rows, which has none."""
SORTED: Final = 0x01
"""Flag of a body of columns: the metadata says which streams are in the order of others."""
TEXT_POOLED: Final = 0x04
"""Flag of a body of columns: all text is in one stream."""
_TRANSFORMED: Final = (GLYPHS, ROWS)
_TREES: Final = {row.code: tree for tree, row in TREES.items()}
_FELL_BACK: Final = 0x10


class Header(NamedTuple):
    """The first four bytes of a body. `tree` is what was used; `fell_back` says that another was asked for."""

    form: int
    tree: TreeType
    fell_back: bool
    back_end: BackEnd
    level: int

    def to_bytes(self) -> bytes:
        """Inverse of `read_header`."""
        tree = TREES[self.tree].code | (_FELL_BACK if self.fell_back else 0)
        return bytes([VERSION << 4 | self.form, tree, CODECS[self.back_end].code, self.level & 0xFF])


def read_header(reader: Reader) -> Header:
    """The header. Raises VersionError for another version or a reserved bit, FormatError for what no header says."""
    first, second, third, fourth = reader.take(HEADER_SIZE, "a block's header")
    version, form = first >> 4, first & 0x0F
    if version != VERSION or second >> 5 or third >> BACK_END_BITS or form > ROWS:
        raise VersionError(f"a block of version {version}, form {form} needs a newer reader than this")
    tree = _TREES.get(second & 0x0F)
    fell_back = bool(second & _FELL_BACK)
    back_end = back_end_of(third)
    level = fourth - 256 if fourth > 127 else fourth
    if tree is None or (form in _TRANSFORMED) == TREES[tree].plain or (fell_back and tree is not TreeType.TEXT):
        raise FormatError(f"a block's header is damaged: form {form} with tree code {second}")
    if form == ROWS and back_end is not BackEnd.MIXING:
        raise FormatError(f"a block's header is damaged: rows with back end {back_end}")
    if form not in _TRANSFORMED and (form == STORED) != (back_end is BackEnd.STORE):
        raise FormatError(f"a block's header is damaged: form {form} with back end {back_end}")
    return Header(form, tree, fell_back, back_end, level)


class Stream(NamedTuple):
    """A physical stream as the directory has it. raw_size: the bytes that `data` decompresses to."""

    back_end: BackEnd
    raw_size: int
    data: memoryview


def write_streams(flags: int, streams: Iterable[tuple[int, BackEnd, bytes]]) -> bytes:
    """A body of several streams after its header. Of each: the bytes it decompresses to, what compressed it, its own
    bytes.

    Inverse of `read_flags` and `read_directory`.
    """
    packed = list(streams)
    directory = bytearray(varint(len(packed)))
    for raw_size, used, stream in packed:
        directory += varint(raw_size << BACK_END_BITS | CODECS[used].code)
        if used is not BackEnd.STORE:
            directory += varint(len(stream))
    return b"".join([bytes([flags]), directory, *(stream for _, _, stream in packed)])


def read_flags(reader: Reader, known: int) -> int:
    """A body's flags. Raises VersionError for one that is not among those known."""
    flags = reader.byte("a block's flags")
    if flags & ~known:
        raise VersionError(f"a block's flags {flags:#x} need a newer reader than this")
    return flags


def read_directory(reader: Reader) -> list[Stream]:
    """The streams that the rest of a body is, in their order. Raises FormatError for lengths that do not fill it,
    VersionError for a back end that only a newer reader knows.
    """
    count = reader.varint("the number of streams")
    if not 1 <= count <= reader.remaining:
        raise FormatError(f"a block says it has {count} streams in {reader.remaining} bytes")
    sizes = []
    for _ in range(count):
        coded = reader.varint("a stream's length")
        back_end, raw_size = back_end_of(coded % (1 << BACK_END_BITS)), coded >> BACK_END_BITS
        size = raw_size if back_end is BackEnd.STORE else reader.varint("a stream's encoded length")
        sizes.append((back_end, raw_size, size))
    streams = [Stream(back_end, raw_size, reader.take(size, "a stream")) for back_end, raw_size, size in sizes]
    if reader.remaining:
        raise FormatError(f"a block has {reader.remaining} bytes after its last stream")
    return streams


def open_stream(stream: Stream, limits: Limits, codebook: bytes = b"") -> bytes:
    """A stream decompressed, behind the codebook where it says so. Raises LimitError where that would take too much
    memory, FormatError where it is damaged.
    """
    needed = 9 * stream.raw_size + memory_of(stream.back_end, stream.data, stream.raw_size)
    if needed > limits.max_memory:
        raise LimitError(
            f"a stream of {stream.raw_size} bytes would take {needed}, over the limit of {limits.max_memory}"
        )
    return decompress(stream.back_end, stream.data, stream.raw_size, codebook)
