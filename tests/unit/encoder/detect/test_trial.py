import lzma
import random
import zlib
from dataclasses import replace

import pytest

import encoder
from encoder.detect.haste import MOST_PER_DOUBLING, foretold_share, leader_on, pays_on
from encoder.detect.pattern import PatternDetector
from encoder.detect.sample import LARGEST_TRIAL, LEISURELY_TRIAL, SMALLEST_TRIAL, take_trial
from encoder.detect.selector import AdaptiveCompressionSelector, incompressible, worth_trying
from encoder.detect.tree import parse_tree
from encoder.detect.trial import LEISURELY_LEVEL, at_leisure, best_on
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

STRATEGIES = {tree: Strategy(tree, BackEnd.ZSTD, 3) for tree in TreeType}
THREE = parse_tree(
    '{"format": 1, "provenance": {}, "nodes": [{"choice": "csv", "next": ["xml", "log"]}]}', "three for everything"
)


class Sizes:
    """An encoder whose bodies have the sizes that it is given, by tree type; it notes what it was asked."""

    def __init__(self, **sizes):
        self.sizes = sizes
        self.asked = []

    def __call__(self, data, strategy):
        self.asked.append((len(data), strategy.tree))
        return bytes(self.sizes[strategy.tree.value])


def test_the_smallest_trial_wins_and_the_first_of_equals():
    plans = [STRATEGIES[TreeType.CSV], STRATEGIES[TreeType.TEXT], STRATEGIES[TreeType.JSON]]
    assert best_on(b"x", plans, Sizes(csv=9, text=7, json=8)).tree is TreeType.TEXT
    assert best_on(b"x", plans, Sizes(csv=7, text=8, json=7)).tree is TreeType.CSV


def test_every_strategy_of_the_shortlist_is_tried_once_on_a_sample_and_kept_while_blocks_look_the_same(samples):
    encode = Sizes(csv=9, xml=7, log=8)
    chooser = AdaptiveCompressionSelector(STRATEGIES, tree=THREE, encode=encode)
    choices = {chooser.select(samples["a syslog"][2] * 20).tree for _ in range(20)}
    assert choices == {TreeType.XML}
    assert [tree for _, tree in encode.asked] == [TreeType.CSV, TreeType.XML, TreeType.LOG]
    assert all(size <= LARGEST_TRIAL for size, _ in encode.asked)
    assert (chooser.observations.decisions, chooser.observations.trials) == (1, 3)


def test_what_has_drifted_is_tried_anew(samples):
    encode = Sizes(csv=9, xml=7, log=8)
    chooser = AdaptiveCompressionSelector(STRATEGIES, tree=THREE, encode=encode)
    chooser.select(samples["a syslog"][2] * 20)
    encode.sizes["log"] = 1
    assert chooser.select(samples["JSON lines"][2] * 20).tree is TreeType.LOG
    assert (chooser.observations.trials, chooser.observations.switches) == (6, 1)


