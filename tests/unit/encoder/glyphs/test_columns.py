import re
from random import Random

import numpy as np
import pytest

from encoder.block.codec import warm

warm()

from encoder.glyphs.choose import (  # noqa: E402  after `warm`, which compiles under a lock
    DECIMALS,
    DICTIONARY,
    DIVIDED,
    HEXADECIMAL,
    INTEGERS,
    STRINGS,
)
from encoder.glyphs.columns import NOT_DIVISIBLE, write_columns  # noqa: E402  as above
from encoder.glyphs.decimals import NOT_DECIMAL, decimal_places  # noqa: E402  as above
from encoder.glyphs.plan import COUNT, KIND, ROW_SIZE, STREAM, plan_columns  # noqa: E402  as above
from encoder.glyphs.read_columns import read_columns  # noqa: E402  as above
from encoder.glyphs.scratch import Scratch  # noqa: E402  as above
from encoder.glyphs.sink import empty_sink  # noqa: E402  as above
from encoder.glyphs.tokenise_log import WORDS  # noqa: E402  as above


def write(columns, grain):
    """(kinds, made, metadata, stream classes, stream ends, out) of columns given as lists of bytes."""
    values = [value for column in columns for value in column]
    data = np.frombuffer(b"".join(values) or b"?", np.uint8)
    sizes = np.array([len(value) for value in values], np.int32)
    starts = (np.cumsum(sizes) - sizes).astype(np.int32)
    offsets = np.cumsum([0, *map(len, columns)]).astype(np.int64)
    kinds = np.zeros(len(columns), np.int32)
    counts = np.zeros(len(columns), np.int32)
    scratch = Scratch(4 * len(values) + 16)
    sink = empty_sink(
        np.empty(len(data) + 6 * len(values) + 64 * len(columns), np.uint8), 10 * len(columns), 8 * len(columns)
    )
    made = write_columns(data, starts, sizes, offsets, len(columns), grain, True, kinds, counts, scratch.room, sink)
    used, streams, numbers = sink.cursor.tolist()
    assert counts.sum() == streams
    return kinds.tolist(), made, sink.meta[:numbers], sink.classes[:streams], sink.ends[:streams], sink.out[:used]


def read(columns, written):
    """The columns again, none of them DIVIDED."""
    made, meta, classes, ends, out = written
    total = sum(map(len, columns))
    size = sum(len(value) for column in columns for value in column) + total + 1
    rows = np.zeros((len(columns), ROW_SIZE), np.int64)
    cursor = np.zeros(3, np.int64)
    planned, lengths = np.empty(10 * len(columns), np.int32), np.empty(10 * len(columns), np.int64)
    plan_columns(meta, cursor, len(columns), total, 2 * size, rows, planned, lengths)
    assert cursor[2] == 0
    streams = cursor[STREAM]
    assert planned[:streams].tolist() == classes.tolist()
    assert lengths[:streams].tolist() == np.diff(ends, prepend=0).tolist()
    positions = np.append(ends - lengths[:streams], 0)
    work = np.concatenate([out, np.zeros(made, np.uint8)])
    starts, sizes = np.empty(total, np.int32), np.empty(total, np.int32)
    numbers = np.empty(max(map(len, columns), default=0), np.int64)
    end = read_columns(work, rows, positions, len(out), len(work), 0, 0, 0, numbers, starts, sizes)
    assert end == len(work)
    values = [work[start : start + size].tobytes() for start, size in zip(starts, sizes, strict=True)]
    return [[values.pop(0) for _ in range(count)] for count in rows[:, COUNT]]


def kind_and_back(values, grain=NOT_DIVISIBLE):
    kinds, *written = write([values], grain)
    return kinds[0], read([values], written)[0] if kinds[0] != DIVIDED else None


def text(values):
    return [str(value).encode() for value in values]


