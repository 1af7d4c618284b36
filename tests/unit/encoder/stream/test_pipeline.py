import io
import threading
import time

import pytest

from encoder.block.beside import begin_beside
from encoder.container.writer import ContainerWriter
from encoder.profile import PoolSettings
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.pipeline import Pipeline
from encoder.stream.pool import GlyphBufferPool, PoolError

STRATEGY = Strategy(TreeType.TEXT, BackEnd.STORE, 0)


class Always:
    def select(self, _block):
        return STRATEGY


def identity(data, _strategy, _place):
    return bytes(data)


def pipeline_of(encode=identity, sink=None, workers=2, capacity=4, **settings):
    pool = GlyphBufferPool(8, PoolSettings(capacity, **({"adaptive": False, "minimum": 1, "maximum": 32} | settings)))
    return Pipeline(ContainerWriter(sink or io.BytesIO(), 8), Always(), pool, encode, workers=workers), pool


def feed(pipeline, count):
    for number in range(count):
        lease = pipeline.lease()
        lease.buffer[:8] = number.to_bytes(8, "little")
        pipeline.submit(lease, 8)


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("glyph-")]


def test_blocks_are_written_in_order_however_long_each_takes():
    def uneven(data, _strategy, _place):
        time.sleep(0.002 if data[0] % 3 == 0 else 0)
        return bytes(data)

    sink = io.BytesIO()
    pipeline, pool = pipeline_of(uneven, sink, workers=4, capacity=8)
    feed(pipeline, 40)
    pipeline.finish()
    pool.close()
    bodies = [sink.getvalue()[20 + 36 + 44 * number :][:8] for number in range(40)]
    assert [int.from_bytes(body, "little") for body in bodies] == list(range(40))
    assert not threads()


def test_a_slow_encoder_holds_the_reader_back_at_the_pools_capacity():
    in_flight, gate = [], threading.Event()

    def gated(data, _strategy, _place):
        gate.wait(10)
        return bytes(data)

    pipeline, pool = pipeline_of(gated, capacity=3)
    reader = threading.Thread(target=feed, args=(pipeline, 10))
    reader.start()
    while pool.statistics.outstanding < 3:
        time.sleep(0.001)
    time.sleep(0.02)
    in_flight.append(pool.statistics.outstanding)
    gate.set()
    reader.join(10)
    pipeline.finish()
    assert in_flight == [3]
    assert pool.statistics.peak_in_flight == 3
    assert pipeline.statistics.lease_wait_seconds > 0.01
    pool.close()


def test_encoded_blocks_that_wait_for_their_turn_are_bounded_by_the_pool():
    gate = threading.Event()

    def first_is_slow(data, _strategy, _place):
        if data[0] == 0:
            gate.wait(10)
        return bytes(data)

    pipeline, pool = pipeline_of(first_is_slow, capacity=4)
    reader = threading.Thread(target=feed, args=(pipeline, 20))
    reader.start()
    time.sleep(0.05)
    assert pool.statistics.leases == 4
    assert pipeline.statistics.blocks == 0
    gate.set()
    reader.join(10)
    pipeline.finish()
    assert pipeline.statistics.blocks == 20
    pool.close()


def test_an_adaptive_pool_grows_when_a_block_out_of_turn_starves_the_workers():
    gate = threading.Event()

    def first_is_slow(data, _strategy, _place):
        if data[0] == 0:
            gate.wait(10)
        return bytes(data)

    pipeline, pool = pipeline_of(first_is_slow, capacity=2, adaptive=True, maximum=6)
    reader = threading.Thread(target=feed, args=(pipeline, 12))
    reader.start()
    while pool.statistics.capacity < 6:
        time.sleep(0.001)
    gate.set()
    reader.join(10)
    pipeline.finish()
    assert pool.statistics.peak_in_flight == 6
    pool.close()


def test_an_adaptive_pool_does_not_grow_because_the_sink_is_slow():
    class Slow(io.BytesIO):
        def write(self, data):
            time.sleep(0.001)
            return super().write(data)

    pipeline, pool = pipeline_of(sink=Slow(), capacity=3, adaptive=True, maximum=32)
    feed(pipeline, 40)
    pipeline.finish()
    assert pool.statistics.peak_capacity <= 8
    pool.close()


