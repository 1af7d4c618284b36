"""A higher level is never larger than a lower one by more than a thousandth: the kinds of data on which one was, or
might have been.
"""

import random
from dataclasses import replace
from itertools import accumulate

import pytest

import encoder
from encoder.block.codec import decode_block, encode_block
from encoder.block.smallest import plain_body
from encoder.detect.trial import LEISURELY_LEVEL, SLOW_FROM, best_on, encode_at_leisure
from encoder.mixing.models import LEVELS
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


def traces(size):
    """Of a program's exceptions, with many frames that say the same few words in ever new ways."""
    source = random.Random(11)
    names = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(300)]
    kinds = ("Handler", "Filter", "Dispatcher", "Channel", "Connection", "Pool", "Service", "Repository")

    def rank(most):
        return min(int(source.paretovariate(1)) - 1, most)

    def name():
        return names[rank(299)]

    lines, length, now = [], 0, 0
    while length < size:
        now += source.randint(1, 300)
        first = len(lines)
        time = f"2023-11-28 22:{now // 60000 % 60:02}:{now // 1000 % 60:02},{now % 1000:03}"
        lines.append(f"{time} ERROR [worker-{source.randint(0, 3)}] c.e.{name()}.{source.choice(kinds)} - {name()}")
        for _ in range(source.randint(5, 20)):
            place, called = f"{name()}.{source.choice(kinds)}.{name()}", f"{source.choice(kinds)}.java:{rank(400)}"
            lines.append(f"\tat com.example.{place}({called})")
        lines.append(f"\t... {source.randint(1, 9)} more")
        length += sum(len(line) + 1 for line in lines[first:])
    return "\n".join([*lines, ""]).encode()


def walk(count):
    """Numbers of eight bytes, each near the one before."""
    source = random.Random(5)
    steps = accumulate(source.randint(-3000, 3000) for _ in range(count))
    return b"".join((step % (1 << 64)).to_bytes(8, "little") for step in steps)


def test_full_mixing_holds_its_rows_against_the_plain_bytes_where_light_mixing_does():
    data = traces(300_000)
    light, full = (encode_block(data, Strategy(TreeType.LOG, BackEnd.MIXING, level)) for level in LEVELS)
    assert len(full) <= 1.001 * len(light)
    assert decode_block(full, len(data)) == data


@pytest.mark.parametrize("count", [20_000, 60_000])
def test_a_level_of_zstd_that_makes_more_of_numbers_gives_way_to_the_one_below(count):
    data = walk(count)
    sizes = [len(encoder.encode(data, level)) for level in LEVEL_NAMES[:2]]
    assert sizes[1] <= 1.001 * sizes[0]


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
