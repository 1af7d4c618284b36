import io
import random
import threading

import pytest

import encoder
from encoder.block.codec import decode_block, encode_block
from encoder.glyphs.segments import SEGMENT_BLOCKS, Choice, SegmentPlace, Segments
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

CSV = Strategy(TreeType.CSV, BackEnd.ZSTD, 3)
TABS = Strategy(TreeType.CSV, BackEnd.ZSTD, 3, separator=ord("\t"))
TEXT = Strategy(TreeType.TEXT, BackEnd.ZSTD, 3)


def leads(segments, strategy, count):
    return [segments.next(strategy).leads for _ in range(count)]


def towns(seed, count):
    """Rows whose mast and code follow from the town, and a number of their own."""
    chance = random.Random(seed)
    return "".join(
        f"{town},mast{town * 7919 % 1000},{town * 104729 % 997},{chance.getrandbits(64):016x}\n"
        for town in (chance.randrange(90) for _ in range(count))
    ).encode()


def test_the_first_block_of_every_sixteen_of_a_shape_leads():
    assert leads(Segments(), CSV, 2 * SEGMENT_BLOCKS + 1) == ([True] + [False] * (SEGMENT_BLOCKS - 1)) * 2 + [True]


def test_each_shape_and_separator_has_segments_of_its_own_and_text_has_none():
    segments = Segments()
    assert leads(segments, CSV, 2) == [True, False]
    assert segments.next(TEXT) is None
    assert leads(segments, TABS, 2) == [True, False]
    assert leads(segments, CSV, 1) == [False]


def test_the_others_wait_for_what_the_leader_found():
    segments = Segments()
    leader, other = segments.next(CSV), segments.next(CSV)
    plan = {(0, 1, 0): Choice((0, 2, 0), None, 0.1, 0.2)}
    seen = []
    waiting = threading.Thread(target=lambda: seen.append(other.known()))
    waiting.start()
    assert leader.known() == {}
    leader.found(plan)
    leader.found({})
    waiting.join(10)
    assert seen == [plan]


def test_only_a_leader_hands_on_a_plan():
    leader = SegmentPlace(leads=True)
    other = SegmentPlace(leads=False, sort_plan=leader.sort_plan)
    other.found({})
    assert not leader.sort_plan.done()


@pytest.mark.parametrize(
    "strategy", [CSV, TEXT, Strategy(TreeType.CSV, BackEnd.STORE, 0), Strategy(TreeType.CSV, BackEnd.ZSTD, 99)]
)
def test_a_leader_that_sorts_nothing_or_fails_lets_the_others_go_on(strategy):
    place = SegmentPlace(leads=True)
    if strategy.level == 99:
        with pytest.raises(ValueError, match="levels"):
            encode_block(b"a,b\n" * 3000, strategy, place)
    else:
        encode_block(b"a,b\n" * 3000, strategy, place)
    assert place.sort_plan.result(timeout=0) == {}


def test_a_block_that_follows_sorts_as_the_leader_did():
    segments = Segments()
    first, second = towns(1, 24_000), towns(2, 24_000)
    encode_block(first, CSV, segments.next(CSV))
    place = segments.next(CSV)
    assert any(place.known().values())
    body = encode_block(second, CSV, place)
    assert body[4] & 1  # the flag of sorted streams
    assert decode_block(body, len(second)) == second
    assert len(body) <= 1.03 * len(encode_block(second, CSV))


def test_the_stream_is_the_same_for_any_number_of_threads_while_plans_are_kept():
    data = b"".join(towns(seed, 6000) for seed in range(24))
    whole = encoder.encode(data)
    for threads in (1, 2, 4):
        out = io.BytesIO()
        profile = load_profile("fast")
        with encoder.StreamingEncoder(out, profile, threads=threads) as stream:
            stream.write(data)
        assert out.getvalue() == whole
    assert encoder.decode(whole) == data


def test_a_leader_that_names_its_columns_names_them_for_all():
    leader = SegmentPlace(leads=True)
    other = SegmentPlace(leads=False, by_path=leader.by_path)
    assert leader.named() is None
    leader.name(by_path=False)
    leader.name(by_path=True)
    other.name(by_path=True)
    assert other.named() is False


def test_a_leader_that_ends_without_naming_lets_the_others_choose():
    leader = SegmentPlace(leads=True)
    other = SegmentPlace(leads=False, by_path=leader.by_path)
    leader.found({})
    assert other.named() is None
