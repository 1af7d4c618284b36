"""Decisions where a trial takes a good part of an encode."""

from math import log2

import pytest

from encoder.detect.haste import decide, density_of, in_haste, may_be_records, unspaced
from encoder.detect.pattern import PatternDetector
from encoder.profile import load_profile
from encoder.strategy import TreeType

FAST = load_profile("fast").strategies
SUMS = b"".join(
    b"%032x  usr/share/doc/package-%d/file\n" % (n * 0x9E3779B97F4A7C15F39CC0605CEDC835, n) for n in range(9000)
)
PROSE = b"the quick brown fox jumps over a lazy dog and so on for ever\n" * 3000


class Sizes:
    """An encoder whose bodies have the share of the data that it is given, by tree type; it notes what it was asked."""

    def __init__(self, **shares):
        self.shares = shares
        self.asked = []

    def __call__(self, data, strategy):
        self.asked.append((strategy.tree, strategy.level, len(data)))
        return bytes(int(self.shares[strategy.tree.value] * len(data)))


def decided(samples, name, encode, *trees):
    block = samples[name][2] * 4
    pattern = PatternDetector().detect(block)
    shortlist = [FAST[tree] for tree in trees]
    return decide(block, pattern, shortlist, FAST[TreeType.TEXT], encode, is_first=True)[0].tree


@pytest.mark.parametrize(
    ("log", "asked"),
    [(0.2, 3), (0.41, 5), (0.5, 2)],
)
def test_records_are_held_against_plain_bytes_on_a_part_only_where_their_trial_leaves_a_doubt(samples, log, asked):
    encode = Sizes(log=log, csv=0.6, text=0.4)
    chosen = decided(samples, "a syslog", encode, TreeType.LOG, TreeType.CSV)
    assert chosen is (TreeType.LOG if log < 0.4 else TreeType.TEXT)
    assert len(encode.asked) == asked


def test_a_table_that_is_small_counts_though_the_log_that_is_tried_after_it_is_large(samples):
    encode = Sizes(csv=0.2, log=0.5, text=0.4)
    assert decided(samples, "CSV", encode, TreeType.CSV, TreeType.LOG) is TreeType.CSV


class Misled(Sizes):
    """As above, but of a table's columns, a part has a smaller share than the trial's sample."""

    def __init__(self, on_a_part):
        super().__init__(csv=0.44, log=0.5, text=0.4)
        self.on_a_part = on_a_part

    def __call__(self, data, strategy):
        if any(tree is TreeType.LOG for tree, _, _ in self.asked):
            self.shares["csv"] = self.on_a_part
        return super().__call__(data, strategy)


@pytest.mark.parametrize(("on_a_part", "chosen"), [(0.396, TreeType.CSV), (0.41, TreeType.TEXT)])
def test_a_table_is_judged_on_a_part_however_large_its_columns_are_in_the_sample(samples, on_a_part, chosen):
    assert decided(samples, "CSV", Misled(on_a_part), TreeType.CSV, TreeType.LOG) is chosen


def test_a_document_is_held_against_plain_bytes_even_where_it_is_alone(samples):
    name = "an indented JSON document"
    assert decided(samples, name, Sizes(json=0.3, text=0.4), TreeType.JSON) is TreeType.JSON
    assert decided(samples, name, Sizes(json=0.39, text=0.4), TreeType.JSON) is TreeType.TEXT


def test_what_a_quick_compression_makes_very_small_is_left_plain_without_a_trial(samples):
    encode = Sizes(json=0.001, text=0.02)
    assert decided(samples, "an indented JSON document", encode, TreeType.JSON) is TreeType.TEXT
    assert len(encode.asked) == 1


def test_density_is_how_many_times_smaller_a_quick_compression_makes_a_part():
    encode = Sizes(text=0.25)
    assert density_of(memoryview(bytes(1000)), FAST[TreeType.TEXT], encode) == 4
    assert encode.asked == [(TreeType.TEXT, 1, 1000)]


def test_lines_without_blanks_may_be_records_and_prose_is_not():
    sums = PatternDetector().detect(SUMS)
    assert unspaced(sums)
    assert may_be_records(sums)
    assert not unspaced(PatternDetector().detect(PROSE))


def test_json_is_not_tried_in_haste_beside_json_lines(samples):
    lines = PatternDetector().detect(samples["JSON lines"][2])
    assert in_haste((TreeType.JSON_LINES, TreeType.JSON), lines) == (TreeType.JSON_LINES,)


def test_text_without_separators_is_not_tried_in_haste_as_a_table():
    pattern = PatternDetector().detect(PROSE)
    assert pattern.tree is TreeType.TEXT
    assert in_haste((TreeType.TEXT, TreeType.CSV, TreeType.LOG), pattern) == (TreeType.TEXT, TreeType.LOG)
    assert in_haste((TreeType.CSV,), pattern) == (TreeType.CSV,)


def test_xml_of_dense_tags_is_taken_apart_without_a_question():
    tags = b"".join(b"<t><name>item</name><kind>%d</kind></t>\n" % (n * n) for n in range(20_000))
    pattern = PatternDetector().detect(tags)
    assert pattern.tree is TreeType.XML
    encode = Sizes(xml=0.2, text=0.08)
    shortlist = [FAST[TreeType.XML]]
    choice, trials = decide(tags, pattern, shortlist, FAST[TreeType.TEXT], encode, is_first=True)
    assert (choice.tree, trials) == (TreeType.XML, 1)


class Learning(Sizes):
    """As above, but the log's share of its plain bytes falls with each doubling of what is taken apart."""

    def __init__(self, fall, at_64k):
        super().__init__(text=0.2)
        self.fall, self.at_64k = fall, at_64k

    def __call__(self, data, strategy):
        share = self.at_64k - self.fall * log2(len(data) / (1 << 16))
        self.shares["log"] = self.shares["text"] * share
        return super().__call__(data, strategy)


@pytest.mark.parametrize(("fall", "chosen"), [(0.03, TreeType.LOG), (0.001, TreeType.TEXT)])
def test_text_that_shrinks_from_the_sample_to_a_part_is_taken_apart_though_neither_is_small_enough(fall, chosen):
    block = SUMS * 2
    pattern = PatternDetector().detect(block)
    assert pattern.tree is TreeType.TEXT
    shortlist = [FAST[TreeType.TEXT], FAST[TreeType.LOG]]
    encode = Learning(fall, 0.99)
    assert decide(block, pattern, shortlist, FAST[TreeType.TEXT], encode, is_first=True)[0].tree is chosen
