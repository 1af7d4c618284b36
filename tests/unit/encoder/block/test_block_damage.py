import random
import tracemalloc
from dataclasses import replace

import pytest

from encoder.block.codec import _open, decode_block, describe_block, encode_block
from encoder.block.layout import GLYPHS
from encoder.errors import GlyphError, LimitError
from encoder.glyphs.describe import describe_columns
from encoder.limits import Limits
from encoder.profile import LEVELS
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import Reader, varint

SMALL = Limits(max_block=1 << 16, max_memory=1 << 22)
RECORDS = {
    TreeType.LOG: b'Jan %d 10:0%d host app[%d]: took %d.%d ms "q%d" deadbeef%02x\n',
    TreeType.JSON_LINES: b'{"a": %d, "b": [%d, "%d"], "c": %d.%d, "d": "x%d", "e": "00ff%04x"}\n',
    TreeType.JSON: b'{"a": %d, "b": [%d, "%d"], "c": %d.%d, "d": "x%d", "e": "00ff%04x"},',
    TreeType.CSV: b'%d,n%d,%d,-%d.%d,"x\n%d",abcdef%02x\n',
    TreeType.XML: b"<r a='%d' b=\"n%d\"><v>%d</v><w>%d.%d</w><x>n%d</x>00aa11%02x</r>\n",
}


def body_of(tree, back_end):
    chance = random.Random(5)
    data = b"".join(RECORDS[tree] % tuple(chance.randrange(n % 7 + 2) for _ in range(7)) for n in range(150))
    body = encode_block(data, Strategy(tree, back_end, 1 if back_end is not BackEnd.STORE else 0))
    assert body[0] & 15 == GLYPHS
    return data, body


def outcome(body, size, limits=SMALL):
    try:
        return len(decode_block(body, size, limits))
    except GlyphError:
        return None


@pytest.mark.parametrize("back_end", [BackEnd.ZSTD, BackEnd.STORE])
@pytest.mark.parametrize("tree", RECORDS)
def test_a_body_cut_anywhere_is_refused(tree, back_end):
    data, body = body_of(tree, back_end)
    assert outcome(body, len(data)) == len(data)
    assert {outcome(body[:size], len(data)) for size in range(len(body))} == {None}


@pytest.mark.parametrize("back_end", [BackEnd.ZSTD, BackEnd.STORE])
@pytest.mark.parametrize("tree", RECORDS)
def test_a_damaged_body_is_refused_or_gives_the_right_number_of_bytes(tree, back_end):
    data, body = body_of(tree, back_end)
    chance = random.Random(6)
    outcomes = set()
    for _ in range(2500):
        damaged = bytearray(body)
        for _ in range(chance.choice((1, 1, 2, 5))):
            at = chance.randrange(len(damaged))
            damaged[at] = chance.choice((chance.randrange(256), damaged[at] ^ 1 << chance.randrange(8), 0, 255))
        outcomes.add(outcome(bytes(damaged), len(data)))
    assert outcomes <= {None, len(data)}
    assert None in outcomes


