"""What is in a glyph file, as data: read from its trailers and its blocks' own headers."""

from collections import defaultdict
from dataclasses import dataclass
from typing import IO

from encoder.block.codec import BlockInfo, ColumnInfo, describe_block
from encoder.container.format import MAJOR
from encoder.container.random_access import read_block
from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.stream.members import Member, read_file_index


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One block: where it is, what it holds, what its body says of itself, and where the codebook that it refers to
    is, if any.
    """

    offset: int
    raw_size: int
    body_size: int
    records: int
    body: BlockInfo
    codebook: int | None = None


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A whole file. size: bytes of the file. blocks: of all its streams."""

    name: str
    size: int
    streams: tuple[Member, ...]
    blocks: tuple[BlockLine, ...]

    @property
    def raw_size(self) -> int:
        """Bytes that the streams decode to together."""
        return sum(stream.trailer.totals.raw_size for stream in self.streams)

    @property
    def records(self) -> int:
        """Records of the streams, each by itself: one that goes on in the next stream counts twice."""
        return sum(stream.trailer.totals.records for stream in self.streams)

    @property
    def block_size(self) -> int:
        """The most bytes that any of the blocks may decode to."""
        return max(stream.trailer.header.block_size for stream in self.streams)

    @property
    def format(self) -> str:
        """The newest version among the streams."""
        return f"{MAJOR}.{max(stream.trailer.header.minor for stream in self.streams)}"

    @property
    def checksum(self) -> str | None:
        """Of the output, where there is one stream; several have one each."""
        return f"{self.streams[0].trailer.totals.check:016x}" if len(self.streams) == 1 else None

    @property
    def ratio(self) -> float:
        """Decoded bytes for each encoded one."""
        return self.raw_size / self.size


def describe(name: str, file: IO[bytes], limits: Limits = DEFAULT_LIMITS) -> StreamInfo:
    """Read a seekable file's trailers and every block's body header. Raises FormatError, LimitError."""
    index = read_file_index(file, limits=limits)
    lines = []
    for stream in index.members:
        for number, entry in enumerate(stream.trailer.entries):
            block = read_block(file, stream.trailer, number, stream.start, limits)
            frame, body = block.frame, describe_block(block.body, limits, block.codebook)
            codebook = None if block.codebook_at is None else stream.start + block.codebook_at
            at = stream.start + entry.offset
            lines.append(BlockLine(at, frame.raw_size, frame.body_size, frame.records, body, codebook))
    return StreamInfo(name, file.seek(0, 2), index.members, tuple(lines))


def column_costs(blocks: tuple[BlockLine, ...]) -> list[ColumnInfo]:
    """The columns of all blocks, those of one tree type, name and kind added up; the costliest first. Pure."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for block in blocks:
        for column in block.body.columns:
            total = sums[f"{block.body.tree}:{column.name}", column.kind]
            for place, value in enumerate((column.values, column.raw_bytes, column.encoded_bytes)):
                total[place] += value
    columns = [ColumnInfo(name, kind, *total) for (name, kind), total in sums.items()]
    return sorted(columns, key=lambda column: (-column.encoded_bytes, column.name, column.kind))
