import importlib.util
import random
import zlib
from pathlib import Path

import numpy as np
import pytest

from encoder.block.codec import decode_block, encode_block, warm
from encoder.errors import FormatError, GlyphError
from encoder.glyphs.segments import Choice
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

NAMES = [(0, number, 0) for number in range(5)]
ENOUGH = 1 << 30
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
    apart = np.zeros(6, np.uint8)
    assert best_siblings(samples, 4, 0, apart, counts, 0.55, 1e9) == (1, 3)
    assert best_siblings(samples, 2, 0, apart, counts, 0.55, 1e9) == (NO_SIBLING, NO_SIBLING)
    assert not counts.any()


def test_a_block_of_dependent_columns_is_sorted_smaller_and_read_by_the_second_decoder():
    data = dependent_rows(24_000)
    body = encode_block(data, CSV)
    assert body[4] & 1
    assert decode_block(body, len(data)) == data
    assert reference.decode(body) == data


def test_streams_without_siblings_or_gain_stay_as_they_are():
    streams = [(INDEX, noise(seed, 3000).data) for seed in range(4)] + [(TEXT, noise(1, 3000).data)]
    sorting = sort_streams(streams, NAMES, lambda _, view: len(view), budget=ENOUGH)
    assert sorting.streams == streams
    assert not sorting.permutations


def test_short_streams_are_never_sorted():
    short = noise(1, 1000, 5).data
    assert sort_streams([(INDEX, short)] * 3, NAMES[:3], lambda _, view: 1 + view[0], budget=ENOUGH).permutations == []


def asked(streams, known):
    """What sorting gives, and how often a size was asked for."""
    sizes = []

    def size(_, view):
        sizes.append(len(zlib.compress(bytes(view))))
        return sizes[-1]

    return sort_streams(streams, NAMES, size, known, budget=ENOUGH), len(sizes)


def dependent(seed, values=9):
    """Noise, and a stream that follows from it."""
    one = noise(seed, 5000, values)
    return [(INDEX, one.data), (INDEX, noise(99, 256)[one].data)]


def test_a_known_plan_is_followed_without_a_search_while_it_gains():
    found, tries = asked(dependent(1), {})
    again, fewer = asked(dependent(2), found.plan)
    assert [permutation.one for permutation in again.permutations] == [0]
    assert again.permutations == found.permutations
    assert fewer == 2 < tries
    assert not again.plan


def test_what_a_plan_says_of_a_stream_that_gains_no_more_is_searched_for_anew():
    found, _ = asked(dependent(1), {})
    parted = [(INDEX, noise(5, 5000, 9).data), (INDEX, noise(6, 5000, 200).data)]
    sorting, _ = asked(parted, found.plan)
    assert not sorting.permutations
    assert sorting.plan == {NAMES[1]: None}


@pytest.mark.parametrize("sibling", [(0, 4, 0), (0, 1, 0), (7, 7, 7)])
def test_a_plan_that_names_a_sibling_behind_the_stream_or_none_that_is_here_is_not_followed(sibling):
    streams = [*dependent(1), (INDEX, noise(8, 5000, 9).data)]
    known = {NAMES[1]: Choice(sibling, None, 0.1, 0.9)}
    assert asked(streams, known)[0].permutations == asked(streams, {})[0].permutations


def test_a_sibling_of_another_length_is_not_sorted_by():
    streams = [(INDEX, noise(1, 4000).data), (INDEX, noise(2, 5000).data)]
    assert not asked(streams, {NAMES[1]: Choice(NAMES[0], None, 0.1, 0.9)})[0].permutations


def test_two_siblings_of_a_plan_are_followed_where_the_stream_is_long_enough():
    for length, expected in ((5000, 1), (3000, 0)):
        one, other = noise(4, length, 12), noise(5, length, 3)
        target = noise(6, 36)[one.astype(int) * 3 + other]
        streams = [(INDEX, one.data), (INDEX, other.data), (INDEX, target.data)]
        sorting, _ = asked(streams, {NAMES[2]: Choice(NAMES[0], NAMES[1], 1.0, 1.0)})
        assert sum(permutation.other != NO_SIBLING for permutation in sorting.permutations) == expected


def test_the_search_ends_with_its_budget_and_the_blocks_that_follow_do_not_take_it_up():
    streams = dependent(1)
    sorting = sort_streams(streams, NAMES, lambda _, view: len(zlib.compress(bytes(view))), budget=0)
    assert not sorting.permutations
    assert sorting.plan == dict.fromkeys(NAMES[:2])


def test_a_stream_is_searched_for_only_where_the_budget_covers_sorting_it_in_vain():
    streams = dependent(1)
    found = asked(streams, {})[0].permutations
    budgets = (0, len(streams[1][1]), ENOUGH)
    sizes = [
        sort_streams(streams, NAMES, lambda _, view: len(zlib.compress(bytes(view))), budget=each) for each in budgets
    ]
    assert [each.permutations for each in sizes] == [[], [], found]


def test_a_sorting_that_cannot_be_smaller_than_the_stream_is_already_is_not_taken():
    one, other = noise(4, 1024, 12), noise(5, 1024, 3)
    samples = np.stack([one, other, noise(6, 36)[one.astype(int) * 3 + other]])
    counts = np.zeros((2, 1 << 16), np.int32)
    apart = np.zeros(3, np.uint8)
    assert best_siblings(samples, 2, 0, apart, counts, 0.9, 10.0) == (NO_SIBLING, NO_SIBLING)
    assert best_siblings(samples, 2, 0, apart, counts, 0.9, 1e9)[0] != NO_SIBLING


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