CASES = {
    "counting": (INTEGERS, text(range(300))),
    "one number": (INTEGERS, [b"7"]),
    "constant": (INTEGERS, [b"42"] * 50),
    "falling": (INTEGERS, text(range(9000, 0, -7))),
    "zero-padded": (INTEGERS, [b"%06d" % n for n in range(400)]),
    "eighteen digits": (INTEGERS, text(999_999_999_999_999_999 - n * n for n in range(60))),
    "one so wide that planes would take more than the text": (DICTIONARY, [b"5", b"123456789012345678", b"6"] * 4),
    "few numbers far apart": (DICTIONARY, text([100_003, 7, 52_000_017, 990_001][n * n % 7 % 4] for n in range(900))),
    "numbers that never come back": (INTEGERS, text(n * 2654435761 % 2**32 for n in range(900))),
    "two places": (DECIMALS, [b"%d.%02d" % (n, n % 100) for n in range(300)]),
    "places that vary": (DECIMALS, text([0.5, 1.25, -3, -0.125, 10, 0] * 20)),
    "negative": (DECIMALS, text(range(-200, 100))),
    "small negative fractions": (DECIMALS, [b"-0.05", b"0.00", b"-0.50", b"0.07"] * 9),
    "few words": (DICTIONARY, [b"GET", b"POST", b"", b"a longer word"] * 20),
    "three hundred words": (DICTIONARY, [b"word number %d" % (n % 300) for n in range(3000)]),
    "hashes": (HEXADECIMAL, [b"%08x" % (n * 2654435761 % 2**32) for n in range(100)]),
    "paths": (STRINGS, [b"/p/" + bytes([97 + n % 26] * (n % 11)) + b"/%d" % n for n in range(90)]),
    "newlines inside": (STRINGS, [b"a\nb" * (n % 4) for n in range(100)]),
    "empty": (STRINGS, [b"", b"", b""]),
    "all empty": (DICTIONARY, [b""] * 40),
    "negative zero": (STRINGS, [b"-0", b"-0.0", b"1"]),
    "leading zeros of many widths": (STRINGS, [b"07", b"007", b"7", b"1"]),
    "nineteen digits": (STRINGS, [b"1234567890123456789", b"2", b"3"]),
    "bare points": (STRINGS, [b".5", b"5.", b"."]),
    "bare minus": (STRINGS, [b"-", b"--1", b"1-"]),
    "upper-case hashes": (STRINGS, [b"%08X" % (n * 2654435761 % 2**32) for n in range(100)]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_column_gets_the_kind_that_fits_and_comes_back(name):
    kind, values = CASES[name]
    assert kind_and_back(values) == (kind, values)


def test_values_with_a_shape_of_their_own_are_divided_where_a_level_follows():
    dates = [b"2024-03-%02d %02d:%02d x%d" % (n % 28, n % 24, n % 60, n) for n in range(500)]
    assert kind_and_back(dates, WORDS)[0] == DIVIDED
    assert kind_and_back(dates, NOT_DIVISIBLE) == (STRINGS, dates)


def test_many_columns_in_one_call_keep_their_own_values():
    columns = [values for _, values in CASES.values()] + [[]] + [text(range(n, n + 30)) for n in range(50)]
    kinds, *written = write(columns, NOT_DIVISIBLE)
    assert len(kinds) == len(columns)
    assert read(columns, written) == columns


def test_an_index_outside_its_dictionary_is_refused():
    values = [b"GET", b"POST"] * 20
    kinds, _, meta, _, ends, out = write([values], NOT_DIVISIBLE)
    assert kinds == [DICTIONARY]
    out[-1] = 2
    rows = np.zeros((1, ROW_SIZE), np.int64)
    cursor = np.zeros(3, np.int64)
    plan_columns(meta, cursor, 1, 40, 400, rows, np.empty(10, np.int32), np.empty(10, np.int64))
    assert rows[0, KIND] == DICTIONARY
    positions = np.array([0, ends[0], 0], np.int64)
    starts, sizes, numbers = np.empty(40, np.int32), np.empty(40, np.int32), np.empty(40, np.int64)
    assert read_columns(out, rows, positions, len(out), len(out), 0, 0, 0, numbers, starts, sizes) < 0


DECIMAL = re.compile(rb"(-?)(?:0|[1-9]\d*)(?:\.(\d+))?")


@pytest.mark.parametrize("alphabet", [b"01.-", b"0123456789.-", b"0123456789.-a \n"])
def test_what_counts_as_a_decimal_is_what_formatting_gives_back(alphabet):
    random = Random(0)
    for _ in range(2000):
        value, around = (bytes(random.choices(alphabet, k=random.randint(0, most))) for most in (22, 9))
        found = DECIMAL.fullmatch(value)
        is_one = found and sum(map(str.isdigit, value.decode())) <= 18 and (not found[1] or value.strip(b"-0."))
        data = np.frombuffer(around + value + around + b"0", np.uint8)
        places = decimal_places(data, len(around), len(value))
        assert places == (len(found[2] or b"") if is_one else NOT_DECIMAL), value
