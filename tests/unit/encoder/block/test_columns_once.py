"""What is compressed of a block's columns is compressed once."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from encoder.block import columns
from encoder.block.codec import encode_block
from encoder.profile import load_profile
from encoder.strategy import TreeType

FAST = load_profile("fast").strategies
WORDS = [bytes(random.Random(n).choices(b"abcdefghijklmnop", k=n % 9 + 2)) for n in range(200)]
RECORDS = b"".join(b"%d %s\n" % (n * n % 7919, b" ".join(random.Random(n).choices(WORDS, k=6))) for n in range(20_000))


@pytest.mark.parametrize("tree", [TreeType.LOG, TreeType.CSV])
@pytest.mark.parametrize("text_level", [None, 9])
def test_no_long_stream_is_compressed_twice_at_one_level(monkeypatch, tree, text_level):
    asked: Counter[tuple[int, bytes]] = Counter()
    original = columns.compress

    def noted(back_end, data, level, **rest):
        if len(data) >= 1 << 16:
            asked[level, bytes(data)] += 1
        return original(back_end, data, level, **rest)

    monkeypatch.setattr(columns, "compress", noted)
    encode_block(RECORDS, replace(FAST[tree], text_level=text_level))
    assert asked
    assert set(asked.values()) == {1}
