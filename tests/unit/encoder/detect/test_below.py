"""A level that has one below it considers what that one would choose, on data of which a trial's sample says too
little.
"""

import json
import random
from dataclasses import replace

import pytest

import encoder
from encoder.detect.lazy import selector_for
from encoder.detect.selector import MAY_GO_ON, AdaptiveCompressionSelector
from encoder.detect.trial import encode_lazily
from encoder.profile import LEVEL_NAMES, load_profile
from encoder.strategy import TreeType

BALANCED = load_profile("balanced")


def generated_code():
    """A table that a program wrote. Where the sample is taken, all names are new; elsewhere few come again and again,
    and their keys are what takes room.
    """
    source = random.Random(5)
    entries, rare = 2500, 400

    def place():
        words = ["".join(source.choices("abcdeghinouz", k=length)).title() for length in (8, 6)]
        return ", ".join(words), "".join(f"\\u{source.randrange(0x4E00, 0x9FFF):04x}" for _ in range(6))

    often = [place() for _ in range(10)]
    lines, key = ["data = {\n"], 861568500
    for number in range(entries):
        key += source.choice((1, 1, 1, 2, 5))
        is_sampled = number < rare or 0 <= number - entries // 2 < rare
        latin, escaped = place() if is_sampled else source.choice(often)
        lines.append(f" '{key}':{{'en': '{latin}', 'zh': u('{escaped}')}},\n")
    return "".join([*lines, "}\n"]).encode()


def outlines():
    """TopoJSON: at its head rings that name their arcs, which is all that a trial sees, and then a MiB of numbers."""
    source = random.Random(9)
    lengths = [source.randint(1, 34) for _ in range(7000)]
    arcs = [[[source.randint(-30, 30), source.randint(-9, 9)] for _ in range(length)] for length in lengths]
    rings = []
    first = 0
    while first < len(arcs) - 3:
        has_hole = source.random() < 0.1
        rings.append([[first + 1, first + 2], [first]] if has_hole else [[first]])
        first += 3 if has_hole else 1
    land = {"type": "MultiPolygon", "arcs": rings}
    document = {"type": "Topology", "objects": {"land": {"geometries": [land]}}, "arcs": arcs}
    return json.dumps(document, separators=(",", ":")).encode()


SHAPES = {"generated code": generated_code, "outlines": outlines}


def ordered(data, levels):
    sizes = {level: len(encoder.encode(data, level)) for level in levels}
    made = list(sizes.values())
    return all(size <= 1.001 * min(made[: at + 1]) for at, size in enumerate(made)), sizes


@pytest.mark.parametrize("shape", SHAPES)
def test_balanced_is_not_larger_than_fast_where_a_sample_misleads_it(shape):
    data = SHAPES[shape]()
    is_ordered, sizes = ordered(data, LEVEL_NAMES[:2])
    assert is_ordered, sizes
    misled = len(encoder.encode(data, replace(BALANCED, below="")))
    assert misled > 1.1 * sizes["fast"], "the data is no test of it any more"


def test_nothing_is_run_on_all_of_a_block_where_both_levels_choose_alike():
    lines = b"".join(b'{"level": "info", "count": %d, "host": "node%d"}\n' % (n * 7, n % 9) for n in range(6000))
    sizes = []

    def encode(sample, strategy):
        sizes.append(len(sample))
        return encode_lazily(sample, strategy)

    below = AdaptiveCompressionSelector(load_profile(BALANCED.below).strategies)
    chosen = AdaptiveCompressionSelector(BALANCED.strategies, below=below, encode=encode).select(lines)
    assert chosen.tree is TreeType.JSON_LINES
    assert len(lines) not in sizes


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_no_level_is_larger_than_one_below_it_where_a_sample_misleads(shape):
    is_ordered, sizes = ordered(SHAPES[shape](), LEVEL_NAMES)
    assert is_ordered, sizes


class SizesByTree:
    """Encodes a sample to as many bytes as its tree is given."""

    def __init__(self, **sizes):
        self._sizes = sizes

    def __call__(self, _data, strategy, /):
        return bytes(self._sizes[strategy.tree.value])


class Plain(AdaptiveCompressionSelector):
    """A level below that keeps everything plain."""

    def select(self, _block):
        return load_profile("fast").strategies[TreeType.TEXT]


@pytest.mark.parametrize(("log", "tree"), [(95, TreeType.TEXT), (85, TreeType.LOG)])
def test_plain_bytes_that_may_go_on_to_a_longer_block_below_give_way_only_to_what_is_clearly_smaller(log, tree):
    lines = b"".join(b"2026-01-02 03:04:%02d.%03d node%d is up\n" % (n % 60, n % 997, n % 9) for n in range(60_000))
    below = Plain(load_profile("fast").strategies)
    sizes = SizesByTree(text=100, log=log, csv=200, jsonl=200, json=200, xml=200)
    selector = AdaptiveCompressionSelector(BALANCED.strategies, below=below, encode=sizes)
    assert len(lines) > MAY_GO_ON
    assert selector.select(lines).tree is tree


def test_what_the_level_below_would_do_goes_with_the_choice_and_is_not_compared():
    lines = b"".join(b'{"level": "info", "count": %d, "host": "node%d"}\n' % (n * 7, n % 9) for n in range(3000))
    chosen = {level: selector_for(load_profile(level)).select(lines) for level in LEVEL_NAMES}
    assert list(chosen["max"].every_below()) == [chosen["balanced"], chosen["fast"]]
    assert chosen["max"] == replace(chosen["max"], below=None)
