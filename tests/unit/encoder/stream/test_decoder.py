import io
import threading
from dataclasses import replace

import pytest
from xxhash import xxh3_64_intdigest

import encoder
from encoder.container.format import FrameHeader, StreamHeader, Totals, pack_end, pack_frame, pack_header
from encoder.container.reader import read_trailer
from encoder.errors import ChecksumError, FormatError, LimitError, TruncatedError
from encoder.limits import Limits
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.decoder import StreamingDecoder, standard_block_decoder

PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
DATA = b"".join(b"line %d\n" % number for number in range(2000))
BLOB = encoder.encode(DATA, PLAIN)


class Pipe(io.RawIOBase):
    """A source that cannot seek and gives few bytes at a time."""

    def __init__(self, data):
        self.rest = data

    def readable(self):
        return True

    def readinto(self, room):
        piece = self.rest[: min(len(room), 100)]
        self.rest = self.rest[len(piece) :]
        room[: len(piece)] = piece
        return len(piece)


def damaged_block(number):
    """The stream with one bit of a block's body changed."""
    blob = bytearray(BLOB)
    blob[read_trailer(io.BytesIO(BLOB)).entries[number].offset + 40] ^= 1
    return bytes(blob)


def test_everything_reads_back_whole_and_in_pieces():
    assert StreamingDecoder(io.BytesIO(BLOB)).read() == DATA
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    assert b"".join(iter(lambda: decoder.read(77), b"")) == DATA
    assert decoder.tell() == len(DATA)


def test_a_pipe_that_gives_few_bytes_at_a_time_is_enough():
    decoder = StreamingDecoder(Pipe(BLOB))
    assert not decoder.seekable()
    assert decoder.read() == DATA
    with pytest.raises(io.UnsupportedOperation):
        decoder.seek(0)


def test_buffers_are_filled_to_the_brim_but_at_the_end():
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    room = bytearray(len(DATA) - 5)
    assert decoder.readinto(room) == len(room)
    assert room == DATA[:-5]
    assert decoder.readinto(room) == 5
    assert decoder.readinto(room) == 0


def test_reading_nothing_gives_nothing_and_does_not_move():
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    assert decoder.read(0) == decoder.read1(0) == b""
    assert decoder.peek()[:6] == b"line 0"
    assert decoder.tell() == 0


def test_lines_and_text_are_read_as_from_any_file():
    with StreamingDecoder(io.BytesIO(BLOB)) as decoder:
        assert list(decoder) == DATA.splitlines(keepends=True)
    with io.TextIOWrapper(StreamingDecoder(io.BytesIO(BLOB)), encoding="ascii") as text:
        assert [line.rstrip("\n") for line in text] == DATA.decode().splitlines()


@pytest.mark.parametrize("target", [0, 1, 1023, 1024, 5000, len(DATA) - 1, len(DATA), len(DATA) + 10])
def test_seeking_reads_from_any_place(target):
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    decoder.read(100)
    assert decoder.seek(target) == target == decoder.tell()
    assert decoder.read(50) == DATA[target : target + 50]
    assert decoder.seek(-20, io.SEEK_END) == len(DATA) - 20
    assert decoder.read() == DATA[-20:]
    assert decoder.seek(0) == 0
    assert decoder.read() == DATA


def test_seeking_relative_and_before_the_start():
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    decoder.seek(3000)
    assert decoder.seek(-500, io.SEEK_CUR) == 2500
    assert decoder.read(10) == DATA[2500:2510]
    with pytest.raises(ValueError, match="before the start"):
        decoder.seek(-1)


def test_asking_for_the_end_does_not_disturb_reading_in_order():
    decoder = StreamingDecoder(io.BytesIO(BLOB))
    first = decoder.read(10)
    assert decoder.seek(0, io.SEEK_END) == len(DATA)
    decoder.seek(10)
    assert first + decoder.read() == DATA


@pytest.mark.parametrize(
    "ask", [lambda it: it.seek(len(DATA) - 1), lambda it: it.seek_record(1999), lambda it: it.records]
)
def test_an_index_that_is_damaged_does_not_disturb_reading_in_order(ask):
    blob = bytearray(BLOB)
    blob[-30] ^= 1
    decoder = StreamingDecoder(io.BytesIO(bytes(blob)))
    first = decoder.read(10)
    with pytest.raises(FormatError):
        ask(decoder)
    assert first + decoder.read(len(DATA) - 10) == DATA
    with pytest.raises(FormatError):
        decoder.read(1)


def test_a_stream_inside_a_file_may_start_anywhere():
    file = io.BytesIO(b"prefix" + BLOB)
    file.seek(6)
    decoder = StreamingDecoder(file)
    decoder.seek(4000)
    assert decoder.read() == DATA[4000:]


def test_blocks_before_a_damaged_one_are_given_and_nothing_of_it_is():
    decoder = StreamingDecoder(io.BytesIO(damaged_block(3)))
    start = read_trailer(io.BytesIO(BLOB)).entries[3].raw_offset
    assert decoder.read(start) == DATA[:start]
    for _ in range(2):
        with pytest.raises(ChecksumError, match="encoded bytes are damaged"):
            decoder.read(1)


def test_a_damaged_block_is_noticed_after_a_seek_too():
    decoder = StreamingDecoder(io.BytesIO(damaged_block(3)))
    start = read_trailer(io.BytesIO(BLOB)).entries[3].raw_offset
    with pytest.raises(ChecksumError):
        decoder.seek(start + 5)


