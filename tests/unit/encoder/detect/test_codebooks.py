import random
from dataclasses import replace
from itertools import pairwise

import pytest

from encoder.block.codec import decode_block, encode_block
from encoder.detect.codebooks import FIRST, CarryingSelector, material, may_carry
from encoder.detect.fixed import FixedStrategySelector
from encoder.profile import CodebookSettings
from encoder.strategy import BackEnd, Strategy, TreeType

TEXT = Strategy(TreeType.TEXT, BackEnd.BROTLI, 5)
LOG = Strategy(TreeType.LOG, BackEnd.ZSTD, 3)
SETTINGS = CodebookSettings(size=4096, blocks=32)


def lines(seed, count=12):
    chance = random.Random(seed)
    texts = (
        f"2026-03-01 10:{chance.randrange(60):02d} INFO pool-{chance.randrange(9)}: lease of {chance.randrange(9999)} "
        f"bytes "
        f"for request {chance.randrange(99999)} was given back after {chance.random():.4f} seconds\n"
        for _ in range(count)
    )
    return "".join(texts).encode()


def noise(seed):
    return random.Random(seed).randbytes(1500)


def selector(strategy=TEXT, settings=SETTINGS, encode=encode_block):
    return CarryingSelector(FixedStrategySelector(strategy), settings, encode)


def codebooks(blocks, **options):
    carrying = selector(**options)
    return [carrying.select(block).codebook for block in blocks]


@pytest.mark.parametrize(("strategy", "count"), [(TEXT, 12), (LOG, 100)], ids=["text", "log"])
def test_blocks_that_say_the_same_things_get_a_codebook_that_makes_them_smaller(strategy, count):
    blocks = [lines(seed, count) for seed in range(64)]
    found = codebooks(blocks, strategy=strategy, settings=replace(SETTINGS, blocks=256))
    assert not any(found[:FIRST])
    assert all(found[-4:])
    assert all(len(codebook) <= SETTINGS.size for codebook in found)
    carried = encode_block(blocks[-1], replace(strategy, codebook=found[-1]))
    assert len(carried) < 0.95 * len(encode_block(blocks[-1], strategy))
    assert decode_block(carried, len(blocks[-1]), codebook=found[-1]) == blocks[-1]


def test_blocks_that_have_nothing_in_common_get_none():
    assert not any(codebooks([noise(seed) for seed in range(130)]))


def test_few_blocks_cost_no_trial():
    encoded = []

    def counting(block, strategy, _place):
        encoded.append(strategy)
        return encode_block(block, strategy)

    codebooks([lines(seed) for seed in range(FIRST)], encode=counting)
    assert not encoded
    codebooks([lines(seed) for seed in range(4 * FIRST)], encode=counting)
    assert 0 < len(encoded) <= 6


def test_blocks_that_take_much_cost_no_trial():
    def refusing(_block, _strategy):
        raise AssertionError("a trial")

    block = random.Random(2).randbytes(200_000)
    assert not any(codebooks([block] * 20, strategy=LOG, encode=refusing))


def test_a_codebook_ends_at_a_restart_point_and_a_new_one_begins():
    found = codebooks([lines(seed) for seed in range(150)])
    begun = [place for place in range(1, 150) if found[place] and found[place] != found[place - 1]]
    assert len(begun) >= 3
    assert {later - one for one, later in pairwise(begun[-3:])} == {SETTINGS.blocks}


def test_a_codebook_that_no_longer_pays_ends_at_the_restart_point():
    found = codebooks([lines(seed) for seed in range(40)] + [noise(seed) for seed in range(80)])
    assert found[39]
    assert not found[-1]


def test_another_strategy_begins_anew():
    class Turning:
        def __init__(self):
            self.asked = 0

        def select(self, _block):
            self.asked += 1
            return TEXT if self.asked <= 50 else replace(TEXT, level=6)

    carrying = CarryingSelector(Turning(), SETTINGS, encode_block)
    found = [carrying.select(lines(seed)).codebook for seed in range(60)]
    assert any(found[:50])
    assert not any(found[50 : 50 + FIRST])


def test_what_is_decided_depends_on_the_blocks_alone():
    blocks = [lines(seed) for seed in range(40)]
    assert codebooks(blocks) == codebooks([memoryview(bytearray(block)) for block in blocks])


@pytest.mark.parametrize(
    ("strategy", "carried"),
    [
        (TEXT, True),
        (LOG, True),
        (Strategy(TreeType.TEXT, BackEnd.MIXING, 1), True),
        (Strategy(TreeType.LOG, BackEnd.MIXING, 1), False),
        (Strategy(TreeType.LOG, BackEnd.LZMA, 6), False),
        (Strategy(TreeType.OPAQUE, BackEnd.ZSTD, 1), False),
    ],
)
def test_what_can_be_carried(strategy, carried):
    assert may_carry(strategy) == carried


def test_a_codebook_of_text_is_its_end_and_one_of_records_what_they_repeat():
    past = b"".join(lines(seed) for seed in range(20))
    assert material(past, TEXT, 1000) == past[-1000:]
    of_records = material(past, LOG, 1000)
    assert b"bytes for request " in of_records
    assert len(of_records) <= 1000
    assert material(b"", LOG, 1000) == material(b"\n", LOG, 1000) == b""