def test_waiting_is_accounted_to_the_stage_that_waits():
    def slow(data, _strategy, _place):
        time.sleep(0.002)
        return bytes(data)

    pipeline, pool = pipeline_of(slow, capacity=2, workers=1)
    feed(pipeline, 10)
    pipeline.finish()
    seen = pipeline.statistics
    assert seen.encode_seconds >= 0.02
    assert seen.turn_wait_seconds > 0.01
    assert seen.lease_wait_seconds > 0.005
    assert seen.trees == ((TreeType.TEXT, 10),)
    pool.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_aborting_ends_the_threads_and_releases_every_lease(workers):
    pipeline, pool = pipeline_of(workers=workers, capacity=16)
    feed(pipeline, 10)
    pipeline.abort()
    pipeline.abort()
    assert not threads()
    assert pool.statistics.outstanding == 0
    pool.close()


@pytest.mark.parametrize("ending", ["stop", "abort", "give_back"])
def test_a_buffer_that_was_leased_and_not_submitted_is_given_back_at_the_end(ending):
    pipeline, pool = pipeline_of()
    lease = pipeline.lease()
    getattr(pipeline, ending)()
    assert pool.statistics.outstanding == 0
    with pytest.raises(PoolError, match="ended"):
        _ = lease.buffer


def test_the_callers_buffer_stays_its_own_when_a_worker_fails_meanwhile():
    held = threading.Event()

    def broken(_data, _strategy, _place):
        held.wait()
        raise ZeroDivisionError

    pipeline, pool = pipeline_of(broken)
    feed(pipeline, 1)
    lease = pipeline.lease()
    held.set()
    with pytest.raises(ZeroDivisionError):
        pipeline.drain()
    assert len(lease.buffer) == 8
    pipeline.abort()
    assert pool.statistics.outstanding == 0


@pytest.mark.parametrize("capacity", [1, 2])
def test_a_pool_with_fewer_buffers_than_workers_and_one_grows_at_once(capacity):
    def slow(data, _strategy, _place):
        time.sleep(0.02)
        return bytes(data)

    pipeline, pool = pipeline_of(slow, workers=2, capacity=capacity, adaptive=True, maximum=3)
    feed(pipeline, 6)
    pipeline.finish()
    seen = pool.statistics
    pool.close()
    assert seen.capacity == seen.peak_in_flight == 3
    assert seen.grown == 3 - capacity


def test_a_buffer_is_free_again_once_its_block_is_encoded_where_what_waits_is_small():
    gate = threading.Event()

    def first_is_slow(data, _strategy, _place):
        if data[0] == 0:
            gate.wait(10)
        return b""

    pipeline, pool = pipeline_of(first_is_slow, capacity=3)
    reader = threading.Thread(target=feed, args=(pipeline, 20))
    reader.start()
    reader.join(10)
    assert not reader.is_alive()
    assert pipeline.statistics.blocks == 0
    gate.set()
    pipeline.finish()
    assert pipeline.statistics.blocks == 20
    assert pool.statistics.peak_in_flight <= 3
    pool.close()


@pytest.mark.parametrize(
    ("workers", "short", "lent"), [(1, False, False), (2, False, True), (1, True, False), (2, True, True)]
)
def test_a_block_gets_a_thread_beside_it_while_another_worker_would_be_idle(workers, short, lent):
    got = []

    def asking(data, _strategy, _place):
        thread = begin_beside(lambda: got.append(threading.current_thread().name))
        if thread is not None:
            thread.join()
        return bytes(data)

    pipeline, pool = pipeline_of(asking, workers=workers)
    lease = pipeline.lease()
    lease.buffer[:8] = bytes(8)
    pipeline.submit(lease, 8, short=short)
    pipeline.finish()
    pool.close()
    assert got == (["glyph-beside"] if lent else [])
    assert not threads()


def test_a_block_goes_on_alone_where_no_thread_can_be_started_and_gets_one_once_it_can(monkeypatch):
    got, refused, real = [], [RuntimeError("can't start new thread"), MemoryError()], threading.Thread.start

    def start(thread):
        if thread.name == "glyph-beside" and refused:
            raise refused.pop()
        real(thread)

    def asking(data, _strategy, _place):
        got.extend(begin_beside(lambda: None) for _ in range(3))
        got[-1].join()
        return bytes(data)

    monkeypatch.setattr(threading.Thread, "start", start)
    pipeline, pool = pipeline_of(asking, workers=2)
    feed(pipeline, 1)
    pipeline.finish()
    pool.close()
    assert got[:2] == [None, None]
    assert got[2].name == "glyph-beside"


def test_no_thread_is_lent_while_every_worker_has_a_block():
    got, both = [], threading.Barrier(2, timeout=10)

    def asking(data, _strategy, _place):
        both.wait()
        got.append(begin_beside(lambda: None))
        both.wait()
        return bytes(data)

    pipeline, pool = pipeline_of(asking, workers=2)
    feed(pipeline, 2)
    pipeline.finish()
    pool.close()
    assert got == [None, None]
