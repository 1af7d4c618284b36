"""A body is never larger than what a level below would make of the block, and hardly any of those are made."""

from dataclasses import replace

import pytest

from encoder.block.below import plain_stream, smallest_beside_below
from encoder.block.codec import decode_block, encode_block
from encoder.block.smallest import plain_body
from encoder.strategy import BackEnd, Strategy, TreeType

LINES = b"".join(b"%d,%d,node%d\n" % (n, n * n % 9973, n % 13) for n in range(20_000))
PLAIN = Strategy(TreeType.TEXT, BackEnd.ZSTD, 10)
TABLE = Strategy(TreeType.CSV, BackEnd.ZSTD, 3)
LOG = Strategy(TreeType.LOG, BackEnd.ZSTD, 12)
MIXED = Strategy(TreeType.TEXT, BackEnd.MIXING, 1)


def beside(body, strategy, data=LINES):
    """The body that is kept, and the lower strategies that were run."""
    run = []

    def encode(view, lower):
        run.append(lower)
        return encode_block(view, lower)

    return smallest_beside_below(body, memoryview(data), strategy, encode), run


def test_another_tokeniser_of_a_level_below_is_run_and_the_smaller_body_kept():
    own = encode_block(LINES, PLAIN)
    kept, run = beside(own, replace(PLAIN, below=TABLE))
    assert run == [TABLE]
    assert len(kept) < len(own)
    assert encode_block(LINES, replace(PLAIN, below=TABLE)) == kept
    assert decode_block(kept, len(LINES)) == LINES


def test_a_level_below_the_next_is_run_too():
    _, run = beside(bytes(len(LINES)), replace(MIXED, below=replace(LOG, below=TABLE)))
    assert run == [LOG, TABLE]
    assert [lower.below for lower in run] == [None, None]


@pytest.mark.parametrize(
    "strategy",
    [
        replace(MIXED, tree=TreeType.CSV, below=TABLE),  # the same tokeniser behind stronger means
        replace(MIXED, below=Strategy(TreeType.OPAQUE, BackEnd.STORE, 0)),
        MIXED,
    ],
)
def test_what_cannot_be_smaller_is_not_run(strategy):
    assert beside(bytes(len(LINES)), strategy) == (bytes(len(LINES)), [])


@pytest.mark.parametrize(("share", "lower_is_run"), [(0.5, False), (0.9, False), (1.01, True)])
def test_plain_bytes_of_a_level_below_are_run_where_they_may_be_smaller(share, lower_is_run):
    size = len(plain_body(memoryview(LINES), PLAIN, TreeType.TEXT, fell_back=False))
    _, run = beside(bytes(int(share * size)), replace(MIXED, below=PLAIN))
    assert run == [PLAIN] * lower_is_run


def test_what_comes_again_far_off_shows_in_no_part_and_is_run():
    far = bytes(range(256)) * 2 + LINES[:1000]
    data = (far + LINES)[: 1 << 18] + LINES
    size = len(plain_body(memoryview(data), PLAIN, TreeType.TEXT, fell_back=False))
    kept, run = beside(bytes(2 * size), replace(MIXED, below=PLAIN), data)
    assert (len(kept), run) == (size, [PLAIN])


def test_a_strategy_that_has_nothing_below_it_keeps_its_own_level_for_plain_bytes():
    high = replace(PLAIN, level=12)
    own = plain_stream(memoryview(LINES), high, TreeType.TEXT, fell_back=False)
    assert own == plain_body(memoryview(LINES), high, TreeType.TEXT, fell_back=False)