@pytest.mark.parametrize("tree", RECORDS)
def test_damage_to_the_metadata_alone_is_always_survived(tree):
    data, body = body_of(tree, BackEnd.STORE)
    chance = random.Random(7)
    start = 4 + 1 + 2 * body[5]
    assert body[5] < 128
    outcomes = set()
    for _ in range(2500):
        damaged = bytearray(body)
        at = chance.randrange(start, min(len(body), start + 500))
        damaged[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        outcomes.add(outcome(bytes(damaged), len(data)))
    assert outcomes <= {None, len(data)}


def test_a_level_that_is_damaged_to_have_no_columns_is_described_without_any():
    data, body = body_of(TreeType.CSV, BackEnd.STORE)
    plan, streams = _open(Reader(body[4:]), len(data), SMALL, b"")
    level = plan.levels[0]
    none = replace(level, rows=level.rows[:0])
    assert describe_columns(replace(plan, levels=(none,)), [len(stream.data) for stream in streams]) == []


@pytest.mark.parametrize("tree", RECORDS)
def test_describing_a_damaged_body_is_as_safe_as_decoding_it(tree):
    _, body = body_of(tree, BackEnd.STORE)
    chance = random.Random(8)
    errors = 0
    for _ in range(400):
        damaged = bytearray(body)
        damaged[chance.randrange(min(len(body), 400))] = chance.randrange(256)
        try:
            describe_block(bytes(damaged), SMALL)
        except GlyphError:
            errors += 1
    assert errors > 0


def forged(*numbers, streams=()):
    """A body whose metadata is these numbers, all stored."""
    metadata = b"".join(varint(number) for number in numbers)
    stored = [metadata, *streams]
    directory = varint(len(stored)) + b"".join(varint(len(stream) << 3) for stream in stored)
    return bytes([0x12, 2, 1, 3, 0]) + directory + b"".join(stored)


def header(size, **changes):
    names = ("size", "records", "templates", "columns", "slots", "template_bytes", "tail", "text")
    return [{"size": size, **changes}.get(name, 0) for name in names]


def test_a_forged_body_that_is_right_decodes():
    assert decode_block(forged(*header(5, tail=5), streams=[b"hello"]), 5) == b"hello"


HUGE = (1 << 64) - 1


@pytest.mark.parametrize("name", ["records", "templates", "columns", "slots", "template_bytes", "tail", "text"])
@pytest.mark.parametrize("value", [1, 1000, 1 << 31, 1 << 40, HUGE])
def test_a_header_that_announces_too_much_is_refused_without_allocating_it(name, value):
    tracemalloc.start()
    with pytest.raises(GlyphError):
        decode_block(forged(*header(100, **{name: value}), 1, 0, 0), 100, SMALL)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("position", range(6))
@pytest.mark.parametrize("value", [0, 1, 5, 255, 256, 1 << 31, 1 << 62, HUGE])
@pytest.mark.parametrize("kind", range(7))
def test_a_forged_column_is_refused(kind, value, position):
    numbers = [10, kind, 1, 1, 1, 1]
    numbers[position] = value
    body = forged(
        *header(20, records=10, templates=1, columns=1, slots=1, template_bytes=2), *numbers, streams=[b"\0\2"]
    )
    with pytest.raises(GlyphError):
        decode_block(body, 20, SMALL)


def test_a_constant_column_of_a_billion_values_is_over_the_limit():
    size = 1 << 30
    limits = Limits(max_block=size, max_memory=1 << 26)
    numbers = [*header(size, records=1, templates=1, columns=1, slots=1, template_bytes=2), size, 1, 0, 0, 2]
    with pytest.raises(LimitError, match="max_memory"):
        decode_block(forged(*numbers, streams=[b"\0\2"]), size, limits)


@pytest.mark.parametrize("back_end", [back_end for back_end in LEVELS if back_end is not BackEnd.MIXING])
@pytest.mark.parametrize("tree", RECORDS)
def test_decoding_stays_within_the_memory_that_it_demands(tree, back_end):
    data = b"".join(RECORDS[tree] % tuple(n * step % 997 for step in range(1, 8)) for n in range(4000))
    body = encode_block(data, Strategy(tree, back_end, 1 if back_end is not BackEnd.STORE else 0))
    demanded = 1 << 16
    while outcome(body, len(data), Limits(max_memory=demanded)) is None:
        demanded += 1 << 16
    tracemalloc.start()
    decode_block(body, len(data), Limits(max_memory=demanded))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert demanded < 16 * len(data)
    assert peak <= demanded


def test_more_levels_than_there_are_is_refused():
    level = [*header(20, records=10, templates=1, columns=1, slots=1, template_bytes=2), 10, 5]
    with pytest.raises(GlyphError, match="levels"):
        decode_block(forged(*level * 6), 20, SMALL)


def test_numbers_after_the_last_level_are_refused():
    with pytest.raises(GlyphError, match="too many"):
        decode_block(forged(*header(5, tail=5), 7, streams=[b"hello"]), 5)
