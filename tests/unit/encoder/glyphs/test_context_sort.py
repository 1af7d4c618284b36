import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest

from encoder.block import decode_block, encode_block, warm
from encoder.errors import FormatError, GlyphError
from encoder.glyphs.sink import INDEX, TEXT
from encoder.limits import DEFAULT_LIMITS
from encoder.strategy import BackEnd, Strategy, TreeType

warm()

from encoder.glyphs.context_sort import NO_SIBLING, best_siblings, sort_stream, unsort_stream  # noqa: E402  after `warm`
from encoder.glyphs.restore import plan_block  # noqa: E402  as above
from encoder.glyphs.siblings import Permutation, permutation_numbers, sort_streams  # noqa: E402  as above
from encoder.glyphs.transform import transform  # noqa: E402  as above

_SPEC = importlib.util.spec_from_file_location("sorted_reference", Path(__file__).with_name("reference_decoder.py"))
reference = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(reference)

CSV = Strategy(TreeType.CSV, BackEnd.ZSTD, 3)


def noise(seed, count, values=256):
    chance = random.Random(seed)
    return np.array([chance.randrange(values) for _ in range(count)], np.uint8)


def dependent_rows(count):
    """Towns at random; a mast of the town's, and a code of the town's and the mast's."""
    chance = random.Random(count)
    towns = [(f"town{n}", [f"mast{chance.randrange(10**6)}" for _ in range(3)]) for n in range(60)]
    codes = {}
    rows = []
    for _ in range(count):
        town, masts = chance.choice(towns)
        mast = chance.choice(masts)
        code = codes.setdefault((town, mast), chance.randrange(200, 456))
        rows.append(f"{town},{mast},{code}\n")
    return "".join(rows).encode()


@pytest.mark.parametrize("two", [False, True])
def test_a_sorted_stream_comes_back_by_its_siblings_alone(two):
    stream, one, other = noise(1, 5000), noise(2, 5000, 9), noise(3, 5000)
    work = np.concatenate([stream, one, other])
    sort_stream(stream, one, other, two, work[:5000])
    order = np.lexsort((other, one)) if two else np.argsort(one, kind="stable")
    assert np.array_equal(work[:5000], stream[order])
    unsort_stream(work, 0, 5000, 5000, 10000 if two else NO_SIBLING, np.empty(5000, np.uint8))
    assert np.array_equal(work[:5000], stream)


def test_the_siblings_that_a_stream_depends_on_are_found():
    one, other = noise(4, 1024, 12), noise(5, 1024, 3)
    table = noise(6, 12 * 3)
    target = table[one.astype(int) * 3 + other]
    samples = np.stack([noise(7, 1024), one, noise(8, 1024), other, target, one])
    counts = np.zeros((2, 1 << 16), np.int32)
    assert best_siblings(samples, 4, 0, counts, 0.55) == (1, 3)
    assert best_siblings(samples, 2, 0, counts, 0.55) == (NO_SIBLING, NO_SIBLING)
    assert not counts.any()


def test_a_block_of_dependent_columns_is_sorted_smaller_and_read_by_the_second_decoder():
    data = dependent_rows(6000)
    body = encode_block(data, CSV)
    assert body[4] & 1
    assert decode_block(body, len(data)) == data
    assert reference.decode(body) == data


def test_streams_without_siblings_or_gain_stay_as_they_are():
    streams = [(INDEX, noise(seed, 3000).data) for seed in range(4)] + [(TEXT, noise(1, 3000).data)]
    result, permutations = sort_streams(streams, lambda _, view: len(view))
    assert result == streams
    assert not permutations


def test_short_streams_are_never_sorted():
    short = noise(1, 1000, 5).data
    assert sort_streams([(INDEX, short)] * 3, lambda _, view: 1 + view[0])[1] == []


def planned(*numbers):
    """What a plan makes of these numbers after the levels of a block with three streams of 5,000 bytes and others."""
    data = dependent_rows(5000)
    transformed = transform(data, TreeType.CSV, ord(","))
    return plan_block(transformed.metadata(numbers), len(data), DEFAULT_LIMITS, are_sorted=True)


def test_the_numbers_of_permutations_are_read_as_they_were_written():
    lengths = [length for _, length in planned(0).streams]
    first, second, third = (n for n, length in enumerate(lengths) if length == 5000)
    wanted = [Permutation(second, first, NO_SIBLING), Permutation(third, second, first)]
    assert planned(*permutation_numbers(wanted)).permutations == tuple(wanted)


@pytest.mark.parametrize(
    "numbers",
    [
        (),
        (1,),
        (1, 3, 1),
        (0, 1),
        (2, 1, 1, 0),
        (1, 0, 1, 0),
        (1, 1, 1, 0),
        (1, 1, 0, 0),
        (1, 1 << 63, 1, 0),
        (1, 5, 0, 0),
        (1, 5, 1 << 63, 0),
        (1, 5, 1, 1 << 63),
        (1 << 62, 1, 1, 0),
    ],
)
def test_permutations_that_no_encoder_writes_are_refused(numbers):
    with pytest.raises(FormatError, match="metadata"):
        planned(*numbers)


def test_no_stream_is_sorted_by_one_of_another_length_or_by_itself():
    lengths = [length for _, length in planned(0).streams]
    for number in range(len(lengths)):
        for back in range(number + 1):
            fits = back and lengths[number] >= 1024 and lengths[number] == lengths[number - back]
            if fits:
                assert planned(1, number + 1, back, 0).permutations
            else:
                with pytest.raises(FormatError):
                    planned(1, number + 1, back, 0)


def test_damage_to_a_sorted_block_is_an_error_or_the_right_number_of_bytes():
    data = dependent_rows(4200)
    body = encode_block(data, CSV)
    chance = random.Random(9)
    outcomes = set()
    for _ in range(800):
        damaged = bytearray(body)
        damaged[chance.randrange(4, min(len(body), 400))] = chance.randrange(256)
        try:
            outcomes.add(len(decode_block(bytes(damaged), len(data))))
        except GlyphError:
            outcomes.add(None)
    assert outcomes <= {None, len(data)}
    assert None in outcomes
