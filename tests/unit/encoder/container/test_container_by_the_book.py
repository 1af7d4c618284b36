"""A second reader of the container, written from docs/reference/glyph-format.md alone, beside the encoder's own."""

import io
from dataclasses import replace

import pytest
import xxhash

import encoder
from encoder.block.codec import decode_block
from encoder.container.reader import read_trailer
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

DATA = b"".join(b"%d: a record\n" % number for number in range(300)) + b"z" * 2500 + b"\nthe last, without newline"
PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 3))


def number(data, at, size):
    return int.from_bytes(data[at : at + size], "little")


def short(data, seed=0):
    return xxhash.xxh3_64_intdigest(data, seed) & 0xFFFFFFFF


def read_by_the_book(stream):
    """Everything the document says about a stream, checked; its output."""
    assert stream[:8] == bytes.fromhex("8E474C5950480D0A")
    assert list(stream[8:11]) == [1, 4, 0]
    block_size = number(stream, 12, 4)
    assert number(stream, 16, 4) == short(stream[:16])
    output, index, records, at, heads = b"", b"", 0, 20, stream[:20]
    while stream[at] == 1:
        frame = stream[at : at + 36]
        heads += frame
        assert frame[1:4] == bytes(3)
        assert number(frame, 32, 4) == short(frame[:32], len(output))
        raw_size, body_size = number(frame, 4, 4), number(frame, 8, 4)
        assert 0 < raw_size <= block_size
        assert 0 < body_size <= raw_size + raw_size // 256 + 1024
        body = stream[at + 36 : at + 36 + body_size]
        assert number(frame, 24, 8) == xxhash.xxh3_64_intdigest(body)
        raw = decode_block(body, raw_size)
        assert number(frame, 16, 8) == xxhash.xxh3_64_intdigest(raw)
        index += at.to_bytes(8, "little") + len(output).to_bytes(8, "little") + frame[12:16]
        records += number(frame, 12, 4)
        output += raw
        at += 36 + body_size
    if len(index) <= 20:
        assert stream[at:] == b"\x03END" + short(heads).to_bytes(4, "little")
        return output, records
    end = stream[at:-16]
    assert end[:4] == bytes([2, 0, 0, 0])
    assert number(end, 4, 4) * 20 == len(index)
    assert end[8 : 8 + len(index)] == index
    totals = end[8 + len(index) :]
    assert len(totals) == 32
    assert (number(totals, 0, 8), number(totals, 8, 8)) == (len(output), records)
    assert number(totals, 16, 8) == xxhash.xxh3_64_intdigest(output)
    assert number(totals, 24, 8) == xxhash.xxh3_64_intdigest(end[:-8])
    assert stream[-16:] == len(end).to_bytes(8, "little") + bytes.fromhex("8E474C59454E440A")
    return output, records


@pytest.mark.parametrize(
    ("data", "records"), [(b"", 0), (b"x", 1), (b"\n" * 600, 600), (DATA, 302), (b"\n" * 3000, 3000)]
)
def test_a_reader_written_from_the_document_agrees_with_ours(data, records):
    stream = encoder.encode(data, PLAIN)
    assert read_by_the_book(stream) == (data, records)


def test_the_document_gives_the_size_of_the_smallest_stream():
    assert len(encoder.encode(b"")) == 28


def cuts_by_the_book(data, block_size):
    """Where the document says that blocks begin."""
    starts, at = [], 0
    while at < len(data):
        starts.append(at)
        window = data[at : at + block_size]
        at += (window.rfind(b"\n") + 1 or len(window)) if len(window) == block_size else len(window)
    return starts


@pytest.mark.parametrize("data", [DATA, b"x" * 4096, b"\n" * 4096, b"x\n" * 512, DATA[:1024]])
def test_a_writer_cuts_where_the_document_says(data):
    trailer = read_trailer(io.BytesIO(encoder.encode(data, PLAIN)))
    assert [entry.raw_offset for entry in trailer.entries] == cuts_by_the_book(data, 1024)
