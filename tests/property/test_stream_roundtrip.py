import io
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import encoder
from encoder.detect.records import cut_at, cut_blocks
from encoder.profile import PoolSettings, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.stream.decoder import StreamingDecoder
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.pool_sizing import PoolWindow, next_capacity

PLAIN = replace(
    load_profile("baseline"),
    block_size=64,
    pool=PoolSettings(3, adaptive=True, minimum=1, maximum=9),
    strategy=Strategy(TreeType.TEXT, BackEnd.STORE, 0),
)
LONG = replace(PLAIN, longest_block=256, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
LINES = st.lists(st.binary(max_size=90), max_size=12).map(b"\n".join)


@given(LINES, st.lists(st.integers(0, 100), max_size=20), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_the_bytes_written_depend_on_the_data_alone(data, cuts, workers):
    sink = io.BytesIO()
    with StreamingEncoder(sink, replace(PLAIN, workers=workers)) as stream:
        start = 0
        for size in cuts:
            stream.write(data[start : start + size])
            start += size
        stream.write(data[start:])
    assert sink.getvalue() == encoder.encode(data, PLAIN)


@given(LINES, st.lists(st.integers(0, 400), max_size=9), st.integers(1, 3), st.sampled_from(TreeType))
@settings(max_examples=60, deadline=None)
def test_blocks_that_go_on_are_cut_the_same_however_the_data_comes(data, cuts, workers, tree):
    profile = replace(LONG, workers=workers, strategy=replace(LONG.strategy, tree=tree))
    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        start = 0
        for size in cuts:
            stream.write(data[start : start + size])
            start += size
        stream.write(data[start:])
    assert sink.getvalue() == encoder.encode(data, profile)
    assert encoder.decode(sink.getvalue()) == data


@given(LINES, st.lists(st.integers(0, 200), max_size=10))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_back_in_pieces_of_any_size(data, sizes):
    with StreamingDecoder(io.BytesIO(encoder.encode(data, PLAIN))) as decoder:
        pieces = [decoder.read(size) for size in sizes]
        assert b"".join(pieces) + decoder.read() == data


@given(LINES, st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 100)), max_size=8))
@settings(max_examples=100, deadline=None)
def test_reading_after_seeking_is_slicing(data, moves):
    with StreamingDecoder(io.BytesIO(encoder.encode(data, PLAIN))) as decoder:
        for target, size in moves:
            decoder.seek(target)
            assert decoder.read(size) == data[target : target + size]


@given(LINES, st.integers(1, 100))
def test_cut_blocks_join_to_the_data_and_end_at_records_where_they_can(data, block_size):
    blocks = [bytes(block) for block in cut_blocks(memoryview(data), block_size)]
    assert b"".join(blocks) == data
    for block in blocks[:-1]:
        assert 0 < len(block) <= block_size
        assert block.endswith(b"\n") or len(block) == block_size


@given(st.binary(min_size=1, max_size=300))
def test_a_cut_is_after_the_last_record_end(window):
    size = cut_at(memoryview(window))
    assert b"\n" not in window[size:] if b"\n" in window[:size] else size == len(window)
    assert 1 <= size <= len(window)


@given(st.integers(1, 64), st.integers(0, 100), st.integers(0, 50), st.integers(0, 64), st.booleans())
def test_the_capacity_stays_within_its_bounds_and_never_jumps_both_ways(capacity, leases, starved, peak, adaptive):
    plan = PoolSettings(capacity, adaptive=adaptive, minimum=1, maximum=64)
    new = next_capacity(PoolWindow(capacity, leases, starved, peak), plan)
    assert 1 <= new <= 64
    assert new >= capacity or starved == 0
    assert adaptive or new == capacity
