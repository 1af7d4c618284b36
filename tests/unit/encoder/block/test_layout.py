import random

import pytest

from encoder.block.codec import decode_block, describe_block, encode_block
from encoder.block.layout import (
    GLYPHS,
    HEADER_SIZE,
    NO_FLAGS,
    PLAIN,
    ROWS,
    SORTED,
    STORED,
    TEXT_POOLED,
    Header,
    Stream,
    open_stream,
    read_directory,
    read_flags,
    read_header,
    write_streams,
)
from encoder.errors import FormatError, LimitError, VersionError
from encoder.limits import Limits
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import Reader

LOG = b"".join(b"2024-03-%02d sshd[%d]: from 10.0.%d.%d\n" % (n % 28 + 1, n, n % 5, n * 11 % 256) for n in range(500))
BODY = encode_block(LOG, Strategy(TreeType.LOG, BackEnd.ZSTD, 3))
HEADERS = [
    Header(STORED, TreeType.OPAQUE, False, BackEnd.STORE, 0),
    Header(PLAIN, TreeType.TEXT, True, BackEnd.ZSTD, -100),
    Header(PLAIN, TreeType.TEXT, False, BackEnd.CARRIED, 19),
    Header(GLYPHS, TreeType.XML, False, BackEnd.LZMA, 9),
    Header(ROWS, TreeType.CSV, False, BackEnd.MIXING, 2),
]
STREAMS = [(3, BackEnd.STORE, b"abc"), (900, BackEnd.ZSTD, b"frame"), (0, BackEnd.STORE, b""), (7, BackEnd.LZMA, b"x")]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: f"form {header.form} {header.tree}")
def test_a_header_takes_four_bytes_and_comes_back(header):
    written = header.to_bytes()
    assert len(written) == HEADER_SIZE
    assert read_header(Reader(written)) == header


def test_a_negative_level_survives_in_the_header():
    body = encode_block(b"text " * 1000, Strategy(TreeType.TEXT, BackEnd.ZSTD, -7))
    assert describe_block(body).level == -7


@pytest.mark.parametrize(
    ("byte", "value"), [(0, 0x22), (0, 0x14), (0, 0x02), (1, 0x22), (1, 0x82), (2, 0x08), (2, 0x81), (4, 2)]
)
def test_another_version_or_a_reserved_bit_needs_a_newer_reader(byte, value):
    body = bytearray(BODY)
    body[byte] = value
    with pytest.raises(VersionError, match="newer reader"):
        decode_block(bytes(body), len(LOG))


@pytest.mark.parametrize(("byte", "value"), [(0, 0x10), (0, 0x11), (1, 0x01), (1, 0x07), (1, 0x12)])
def test_a_header_that_contradicts_itself_is_refused(byte, value):
    body = bytearray(BODY)
    body[byte] = value
    with pytest.raises(FormatError):
        decode_block(bytes(body), len(LOG))


def test_the_streams_of_a_body_come_back_in_their_order():
    reader = Reader(write_streams(SORTED, STREAMS))
    assert read_flags(reader, SORTED | TEXT_POOLED) == SORTED
    assert [(stream.raw_size, stream.back_end, bytes(stream.data)) for stream in read_directory(reader)] == STREAMS


def test_a_flag_that_is_not_known_needs_a_newer_reader():
    with pytest.raises(VersionError, match="0x4"):
        read_flags(Reader(write_streams(TEXT_POOLED, STREAMS)), SORTED)


@pytest.mark.parametrize("damage", [lambda body: body + b"more", lambda body: body[:-1], lambda body: body[:1] + b"\0"])
def test_a_directory_that_does_not_fill_its_body_is_refused(damage):
    reader = Reader(damage(write_streams(NO_FLAGS, STREAMS)))
    read_flags(reader, NO_FLAGS)
    with pytest.raises(FormatError):
        read_directory(reader)


def test_a_stream_is_opened_within_the_limits_only():
    data = random.Random(1).randbytes(1000)
    stream = Stream(BackEnd.STORE, 1000, memoryview(data))
    assert open_stream(stream, Limits(max_memory=9000)) == data
    with pytest.raises(LimitError, match="limit of 8999"):
        open_stream(stream, Limits(max_memory=8999))