def test_a_codec_that_decodes_wrongly_is_noticed_by_the_blocks_checksum():
    decoder = StreamingDecoder(io.BytesIO(BLOB), decode_block=lambda _body, size, _limits, _codebook: bytes(size))
    with pytest.raises(ChecksumError, match="did not decode to what was encoded"):
        decoder.read(1)


def test_bytes_after_the_end_are_an_error():
    with pytest.raises(FormatError, match="more bytes follow"):
        encoder.decode(BLOB + b"\0")
    with pytest.raises(FormatError, match="more bytes follow"):
        encoder.decode(BLOB + BLOB + b"\x8eGLX")


def test_an_empty_file_is_a_truncated_stream():
    with pytest.raises(TruncatedError, match="ends at byte 0"):
        encoder.decode(b"")


def test_blocks_that_were_exchanged_or_dropped_are_noticed():
    entries = read_trailer(io.BytesIO(BLOB)).entries
    a, b, c = (entry.offset for entry in entries[:3])
    with pytest.raises(ChecksumError):
        encoder.decode(BLOB[:a] + BLOB[b:c] + BLOB[a:b] + BLOB[c:])
    with pytest.raises(ChecksumError):
        encoder.decode(BLOB[:a] + BLOB[b:])


def test_limits_hold_for_blocks_and_for_the_whole():
    assert encoder.decode(BLOB, Limits(max_output=len(DATA), max_block=1024)) == DATA
    with pytest.raises(LimitError, match="max_block"):
        encoder.decode(BLOB, Limits(max_block=1023))
    with pytest.raises(LimitError, match="max_output"):
        encoder.decode(BLOB, Limits(max_output=len(DATA) - 1))


def test_skippable_frames_are_stepped_over_but_verified():
    def stream(body):
        frame = FrameHeader(0, len(body), 0, 0, xxh3_64_intdigest(b"unknown"), kind=0x90)
        end = pack_end(b"", Totals(0, 0, xxh3_64_intdigest(b"")))
        return pack_header(StreamHeader(10)) + pack_frame(frame, 0) + body + end

    assert encoder.decode(stream(b"unknown")) == b""
    with pytest.raises(ChecksumError):
        encoder.decode(stream(b"unknowm"))


def test_a_short_file_that_claims_a_large_block_costs_only_what_it_holds():
    asked = []

    class Counting(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    head = pack_header(StreamHeader(1 << 26)) + pack_frame(FrameHeader(1 << 26, 1 << 26, 1, 0, 0), 0)
    with pytest.raises(TruncatedError):
        StreamingDecoder(Counting(head)).read()
    assert max(asked) <= 1 << 20


def test_the_trailer_is_read_from_the_end_alone():
    trailer = read_trailer(io.BytesIO(BLOB))
    assert (trailer.totals.raw_size, trailer.totals.records) == (len(DATA), 2000)
    assert trailer.totals.check == xxh3_64_intdigest(DATA)
    assert trailer.entries[0].offset == 20
    with pytest.raises(TruncatedError, match="footer"):
        read_trailer(io.BytesIO(BLOB[:-1]))


def test_a_closed_decoder_reads_nothing_and_leaves_its_file_open():
    file = io.BytesIO(BLOB)
    decoder = StreamingDecoder(file)
    decoder.close()
    assert not file.closed
    with pytest.raises(ValueError, match="closed"):
        decoder.read()


@pytest.mark.parametrize("threads", [2, 3])
def test_decoding_ahead_gives_the_same_bytes_wherever_one_reads(threads):
    with StreamingDecoder(io.BytesIO(BLOB), threads=threads) as decoder:
        assert decoder.read() == DATA
        for place in (0, 3000, 1024, len(DATA) - 10, len(DATA), 5):
            decoder.seek(place)
            assert decoder.read(2500) == DATA[place : place + 2500]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("glyph-decoder")]


def test_decoding_ahead_is_bounded_by_the_threads():
    begun = []

    def noting(body, size, limits, codebook):
        begun.append(size)
        return standard_block_decoder(body, size, limits, codebook)

    with StreamingDecoder(io.BytesIO(BLOB), threads=2, decode_block=noting) as decoder:
        decoder.read(1)
        assert len(begun) == 1
        decoder.read(len(decoder.peek()) + 1)
    assert len(begun) <= 1 + 3


def test_an_error_ahead_comes_after_the_good_blocks_before_it():
    good = read_trailer(io.BytesIO(BLOB)).entries[3].raw_offset
    with StreamingDecoder(io.BytesIO(damaged_block(3)), threads=3) as decoder:
        assert decoder.read(good) == DATA[:good]
        with pytest.raises(ChecksumError):
            decoder.read(1)


def test_no_thread_is_no_way_to_decode():
    with pytest.raises(ValueError, match="at least 1"):
        StreamingDecoder(io.BytesIO(BLOB), threads=0)


def test_a_whole_block_is_handed_on_as_it_was_decoded_and_not_copied():
    decoded = []

    def decode(*block):
        decoded.append(standard_block_decoder(*block))
        return decoded[-1]

    for read in (StreamingDecoder.read, StreamingDecoder.read1):
        with StreamingDecoder(io.BytesIO(encoder.encode(DATA)), decode_block=decode) as decoder:
            assert read(decoder) is decoded[-1]


@pytest.mark.parametrize("size", [1, 1000, 1024, 1025, 5000])
def test_reads_that_end_inside_a_block_or_join_several_give_the_bytes_in_order(size):
    with StreamingDecoder(io.BytesIO(BLOB)) as decoder:
        assert b"".join(iter(lambda: decoder.read(size), b"")) == DATA
