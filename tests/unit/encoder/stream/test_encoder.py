import gc
import io
import threading
from dataclasses import replace

import pytest

import encoder
from encoder.errors import TruncatedError
from encoder.profile import PoolSettings, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.decoder import StreamingDecoder
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.pool import GlyphBufferPool, LeaseRecord

PLAIN = replace(
    load_profile("baseline"),
    block_size=1024,
    pool=PoolSettings(4, adaptive=False, minimum=4, maximum=4),
    strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1),
)
DATA = b"".join(b"record %d of a stream\n" % number for number in range(2000))


def encoded(data=DATA, profile=PLAIN):
    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        stream.write(data)
    return sink.getvalue()


class Pieces(io.RawIOBase):
    """A raw sink that takes few bytes at a time, as a socket may."""

    def __init__(self):
        self.taken = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.taken += data[:7]
        return min(7, len(data))


class OnlyRead:
    """A source without `readinto`, giving uneven pieces."""

    def __init__(self, data):
        self.data, self.turn = data, 0

    def read(self, size):
        self.turn += 1
        size = min(size, 1 + 311 * self.turn % 1500)
        piece, self.data = self.data[:size], self.data[size:]
        return piece


def test_the_one_call_face_gives_the_same_bytes():
    assert encoded() == encoder.encode(DATA, PLAIN)


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 2048])
@pytest.mark.parametrize("byte", [b"x", b"\n"])
def test_sizes_around_a_block_give_the_one_call_bytes(size, byte):
    assert encoded(byte * size) == encoder.encode(byte * size, PLAIN)
    assert encoder.decode(encoded(byte * size)) == byte * size


def test_the_container_does_not_depend_on_how_the_input_was_chunked():
    sink = io.BytesIO()
    with StreamingEncoder(sink, PLAIN) as stream:
        for place in range(0, len(DATA), 333):
            assert stream.write(DATA[place : place + 333]) == len(DATA[place : place + 333])
    assert sink.getvalue() == encoded()


@pytest.mark.parametrize("given", [b"one", b"a line\n", DATA[:1024], DATA[:5000]])
def test_a_flush_shows_a_reader_every_byte_given_so_far(given):
    sink = io.BytesIO()
    with StreamingEncoder(sink, PLAIN) as stream:
        for _ in range(3):
            before = stream.statistics.bytes_in
            stream.write(given)
            stream.flush()
            stream.flush()
            decoder = StreamingDecoder(io.BytesIO(sink.getvalue()))
            assert decoder.read(before + len(given)) == (given * 3)[: before + len(given)]
    assert encoder.decode(sink.getvalue()) == given * 3
    assert stream.statistics.records == len((given * 3).splitlines())


def test_a_flushed_stream_depends_on_where_it_was_flushed_alone():
    def flushed(step, threads):
        sink = io.BytesIO()
        with StreamingEncoder(sink, PLAIN, threads=threads) as stream:
            for place in range(0, 9000, step):
                stream.write(DATA[place : place + step])
                if not (place + step) % 3000:
                    stream.flush()
        return sink.getvalue()

    assert flushed(3000, 1) == flushed(500, 3) == flushed(1000, 2)


def test_threads_take_the_profiles_place_and_their_number_is_checked():
    stream = StreamingEncoder(io.BytesIO(), PLAIN, threads=9)
    assert (stream.profile.workers, stream.profile.pool.capacity) == (9, 10)
    stream.abort()
    with pytest.raises(encoder.ProfileError, match="threads: 0"):
        StreamingEncoder(io.BytesIO(), PLAIN, threads=0)


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("capacity", [1, 3, 64])
@pytest.mark.parametrize("adaptive", [False, True])
def test_the_container_does_not_depend_on_workers_or_pool(workers, capacity, adaptive):
    pool = PoolSettings(capacity, adaptive=adaptive, minimum=1, maximum=64)
    assert encoded(profile=replace(PLAIN, workers=workers, pool=pool)) == encoded()


@pytest.mark.parametrize("source", [io.BytesIO, OnlyRead])
def test_reading_from_a_source_gives_the_same_bytes_as_writing(source):
    sink = io.BytesIO()
    with StreamingEncoder(sink, PLAIN) as stream:
        assert stream.encode_from(source(DATA)) == len(DATA)
    assert sink.getvalue() == encoded()


def test_a_sink_that_takes_few_bytes_at_a_time_gets_them_all():
    sink = Pieces()
    with StreamingEncoder(sink, PLAIN) as stream:
        stream.write(DATA[:5000])
    assert bytes(sink.taken) == encoded(DATA[:5000])


def test_any_buffer_may_be_written():
    sink = io.BytesIO()
    with StreamingEncoder(sink, PLAIN) as stream:
        for data in (bytearray(b"ab"), memoryview(b"cd"), memoryview(bytes(8)).cast("Q")):
            stream.write(data)
    assert encoder.decode(sink.getvalue()) == b"abcd" + bytes(8)