def test_drift_within_one_shape_relies_on_the_last_trial_for_a_while():
    encode = Sizes(csv=9, xml=7, log=8)
    chooser = AdaptiveCompressionSelector(STRATEGIES, tree=THREE, encode=encode)
    begun = b"Nov 23 15:09:01 host sshd[123]: session opened"
    endings = [
        piece * count
        for letter, digit, count in zip(b"acegi", b"13579", (1, 6, 18, 42, 90), strict=True)
        for piece in (b" " + bytes([letter]) * 9, b" " + bytes([digit]) * 9)
    ]
    blocks = [(begun + ending + b"\n") * (200_000 // len(begun + ending)) for ending in endings]
    assert {chooser.select(block).tree for block in blocks} == {TreeType.XML}
    seen = chooser.observations
    assert seen.decisions == 10
    assert seen.trials == 6  # for the first, and after seven that relied on it


def test_without_an_encoder_the_first_of_the_shortlist_is_taken(samples):
    chooser = AdaptiveCompressionSelector(STRATEGIES, tree=THREE, encode=None)
    assert chooser.select(samples["a syslog"][2] * 20).tree is TreeType.CSV
    assert chooser.observations.trials == 0


def test_strategies_that_come_to_the_same_are_not_tried_against_each_other(samples):
    encode = Sizes()
    text = {TreeType.TEXT: STRATEGIES[TreeType.TEXT]}
    chooser = AdaptiveCompressionSelector(text, tree=THREE, encode=encode)
    assert chooser.select(samples["a syslog"][2] * 20) == text[TreeType.TEXT]
    assert encode.asked == []


def test_incompressible_data_is_stored_and_nothing_tried_on_it(samples):
    encode = Sizes()
    squares = b"".join(b"%d " % (number * number) for number in range(60_000))
    for data in (samples["random bytes"][2], zlib.compress(squares), lzma.compress(squares)):
        chooser = AdaptiveCompressionSelector(STRATEGIES, tree=THREE, encode=encode)
        choice = chooser.select(data)
        assert (choice.tree, choice.back_end) == (TreeType.OPAQUE, BackEnd.STORE)
    assert encode.asked == []


def test_bytes_that_repeat_or_are_not_evenly_spread_are_not_taken_for_incompressible(samples):
    detect = PatternDetector().detect
    assert incompressible(detect(samples["random bytes"][2]))
    assert not incompressible(detect(samples["random bytes"][2][:3000] * 20))
    assert not incompressible(detect(samples["little-endian integers"][2]))
    assert not incompressible(detect(samples["prose in Greek"][2]))


def test_another_tokeniser_wins_only_where_it_is_clearly_smaller():
    plans = [STRATEGIES[TreeType.JSON_LINES], STRATEGIES[TreeType.XML]]
    assert best_on(b"x", plans, Sizes(jsonl=100, xml=99)).tree is TreeType.JSON_LINES
    assert best_on(b"x", plans, Sizes(jsonl=100, xml=98)).tree is TreeType.XML


def test_plain_bytes_win_only_where_they_are_clearly_smaller():
    plans = [STRATEGIES[TreeType.CSV], STRATEGIES[TreeType.TEXT]]
    assert best_on(b"x", plans, Sizes(csv=100, text=98)).tree is TreeType.CSV
    assert best_on(b"x", plans, Sizes(csv=100, text=97)).tree is TreeType.TEXT


def test_what_looks_like_text_is_taken_apart_only_where_that_is_clearly_smaller():
    plans = [STRATEGIES[TreeType.TEXT], STRATEGIES[TreeType.LOG]]
    assert best_on(b"x", plans, Sizes(text=100, log=99)).tree is TreeType.TEXT
    assert best_on(b"x", plans, Sizes(text=100, log=98)).tree is TreeType.LOG


def test_a_trial_takes_a_share_of_the_block_within_bounds():
    for nested in (False, True):
        sizes = [len(take_trial(bytes(size), nested=nested)) for size in (1000, 100_000, 1_600_000, 4_000_000)]
        assert sizes == [1000, SMALLEST_TRIAL, 50_000, LARGEST_TRIAL]


def test_a_document_is_tried_on_its_head_alone():
    block = bytes(range(256)) * 8192
    for leisurely, size in ((False, LARGEST_TRIAL), (True, LEISURELY_TRIAL)):
        assert take_trial(block, nested=True, leisurely=leisurely) == block[:size]
        assert len(take_trial(block, nested=False, leisurely=leisurely)) <= size
        assert take_trial(block, nested=False, leisurely=leisurely) != block[:size]


def test_slow_strategies_are_tried_on_much_of_the_block_behind_a_quick_back_end():
    tried = []

    def encode(data, strategy):
        tried.append((len(data), strategy.back_end, strategy.level, strategy.verify))
        return b"body"

    for slow in (Strategy(TreeType.TEXT, BackEnd.ZSTD, 19), Strategy(TreeType.TEXT, BackEnd.MIXING, 2, verify=True)):
        strategies = {tree: replace(slow, tree=tree) for tree in TreeType}
        AdaptiveCompressionSelector(strategies, tree=THREE, encode=encode).select(b"some text\n" * 300_000)
    assert tried == [(LEISURELY_TRIAL - 18, BackEnd.ZSTD, LEISURELY_LEVEL, False)] * 6  # halves of it cut at lines


def test_at_leisure_plain_bytes_are_given_what_a_high_level_makes_of_them():
    plans = [Strategy(tree, BackEnd.ZSTD, 19) for tree in (TreeType.LOG, TreeType.TEXT)]
    assert best_on(b"x", plans, Sizes(log=100, text=104)).tree is TreeType.LOG
    assert best_on(b"x", plans, Sizes(log=100, text=103)).tree is TreeType.TEXT
    assert not at_leisure([*plans, Strategy(TreeType.OPAQUE, BackEnd.ZSTD, 1)])


def test_plain_text_is_tried_only_on_what_was_seen_as_text_or_opaque(samples):
    tree = parse_tree(
        '{"format": 1, "provenance": {}, "nodes": [{"choice": "csv", "next": ["text", "opaque"]}]}', "mostly plain"
    )
    for name, tried in (
        ("a syslog", []),
        ("an indented JSON document", []),
        ("prose", [TreeType.CSV, TreeType.TEXT, TreeType.OPAQUE]),
    ):
        encode = Sizes(csv=9, text=1, opaque=8)
        AdaptiveCompressionSelector(STRATEGIES, tree=tree, encode=encode).select(samples[name][2])
        assert [tree for _, tree in encode.asked] == tried


def test_the_detected_shape_gives_the_level_and_the_trial_the_tokeniser(samples):
    strategies = STRATEGIES | {TreeType.LOG: Strategy(TreeType.LOG, BackEnd.ZSTD, 7)}
    chooser = AdaptiveCompressionSelector(strategies, tree=THREE, encode=Sizes(csv=9, xml=1, log=7))
    assert chooser.select(samples["a syslog"][2] * 20) == Strategy(TreeType.XML, BackEnd.ZSTD, 7)


def test_on_records_a_tokeniser_is_tried_only_where_something_speaks_for_it(samples):
    def tried(sample):
        return worth_trying(shortlist, PatternDetector().detect(sample))

    shortlist = (TreeType.LOG, TreeType.JSON_LINES, TreeType.JSON, TreeType.CSV, TreeType.TEXT)
    assert tried(samples["a syslog"][2]) == (TreeType.LOG,)
    assert tried(samples["JSON lines"][2])[:3] == shortlist[:3]
    carrying = b"".join(
        b'2026-01-02 03:04:%02d INFO app {"id": %d, "name": "n%d"}\n' % (n % 60, n, n) for n in range(3000)
    )
    assert {TreeType.JSON_LINES, TreeType.JSON} < set(tried(carrying))
    tabular = b"".join(b"2026-01-02 03:04:%02d INFO [%d] a;%d;c;%d\n" % (n % 60, n, n * n, n % 9) for n in range(3000))
    assert TreeType.CSV in tried(tabular)
    commas = b"".join(b"2026-01-02 03:04:%02d,%03d INFO took %d ms\n" % (n % 60, n % 999, n) for n in range(3000))
    assert TreeType.CSV not in tried(commas)
    assert tried(samples["an indented JSON document"][2]) == shortlist[:4]
    assert worth_trying((TreeType.JSON,), PatternDetector().detect(samples["a syslog"][2])) == (TreeType.JSON,)


def test_what_is_dense_is_plain_without_a_trial_where_there_is_little_time():
    fast = load_profile("fast")
    tags = b"".join(b"<t><name>item</name><kind>%d</kind></t>\n" % (n // 400) for n in range(6000))
    selector = AdaptiveCompressionSelector(fast.strategies)
    assert selector.select(tags).tree is TreeType.TEXT
    assert selector.observations.trials == 1


def test_a_part_pays_where_it_is_smaller_by_a_twentieth():
    sizes = {TreeType.LOG: 94, TreeType.TEXT: 100}
    fast = load_profile("fast").strategies

    def encode(_data, strategy):
        return bytes(sizes[strategy.tree])

    assert pays_on((b"x", b"y"), fast[TreeType.LOG], fast[TreeType.TEXT], encode)
    sizes[TreeType.LOG] = 96
    assert not pays_on((b"x", b"y"), fast[TreeType.LOG], fast[TreeType.TEXT], encode)


def test_a_leader_is_told_with_its_share_of_the_plain_bytes():
    shortlist = [STRATEGIES[TreeType.TEXT], STRATEGIES[TreeType.LOG]]
    assert leader_on(b"x", shortlist, Sizes(text=100, log=84)) == (STRATEGIES[TreeType.LOG], 0.84)
    assert leader_on(b"x", shortlist, Sizes(text=100, log=101)) == (STRATEGIES[TreeType.LOG], 1.01)
    assert leader_on(b"x", shortlist[1:], Sizes(log=1)) == (STRATEGIES[TreeType.LOG], None)


def test_where_nothing_can_be_taken_apart_plain_bytes_lead():
    shortlist = [STRATEGIES[TreeType.TEXT], STRATEGIES[TreeType.LOG]]
    assert leader_on(b"x", shortlist, Sizes(text=100, log=100)) == (STRATEGIES[TreeType.TEXT], None)


def test_what_shrinks_from_a_sample_to_a_part_is_foretold_to_shrink_on():
    assert foretold_share(1.0, 1 << 15, 0.98, 1 << 16, 1 << 20) == pytest.approx(0.98 - 4 * 0.02)
    assert foretold_share(1.0, 1 << 15, 0.9, 1 << 16, 1 << 20) == pytest.approx(0.9 - 4 * MOST_PER_DOUBLING)
    assert foretold_share(0.9, 1 << 15, 0.98, 1 << 16, 1 << 20) == 0.98
    assert foretold_share(1.03, 1 << 15, 1.0, 1 << 16, 1 << 20) == 1.0
    assert foretold_share(1.0, 1 << 16, 0.98, 1 << 16, 1 << 20) == 0.98


def test_json_lines_are_not_held_against_json_where_there_is_little_time(samples):
    lines = samples["JSON lines"][2]
    fast = AdaptiveCompressionSelector(load_profile("fast").strategies)
    assert fast.select(lines).tree is TreeType.JSON_LINES
    assert TreeType.JSON not in {strategy.tree for strategy in fast._tried}


def test_the_short_end_of_a_stream_is_not_tried_anew_where_there_is_little_time(samples):
    selector = AdaptiveCompressionSelector(load_profile("fast").strategies)
    selector.select(samples["a syslog"][2])
    before = selector.observations.trials
    assert selector.select(samples["an indented JSON document"][2][: 1 << 17]).tree is TreeType.TEXT
    assert selector.observations.trials == before


@pytest.mark.parametrize("level", ["fast", "balanced"])
def test_a_block_whose_sample_is_incompressible_is_smaller_where_the_rest_is_not(level):
    source = random.Random(7)
    chance = source.randbytes(900_000)
    data = chance[:300_000] + b"one more line of the same\n" * 4000 + chance[300_000:]
    stream = encoder.encode(data, level)
    assert len(stream) < 0.92 * len(data)
    assert encoder.decode(stream) == data


def test_random_bytes_take_no_more_than_their_headers():
    data = random.Random(8).randbytes(300_000)
    assert len(encoder.encode(data, "fast")) <= len(data) + 68
