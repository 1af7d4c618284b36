"""Every stage of the pipeline fails at every place: the error reaches the caller, nothing is left behind."""

import io
import threading
from dataclasses import replace

import pytest

import encoder
from encoder.errors import TruncatedError
from encoder.profile import PoolSettings, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.choosing import standard_block_encoder
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.pool import GlyphBufferPool

PLAIN = replace(
    load_profile("baseline"),
    block_size=1024,
    pool=PoolSettings(3, adaptive=False, minimum=3, maximum=3),
    strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1),
)
DATA = b"".join(b"record %d\n" % number for number in range(2000))


class BrokenStageError(Exception):
    """What the tests make a stage raise."""


class Fuse:
    """Raises at the n-th use."""

    def __init__(self, uses):
        self.left, self.lock = uses, threading.Lock()

    def burn(self):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                raise BrokenStageError


class BrokenSink(io.BytesIO):
    def __init__(self, fuse):
        super().__init__()
        self.fuse = fuse

    def write(self, data):
        self.fuse.burn()
        return super().write(data)


class BrokenSource(io.BytesIO):
    def __init__(self, fuse):
        super().__init__(DATA)
        self.fuse = fuse

    def readinto(self, room):
        self.fuse.burn()
        return super().readinto(memoryview(room)[:500])


def encode_with(stage, fuse, pool):
    """Encode DATA with one stage that fails when the fuse burns; the sink."""

    def encode_block(data, strategy, _place):
        if stage == "encode":
            fuse.burn()
        return standard_block_encoder(data, strategy)

    class Selector:
        def select(self, _block):
            if stage == "select":
                fuse.burn()
            return PLAIN.strategy

    def progress(_bytes_in, _bytes_out):
        if stage == "progress":
            fuse.burn()

    sink = BrokenSink(fuse) if stage == "sink" else io.BytesIO()
    source = BrokenSource(fuse) if stage == "source" else io.BytesIO(DATA)
    try:
        with StreamingEncoder(
            sink, PLAIN, progress, pool=pool, selector=Selector(), encode_block=encode_block
        ) as stream:
            stream.encode_from(source)
    except BrokenStageError:
        return sink
    raise AssertionError("the error was lost")


@pytest.mark.parametrize("uses", [1, 2, 5, 15])
@pytest.mark.parametrize("stage", ["source", "select", "encode", "sink", "progress"])
def test_the_first_error_of_any_stage_reaches_the_caller_and_leaves_nothing_behind(stage, uses):
    with GlyphBufferPool(1024, PLAIN.pool) as pool:  # its close raises where a lease is outstanding
        sink = encode_with(stage, Fuse(uses), pool)
        assert pool.statistics.outstanding == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("glyph-")]
    with pytest.raises(TruncatedError):
        encoder.decode(sink.getvalue())


def test_an_error_is_raised_again_by_close_and_the_stream_stays_incomplete():
    def encode_block(_data, _strategy, _place):
        raise BrokenStageError

    sink = io.BytesIO()
    stream = StreamingEncoder(sink, PLAIN, encode_block=encode_block)
    with pytest.raises(BrokenStageError):
        stream.write(DATA * 20)  # more than the pool holds
    with pytest.raises(BrokenStageError):
        stream.close()
    assert stream.closed
    with pytest.raises(TruncatedError):
        encoder.decode(sink.getvalue())


def test_a_sink_that_is_full_at_the_trailer_is_an_error_of_close():
    class Full(io.BytesIO):
        def write(self, data):
            if bytes(data).endswith(b"\x8eGLYEND\n"):
                raise OSError(28, "No space left on device")
            return super().write(data)

    sink = Full()
    stream = StreamingEncoder(sink, PLAIN)
    stream.write(DATA)
    with pytest.raises(OSError, match="No space left"):
        stream.close()
    with pytest.raises(TruncatedError):
        encoder.decode(sink.getvalue())
