"""Samples of every shape take little memory while they are read, kept, judged and written."""

import json
import random
import tracemalloc
from itertools import chain

import numpy as np
import pytest

from orchestrator.evidence.degenerate import distinct
from orchestrator.evidence.measurement import Evidence, Samples, Usage
from orchestrator.evidence.packed import MANY, Figures, numbers
from orchestrator.executors.lines import parse_line
from orchestrator.journal.codec import decode_pieces, event_pieces
from orchestrator.journal.packing import packed, unpacked
from orchestrator.state.events import TaskSucceeded

SHAPES = {
    "whole": lambda rng: str(rng.randrange(10_000)),
    "the same": lambda _: "1",
    "two digits behind the point": lambda rng: f"{rng.random() * 100:.2f}",
    "seventeen digits": lambda rng: repr(rng.random()),
    "exponents": lambda rng: f"{rng.randrange(1, 10)}e-{rng.randrange(1, 300)}",
    "long exponents": lambda rng: f"{rng.random() * 1e-9:.3e}",
    "now and then none": lambda rng: "NaN" if rng.random() < 1e-3 else f"{rng.random():.2f}",
}


def line(shape, least=300_000):
    rng = random.Random(1)
    size, parts = 0, []
    while size < least:
        parts.append(SHAPES[shape](rng))
        size += len(parts[-1]) + 1
    return f'{{"kind":"measurement","metric":"m","unit":"ms","values":[{",".join(parts)}]}}'.encode()


@pytest.mark.parametrize("shape", SHAPES)
def test_samples_of_every_shape_take_less_than_their_text(shape):
    text = line(shape)
    assert parse_line(text).measurement.data.values.kept < len(text)


def test_a_long_line_is_read_and_written_without_an_object_for_each_number():
    text = line("whole", 1_500_000)
    parse_line(line("whole"))  # imports what it needs
    tracemalloc.start()
    try:
        event = TaskSucceeded("A.t", 1, Evidence((parse_line(text).measurement,)), Usage(1.0, 1.0, 1, 1))
        decode_pieces(unpacked(packed(event_pieces(event))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_samples_of_every_shape_are_read_as_json_reads_them(shape):
    text = line(shape)
    plain = json.loads(text)["values"]
    found = parse_line(text).measurement.data.values
    assert isinstance(found, Figures)
    assert np.array_equal(np.asarray(found), np.array(plain, dtype=float), equal_nan=True)
    assert repr(found[len(plain) // 2]) == repr(float(plain[len(plain) // 2]))


def test_a_line_with_blanks_is_read_as_one_without():
    values = [round(n / 7, 2) for n in range(20_000)]
    said = {"kind": "measurement", "metric": "m", "unit": "ms", "values": values}
    blanks, none = (parse_line(json.dumps(said, separators=how).encode()) for how in ((", ", ": "), (",", ":")))
    assert blanks == none


@pytest.mark.parametrize("count", [MANY - 1, MANY, 1 << 16, (1 << 16) + 1])
@pytest.mark.parametrize("times", [2, 3])
def test_a_sequence_pasted_is_found_where_there_are_many_as_where_there_are_few(count, times):
    rng = random.Random(count)
    once = [round(rng.random(), 6) for _ in range(count)]
    measurement = parse_line(
        json.dumps({"kind": "measurement", "metric": "m", "unit": "ms", "values": once * times}).encode()
    ).measurement
    kept, told = distinct(measurement)
    assert f"of {count * times} samples only {count} count" in told if times > 2 else "twice" in told
    assert kept.data == Samples(numbers(once if times > 2 else once * times))


def test_values_in_another_order_that_stand_there_equally_often_count_once():
    once = [n / 8 for n in range(5000)]
    shuffled = [random.Random(seed).sample(once, len(once)) for seed in range(3)]
    said = {"kind": "measurement", "metric": "m", "unit": "ms", "values": [*chain.from_iterable(shuffled)]}
    kept, told = distinct(parse_line(json.dumps(said).encode()).measurement)
    assert "of 15000 samples only 5000 count" in told
    assert kept.data == Samples(numbers(shuffled[0]))
