"""A higher level is never larger than a lower one by more than a thousandth: the kinds of data on which one was, or
might have been.
"""

import random
from dataclasses import replace

import pytest

import encoder
from encoder.block.codec import encode_block
from encoder.block.smallest import plain_body
from encoder.detect.trial import LEISURELY_LEVEL, SLOW_FROM, best_on, encode_at_leisure
from encoder.profile import LEVEL_NAMES
from encoder.strategy import BackEnd, Strategy, TreeType

MIXED = Strategy(TreeType.TEXT, BackEnd.MIXING, 1)


def settings(size):
    """Of several lines each, with words, some of them much more often than others."""
    source = random.Random(7)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(3, 10))) for _ in range(3000)]
    pieces = []
    while sum(map(len, pieces[-1:])) + 90 * len(pieces) < size:
        often = [words[min(int(source.paretovariate(0.7)), 2999)] for _ in range(5)]
        some = source.choices(words, k=3)
        pieces.append(
            f"- name: {some[0]}\n  host: node{source.randint(1, 99):02}.example.org\n  port: "
            f"{source.choice([80, 443])}\n"
            f"  tags: [{some[1]}, {some[2]}]\n  note: {' '.join(often)}\n"
        )
    return "".join(pieces).encode()


@pytest.mark.slow
def test_columns_that_beat_rows_are_held_against_mixing_the_plain_bytes_too():
    data = settings(450_000)
    assert len(encoder.encode(data, "high")) < 0.9 * len(encoder.encode(data, "balanced"))


def test_what_a_quick_look_sees_no_gain_in_is_held_against_the_highest_level_of_zstd():
    source = random.Random(3)
    packed = [source.randbytes(80_000) for _ in range(8)]  # again farther off than a quick compression remembers
    data = b"".join(packed + packed[:2])
    body = plain_body(memoryview(data), MIXED, TreeType.TEXT, fell_back=False)
    assert len(body) < 0.9 * len(data)


def test_a_trial_at_leisure_names_the_columns_of_json_lines_as_an_encode_does():
    lines = b"".join(
        b'{"zone": {"a%d": {"bytes": %d, "state": "up"}, "b%d": {"bytes": %d, "state": "up"}}}\n'
        % (n % 50, n, n % 50, n * 3)
        for n in range(2000)
    )
    strategy = Strategy(TreeType.JSON_LINES, BackEnd.ZSTD, LEISURELY_LEVEL)
    sizes = [len(encode_block(lines, strategy, thorough=thorough)) for thorough in (True, False)]
    assert len(encode_at_leisure(lines, strategy)) == sizes[0] < sizes[1]
    tried = []
    best_on(lines, [replace(strategy, level=SLOW_FROM)], lambda data, one: tried.append(one) or data)
    assert tried == [strategy]


@pytest.mark.parametrize("size", [1 << 16, 1 << 20])
@pytest.mark.parametrize("made", [bytes, lambda size: bytes(size // 2) + b"\xff" * (size // 2)])
def test_mixing_makes_no_more_of_runs_than_quick_levels_do(made, size):
    data = made(size)
    sizes = [len(encoder.encode(data, level)) for level in LEVEL_NAMES]
    assert sizes == sorted(sizes, reverse=True)
    assert encoder.decode(encoder.encode(data, "max")) == data
