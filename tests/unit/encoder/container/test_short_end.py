"""Streams of one block or none, whose end is eight bytes."""

import io
import os
import random
from dataclasses import replace

import pytest
import zstandard

import encoder
from encoder.container.format import FRAME_SIZE, HEADER_SIZE, MAGIC, FrameHeader, StreamHeader, pack_frame, pack_header
from encoder.container.reader import ContainerReader, read_trailer
from encoder.container.short_end import SHORT_END, pack_short_end
from encoder.container.writer import ContainerWriter
from encoder.errors import ChecksumError, FormatError, GlyphError, TruncatedError
from encoder.profile import load_profile
from encoder.stream.members import read_file_index
from encoder.stream.salvage import Lost, salvage

DATA = b"".join(b"%d a line\n" % number for number in range(100))
BLOB = encoder.encode(DATA)
EMPTY = encoder.encode(b"")
LONG = encoder.encode(DATA, replace(load_profile("fast"), block_size=512, longest_block=0))


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 70_000])
@pytest.mark.parametrize("profile", ["fast", "balanced", "high", "max"])
def test_a_small_stream_costs_at_most_64_bytes_more_than_zstds_frame(size, profile):
    data = random.Random(size).randbytes(size)
    assert len(encoder.encode(data, profile)) <= len(zstandard.compress(data, 19)) + 64


def test_only_streams_of_more_than_one_block_have_a_trailer():
    assert [blob[-8:-4] == b"\x03END" for blob in (encoder.encode(b""), BLOB, LONG)] == [True, True, False]


def test_a_short_stream_has_the_index_that_its_block_implies():
    trailer = read_trailer(io.BytesIO(BLOB))
    (entry,) = trailer.entries
    assert (entry.offset, entry.raw_offset, entry.records) == (HEADER_SIZE, 0, 100)
    assert (trailer.totals.raw_size, trailer.totals.records) == (len(DATA), 100)
    assert trailer.offset == len(BLOB) - SHORT_END.size
    assert read_trailer(io.BytesIO(encoder.encode(b""))).entries == ()


def test_a_short_stream_is_read_at_any_place():
    with encoder.open(io.BytesIO(BLOB)) as file:
        for place in range(0, len(DATA), 97):
            file.seek(place)
            assert file.read(20) == DATA[place : place + 20]


def test_a_short_stream_without_its_block_is_refused():
    with pytest.raises(ChecksumError):
        encoder.decode(BLOB[:HEADER_SIZE] + BLOB[-SHORT_END.size :])


def test_a_block_of_another_stream_does_not_pass():
    other = encoder.encode(DATA[::-1])
    with pytest.raises(ChecksumError):
        encoder.decode(other[: -SHORT_END.size] + BLOB[-SHORT_END.size :])
    with pytest.raises(GlyphError):
        read_trailer(io.BytesIO(other[: -SHORT_END.size] + BLOB[-SHORT_END.size :]))


@pytest.mark.parametrize("blob", [BLOB, encoder.encode(b""), encoder.encode(b"x")])
def test_all_that_can_happen_to_a_byte_or_a_bit_of_it_shows(blob):
    changed = [blob[:place] for place in range(len(blob))]
    changed += [blob[:place] + blob[place + 1 :] for place in range(len(blob))]
    changed += [
        blob[: bit // 8] + bytes([blob[bit // 8] ^ 1 << bit % 8]) + blob[bit // 8 + 1 :] for bit in range(8 * len(blob))
    ]
    for damaged in changed:
        with pytest.raises(GlyphError):
            encoder.decode(damaged)


def test_a_cut_stream_is_called_truncated():
    for kept in (HEADER_SIZE, HEADER_SIZE + FRAME_SIZE, len(BLOB) - SHORT_END.size, len(BLOB) - 1):
        with pytest.raises(TruncatedError):
            encoder.decode(BLOB[:kept])
        with pytest.raises(TruncatedError):
            read_file_index(io.BytesIO(BLOB[:kept]))


@pytest.mark.parametrize("order", [(BLOB, LONG), (LONG, BLOB), (BLOB, BLOB), (BLOB, EMPTY, BLOB, LONG, BLOB)])
def test_short_and_long_streams_are_joined_in_any_order(order):
    joined = b"".join(order)
    raw = b"".join(encoder.decode(blob) for blob in order)
    assert encoder.decode(joined) == raw
    index = read_file_index(io.BytesIO(joined))
    assert [member.start for member in index.members] == [sum(map(len, order[:n])) for n in range(len(order))]
    with encoder.open(io.BytesIO(joined)) as file:
        file.seek(len(raw) - 30)
        assert file.read() == raw[-30:]
    assert [piece for piece in salvage(io.BytesIO(joined)) if isinstance(piece, Lost)] == []


def test_a_stream_whose_header_is_damaged_gives_its_block_to_salvage():
    found = list(salvage(io.BytesIO(b"?" + BLOB[1:])))
    assert [piece for piece in found if isinstance(piece, bytes)] == [DATA]


def test_damage_in_one_of_several_short_streams_costs_that_one():
    damaged = bytearray(BLOB + LONG + BLOB)
    damaged[HEADER_SIZE + FRAME_SIZE + 9] ^= 1
    assert b"".join(piece for piece in salvage(io.BytesIO(damaged)) if isinstance(piece, bytes)) == DATA + DATA


def test_a_flush_before_the_end_leaves_one_block_and_a_short_end():
    sink = io.BytesIO()
    with encoder.open(sink, "wb") as stream:
        stream.write(DATA)
        stream.flush()
        assert sink.getvalue()[HEADER_SIZE] == 1
    assert sink.getvalue()[-8:-4] == b"\x03END"
    assert encoder.decode(sink.getvalue()) == DATA


def test_a_short_end_behind_two_frames_or_a_skippable_one_is_refused():
    header = pack_header(StreamHeader(4096))
    skippable = pack_frame(FrameHeader(0, 0, 0, 0, 0x2D06800538D394C2, kind=0x90), 0)
    blob = header + skippable + pack_short_end(header + skippable)
    with pytest.raises(FormatError, match="anything else than one block"):
        ContainerReader(io.BytesIO(blob)).next_block()
    with pytest.raises(FormatError, match="only block"):
        read_trailer(io.BytesIO(blob))
    two = LONG[: LONG.rindex(MAGIC)] + LONG
    with pytest.raises(FormatError):
        encoder.decode(two[: -SHORT_END.size] + pack_short_end(header))


def test_the_end_of_a_stream_is_the_same_however_it_was_written():
    sink = io.BytesIO()
    writer = ContainerWriter(sink, 4096)
    writer.finish()
    assert sink.getvalue() == pack_header(StreamHeader(4096)) + pack_short_end(pack_header(StreamHeader(4096)))


def test_noise_that_ends_like_a_short_stream_is_refused():
    for size in range(60):
        with pytest.raises(GlyphError):
            read_trailer(io.BytesIO(BLOB[:HEADER_SIZE] + os.urandom(size) + BLOB[-SHORT_END.size :]))
