import random
from dataclasses import replace

import pytest

from encoder.block.codec import decode_block, describe_block, encode_block
from encoder.profile import load_profile
from encoder.strategy import Strategy, TreeType

FAST = load_profile("fast").strategies
LOG = b"".join(b"2026-01-01 00:%02d INFO request %d took %d ms\n" % (n % 60, n, n * n % 977) for n in range(9000))
WORDS = [bytes(random.Random(n).choices(b"abcdefghijklmnop", k=n % 9 + 2)) for n in range(900)]
PROSE = b" ".join(random.Random(1).choices(WORDS, k=90_000))


def tree_of(data: bytes, strategy: Strategy, *, thorough: bool = True) -> TreeType:
    body = encode_block(data, strategy, thorough=thorough)
    assert decode_block(body, len(data)) == data
    return describe_block(body).tree


def test_a_strategy_is_hasty_where_plain_bytes_have_a_quick_level():
    assert FAST[TreeType.LOG].hasty
    assert not replace(FAST[TreeType.LOG], plain_level=19).hasty
    assert not replace(FAST[TreeType.LOG], plain_level=None).hasty


def test_records_are_taken_apart():
    assert tree_of(LOG, FAST[TreeType.LOG]) is TreeType.LOG


@pytest.mark.parametrize("tree", [TreeType.LOG, TreeType.CSV, TreeType.XML])
def test_prose_is_hardly_larger_than_its_plain_bytes_whatever_it_was_taken_for(tree):
    prose = PROSE.replace(b" ", b"\n", 9000)
    assert len(encode_block(prose, FAST[tree])) < 1.02 * len(encode_block(prose, FAST[TreeType.TEXT]))


def test_prose_is_left_at_the_level_for_plain_bytes():
    assert describe_block(encode_block(PROSE, FAST[TreeType.LOG])).level == FAST[TreeType.LOG].plain_level


def test_text_is_not_smaller_at_the_level_for_numbers():
    records = b"".join(b"%d %s\n" % (n, b" ".join(random.Random(n).choices(WORDS, k=6))) for n in range(9000))
    plain = FAST[TreeType.LOG]
    dearer = replace(plain, text_level=plain.prose_level)
    assert len(encode_block(records, dearer)) <= len(encode_block(records, plain))


@pytest.mark.parametrize("size", [0, 1, 63, 4096, 1 << 18])
@pytest.mark.parametrize("tree", list(TreeType))
def test_any_size_comes_back(size, tree):
    data = (LOG + PROSE)[-size:] if size else b""
    assert decode_block(encode_block(data, FAST[tree]), size) == data


def test_chosen_columns_get_levels_of_their_own():
    plan = FAST[TreeType.LOG]
    without = replace(plan, columns_level=None, columns_text_level=None)
    records = b"".join(b"%d %s\n" % (n, b" ".join(random.Random(n).choices(WORDS[:50], k=6))) for n in range(9000))
    assert len(encode_block(records, plan)) < len(encode_block(records, without))


def test_columns_are_left_at_their_quick_level_where_hardly_anything_is_left_of_the_block():
    plan = FAST[TreeType.LOG]
    alike = b"".join(b"2026-01-01 00:00:00 INFO nothing to do, as before\n" for _ in range(9000))
    assert encode_block(alike, plan) == encode_block(alike, replace(plan, columns_level=None, columns_text_level=None))