def test_an_exception_leaves_a_stream_that_no_reader_takes_for_complete():
    def fail_halfway(sink):
        with StreamingEncoder(sink, PLAIN) as stream:
            stream.write(DATA)
            raise ZeroDivisionError

    sink = io.BytesIO()
    with pytest.raises(ZeroDivisionError):
        fail_halfway(sink)
    with pytest.raises(TruncatedError):
        encoder.decode(sink.getvalue())


def test_a_dropped_encoder_leaves_no_trailer_and_its_threads_end():
    sink = io.BytesIO()
    stream = StreamingEncoder(sink, PLAIN)
    stream.write(DATA)
    del stream
    gc.collect()
    for thread in threading.enumerate():
        if thread.name.startswith("glyph-"):
            thread.join(5)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("glyph-")]
    with pytest.raises(TruncatedError):
        encoder.decode(sink.getvalue())


def test_a_stream_shorter_than_a_block_starts_no_thread():
    before = threading.active_count()
    sink = io.BytesIO()
    stream = StreamingEncoder(sink, PLAIN)
    stream.write(b"short")
    assert threading.active_count() == before
    stream.close()
    assert encoder.decode(sink.getvalue()) == b"short"


def test_closing_leaves_the_file_open_and_no_thread_and_may_be_repeated():
    sink = io.BytesIO()
    stream = StreamingEncoder(sink, PLAIN)
    stream.write(DATA)
    stream.close()
    size = len(sink.getvalue())
    stream.close()
    stream.abort()
    assert len(sink.getvalue()) == size
    assert not sink.closed
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("glyph-")]
    with pytest.raises(ValueError, match="closed"):
        stream.write(b"more")


def test_the_statistics_account_for_every_byte_block_and_lease():
    sink = io.BytesIO()
    with StreamingEncoder(sink, PLAIN) as stream:
        stream.write(DATA)
    seen = stream.statistics
    assert (seen.bytes_in, seen.records) == (len(DATA), 2000)
    assert seen.blocks == seen.pool.leases == sum(count for _, count in seen.trees)
    assert seen.pool.outstanding == seen.pool.held_bytes == 0
    assert seen.pool.peak_in_flight <= 4
    assert seen.encode_seconds > 0
    assert seen.bytes_out == len(sink.getvalue())


def test_progress_is_told_after_every_block_in_order():
    told = []
    with StreamingEncoder(io.BytesIO(), PLAIN, lambda *counts: told.append(counts)) as stream:
        stream.write(DATA)
    assert told == sorted(told)
    assert told[-1][0] == len(DATA)
    assert told[-1][1] < stream.statistics.bytes_out  # the trailer comes after the last block
    assert len(told) == stream.statistics.blocks


def test_a_given_pool_is_used_observed_and_left_open():
    records: list[LeaseRecord] = []
    with GlyphBufferPool(1024, PLAIN.pool, observer=records.append) as pool:
        with StreamingEncoder(io.BytesIO(), PLAIN, pool=pool) as stream:
            stream.write(DATA)
        assert len(records) == stream.statistics.blocks
        pool.lease().release()


def test_a_pool_of_another_buffer_size_is_refused():
    with GlyphBufferPool(999, PLAIN.pool) as pool, pytest.raises(ValueError, match="1024"):
        StreamingEncoder(io.BytesIO(), PLAIN, pool=pool)


def test_the_selector_sees_every_block_once_and_in_order():
    class Watching:
        def __init__(self):
            self.blocks = []

        def select(self, block):
            self.blocks.append(bytes(block))
            return PLAIN.strategy

    selector = Watching()
    with StreamingEncoder(io.BytesIO(), replace(PLAIN, workers=4), selector=selector) as stream:
        stream.write(DATA)
    assert b"".join(selector.blocks) == DATA


def test_text_may_be_written_through_the_standard_wrapper():
    sink = io.BytesIO()
    with io.TextIOWrapper(StreamingEncoder(sink, PLAIN), encoding="utf-8") as text:
        text.write("grüße\n" * 500)
    assert encoder.decode(sink.getvalue()).decode() == "grüße\n" * 500


def test_a_source_that_would_block_is_an_error_not_an_end():
    class Nothing:
        def read(self, _size):
            return None

    def encode_nothing():
        with StreamingEncoder(io.BytesIO(), PLAIN) as stream:
            stream.encode_from(Nothing())

    with pytest.raises(BlockingIOError):
        encode_nothing()


@pytest.mark.parametrize("profile", ["tuned", "baseline"])
def test_the_built_in_profiles_stream_what_the_one_call_face_gives(profile):
    data = b"".join(b"2026-01-01 00:%02d INFO request %d done\n" % (n // 1000, n * 7) for n in range(50_000))
    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        stream.encode_from(io.BytesIO(data))
    assert sink.getvalue() == encoder.encode(data, profile)
    assert encoder.decode(sink.getvalue()) == data
    assert len(sink.getvalue()) < len(data) / 10
