import random

import pytest

from encoder.detect.fixed import FixedStrategySelector
from encoder.detect.glance import alike, middle_glance
from encoder.detect.pattern import PatternDetector
from encoder.detect.selector import (
    MOST_REMEMBERED,
    MOST_UNSEEN,
    SMALLEST,
    TOLERANCES,
    AdaptiveCompressionSelector,
    drifted,
    strategy_for,
)
from encoder.detect.tree import parse_tree
from encoder.errors import ProfileError
from encoder.strategy import BackEnd, Strategy, TreeType

STRATEGIES = {tree: Strategy(tree, BackEnd.ZSTD, 3) for tree in TreeType}
AS_SEEN = parse_tree(
    '{"format": 1, "provenance": {}, "nodes": ['
    '{"input": "seen_csv", "at_most": 0.5, "below": 1, "above": 2},'
    '{"input": "seen_log", "at_most": 0.5, "below": 3, "above": 4},'
    '{"choice": "csv"}, {"choice": "text"}, {"choice": "log"}]}',
    "test",
)


class Ticks:
    """A clock that moves one second at each look."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


def selector(strategies=STRATEGIES):
    return AdaptiveCompressionSelector(strategies, tree=AS_SEEN, clock=Ticks())


def block(sample):
    return sample[2] * 2


def test_a_small_block_is_text_without_a_look(samples):
    chooser = selector()
    assert chooser.select(b"") == STRATEGIES[TreeType.TEXT]
    assert chooser.select(samples["CSV"][2][: SMALLEST - 1]) == STRATEGIES[TreeType.TEXT]
    assert chooser.observations.detections == 0
    assert chooser.observations.blocks == 2


def test_a_small_block_does_not_disturb_the_choice(samples):
    chooser = selector()
    first = chooser.select(block(samples["CSV"]))
    chooser.select(b"tail")
    assert chooser.select(block(samples["CSV"])) == first
    assert chooser.observations.decisions == 1


def test_the_choice_is_kept_until_the_features_drift(samples):
    chooser = selector()
    for name in ["CSV", "CSV", "CSV", "a syslog", "a syslog", "CSV"]:
        assert chooser.select(block(samples[name])).tree == samples[name][0]
    seen = chooser.observations
    assert (seen.blocks, seen.detections, seen.decisions, seen.switches) == (6, 2, 2, 2)  # a glance told the rest apart


def test_data_that_comes_back_gets_what_was_chosen_for_it_without_a_look(samples):
    chooser = AdaptiveCompressionSelector(STRATEGIES)
    names = ["CSV", "a syslog", "JSON lines"]
    first = [chooser.select(block(samples[name])) for name in names]
    before = chooser.observations
    assert [chooser.select(block(samples[name])) for name in names] == first
    seen = chooser.observations
    assert (seen.decisions, seen.trials) == (before.decisions, before.trials)
    assert (seen.detections, seen.switches) == (3, 5)


def test_only_the_latest_decisions_are_remembered():
    chooser = AdaptiveCompressionSelector(STRATEGIES, encode=None)
    separators = b",;\t|"
    kinds = [bytes([one]) * 9 + b"\n" for one in separators]
    kinds += [(b"%s " % word * 8 + b"\n") for word in (b"a", b"0", b"A", b"\xc3\xa4", b"{", b"word12")]
    blocks = [kind * (2 * SMALLEST // len(kind)) for kind in kinds]
    assert len(blocks) > MOST_REMEMBERED
    for one in blocks:
        chooser.select(one)
    made = chooser.observations.decisions
    chooser.select(blocks[-1])
    assert chooser.observations.decisions == made
    chooser.select(blocks[0])
    assert chooser.observations.decisions == made + 1


def test_a_block_whose_head_is_the_end_of_something_else_is_seen_as_what_follows(samples):
    end = samples["JSON lines"][2][: 40 << 10]
    rows = samples["CSV"][2]
    mixed = end[: end.rindex(b"\n") + 1] + rows * ((1 << 20) // len(rows))
    assert selector().select(mixed).tree is TreeType.CSV


def test_a_block_like_the_last_goes_without_a_look_but_not_for_ever(samples):
    chooser = selector()
    for _ in range(2 * (MOST_UNSEEN + 1)):
        chooser.select(block(samples["CSV"]))
    assert chooser.observations.detections == 2
    assert chooser.observations.decisions == 1


def test_another_kind_of_data_is_looked_at_at_once(samples):
    glances = {name: middle_glance(block(samples[name])) for name in ("CSV", "a syslog", "JSON lines")}
    assert not any(alike(glances[one], glances[two]) for one in glances for two in glances if one != two)
    assert all(alike(seen, seen) for seen in glances.values())


def test_the_separator_is_the_one_detected(samples):
    chooser = selector()
    assert chooser.select(block(samples["CSV with semicolons"])).separator == ord(";")
    assert chooser.select(block(samples["tab-separated values"])).separator == ord("\t")


def test_the_separator_of_other_strategies_is_left_alone(samples):
    strategies = STRATEGIES | {TreeType.LOG: Strategy(TreeType.LOG, BackEnd.ZSTD, 3, separator=7)}
    assert selector(strategies).select(block(samples["a syslog"])) == strategies[TreeType.LOG]


def test_a_tree_type_without_a_strategy_is_text(samples):
    text = Strategy(TreeType.TEXT, BackEnd.ZSTD, 9)
    assert selector({TreeType.TEXT: text}).select(block(samples["CSV"])) == text


def test_a_selector_without_a_strategy_for_text_is_refused():
    with pytest.raises(ProfileError, match="mend: "):
        AdaptiveCompressionSelector({TreeType.LOG: STRATEGIES[TreeType.LOG]})


def test_the_choices_are_a_function_of_the_blocks_alone(samples):
    rng = random.Random(3)
    blocks = [block(samples[rng.choice(list(samples))]) for _ in range(40)]
    kinds = [bytes, bytearray, memoryview]
    runs = [
        [chooser.select(kind(b)) for b in blocks]
        for kind in kinds
        for chooser in [AdaptiveCompressionSelector(STRATEGIES)]
    ]
    assert runs[0] == runs[1] == runs[2]


def test_the_shipped_tree_is_used_unless_another_is_given(samples):
    assert AdaptiveCompressionSelector(STRATEGIES).select(block(samples["JSON lines"])).tree is TreeType.JSON_LINES


def test_seconds_come_from_the_clock_that_was_given(samples):
    chooser = selector()
    chooser.select(b"")
    chooser.select(block(samples["CSV"]))
    assert chooser.observations.seconds == 2


def test_a_snapshot_does_not_change_afterwards():
    chooser = selector()
    before = chooser.observations
    chooser.select(b"")
    assert (before.blocks, chooser.observations.blocks) == (0, 1)


def test_a_sample_has_not_drifted_from_itself_and_drift_has_no_direction(samples):
    patterns = [PatternDetector().detect(data) for _, _, data in samples.values()]
    assert not any(drifted(it, it) for it in patterns)
    assert all(drifted(a, b) == drifted(b, a) for a in patterns for b in patterns)


def test_another_shape_or_separator_is_drift(samples):
    detect = PatternDetector().detect
    csv, semicolons = detect(samples["CSV"][2]), detect(samples["CSV with semicolons"][2])
    assert drifted(csv, semicolons)
    assert drifted(csv, detect(samples["prose"][2]))


def test_a_feature_drifts_when_it_moves_by_more_than_its_tolerance():
    detect = PatternDetector().detect
    words = detect(b"words and more words stand here\n" * 900)
    assert words.tree is TreeType.TEXT
    assert not drifted(words, detect(b"words and more words stood here\n" * 900))
    assert drifted(words, detect(b"words 12 345 67 89 012 345 678\nalso words\n" * 900))
    assert "digit" in TOLERANCES


def test_a_fixed_selector_never_looks():
    strategy = STRATEGIES[TreeType.LOG]
    fixed = FixedStrategySelector(strategy)
    assert fixed.select(b"") is fixed.select(bytes(100_000)) is strategy


def test_a_small_block_gets_the_strategy_given_for_small_ones():
    small = Strategy(TreeType.TEXT, BackEnd.BROTLI, 11)
    assert AdaptiveCompressionSelector(STRATEGIES, small=small).select(b"small") == small


def test_a_tokeniser_tried_on_text_has_no_lower_level_than_text():
    strategies = STRATEGIES | {TreeType.TEXT: Strategy(TreeType.TEXT, BackEnd.ZSTD, 19)}
    pattern = PatternDetector().detect(b"word " * 20_000)
    assert pattern.tree is TreeType.TEXT
    assert strategy_for(TreeType.XML, pattern, strategies).level == 19
    assert strategy_for(TreeType.OPAQUE, pattern, strategies).level == 3
