import json
import random

import pytest

import encoder.block.columns
from encoder.block.codec import decode_block
from encoder.block.columns import packing_of
from encoder.block.layout import GLYPHS, TEXT_POOLED, read_directory, read_flags, read_header
from encoder.glyphs.segments import SegmentPlace
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import Reader

WORDS = [bytes(random.Random(seed).choices(b"abcdefghijklmnop", k=6)) for seed in range(400)]


def log(seed, count=1500):
    chance = random.Random(seed)
    rows = ((chance.choice(WORDS), chance.choice(WORDS), chance.randrange(9000)) for _ in range(count))
    return b"".join(b"GET /%b/%b took %d ms\n" % row for row in rows)


def strategy(tree=TreeType.LOG, **more):
    return Strategy(tree, BackEnd.ZSTD, 3, **more)


def packed(data, used):
    return packing_of(memoryview(data), used, None)


def streams_of(body):
    reader = Reader(body)
    read_header(reader)
    read_flags(reader, 0xFF)
    return read_directory(reader)


@pytest.fixture
def compressed(monkeypatch):
    """The (level, bytes) of every compression that packing asks for."""
    asked = []
    real = encoder.block.columns.compress

    def noting(back_end, data, level, **more):
        asked.append((level, id(data)))
        return real(back_end, data, level, **more)

    monkeypatch.setattr("encoder.block.columns.compress", noting)
    return asked


def test_a_block_without_records_is_not_packed():
    assert packed(b"", strategy()) is None


def test_a_packed_block_is_a_body_of_columns():
    data = log(1)
    body = packed(data, strategy()).body()
    assert read_header(Reader(body)).form == GLYPHS
    assert decode_block(body, len(data)) == data


def test_no_stream_is_compressed_twice_at_one_level(compressed):
    packing = packed(log(2), strategy())
    packing.body()
    once = len(compressed)
    assert once == len(set(compressed))
    again = packing.body()
    assert packing.body() == again
    pooled = len(compressed) - once
    assert pooled < once  # the pools of small streams are put together anew; the large streams are not compressed again


def test_a_level_for_text_is_used_for_text_alone(compressed):
    data = log(3)
    packing = packed(data, strategy())
    modest = packing.body()
    compressed.clear()
    slower = packing.body(text_level=19)
    assert {level for level, _ in compressed} <= {3, 19}
    assert 19 in {level for level, _ in compressed}
    assert len(slower) < len(modest)
    assert decode_block(slower, len(data)) == data


def test_what_text_takes_is_a_part_of_the_body():
    packing = packed(log(4), strategy())
    assert 0 < packing.text_size() < len(packing.body())


def test_a_long_stream_stands_for_itself_and_a_short_one_behind_the_codebook():
    book = b"".join(WORDS)[:2048]
    short, long = (streams_of(packed(log(5, count), strategy(codebook=book)).body()) for count in (300, 30_000))
    assert BackEnd.CARRIED in {stream.back_end for stream in short}
    assert BackEnd.ZSTD in {stream.back_end for stream in long if stream.raw_size >= 1 << 16}
    assert all(stream.back_end is not BackEnd.CARRIED for stream in long if stream.raw_size >= 1 << 16)


def test_columns_that_say_the_same_things_share_one_stream_of_text():
    chance = random.Random(6)
    sentences = [b" ".join(chance.choices(WORDS, k=9)) for _ in range(120)]
    rows = [(chance.choice(sentences), chance.choice(sentences)) for _ in range(200)]
    data = b"".join(b"<r><a>%b</a><b>%b</b></r>\n" % row for row in rows)
    packing = packed(data, strategy(TreeType.XML))
    assert packing.flags & TEXT_POOLED
    assert decode_block(packing.body(), len(data)) == data


def test_the_leader_of_a_segment_hands_on_how_columns_are_named():
    data = b"".join(b'{"a": {"id": %d}, "b": {"id": %d}}\n' % (n, n + 1) for n in range(900))
    leader = SegmentPlace(leads=True)
    follower = SegmentPlace(leads=False, sort_plan=leader.sort_plan, by_path=leader.by_path)
    bodies = [packing_of(memoryview(data), strategy(TreeType.JSON_LINES), place).body() for place in (leader, follower)]
    assert follower.named() is leader.by_path.result()
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(("hasty", "often"), [(True, 0.05), (False, 0.05), (False, 0.03)])
def test_long_lines_are_named_by_what_many_of_them_take(hasty, often):
    chance = random.Random(7)
    states = [[chance.randrange(10 ** chance.randrange(1, 9)) for _ in range(9)] for _ in range(30)]

    def line():
        for state in states:
            state[:] = [value + chance.randrange(9) * (chance.random() < often) for value in state]
        return json.dumps({f"zone {n}": {f"field {k}": v for k, v in enumerate(s)} for n, s in enumerate(states)})

    data = "".join(line() + "\n" for _ in range(400)).encode()
    leader = SegmentPlace(leads=True)
    packing_of(memoryview(data), strategy(TreeType.JSON_LINES, plain_level=3 if hasty else None), leader)
    assert strategy(plain_level=3 if hasty else None).hasty is hasty
    assert leader.by_path.result()


def test_a_stream_is_as_small_as_it_was_at_any_level_that_was_tried():
    packing = packed(log(5), strategy())
    sizes = [len(packing.body()), len(packing.body(text_level=1)), len(packing.body(text_level=9))]
    assert sizes[2] <= sizes[1] <= sizes[0]
