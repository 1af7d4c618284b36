from encoder import TreeType, load_profile
from workstreams.adaptive.derive import LevelTrial, choose_level, derive_profile


def trial(level, size, seconds, tree="text"):
    return LevelTrial(tree, level, size, seconds, 1000, 1.0)


def test_the_strongest_level_that_keeps_the_baselines_pace_is_taken():
    assert choose_level([trial(3, 1000, 0.2), trial(5, 900, 0.9), trial(9, 800, 1.4)]).level == 5


def test_a_level_that_saves_next_to_nothing_is_not_taken():
    assert choose_level([trial(3, 1000, 0.2), trial(5, 999, 0.3)]).level == 3


def test_the_lowest_level_stands_where_none_keeps_up():
    assert choose_level([trial(9, 800, 3.0), trial(3, 1000, 1.2)]).level == 3


def test_a_tree_type_that_no_block_had_keeps_the_baselines_level():
    profile = derive_profile(load_profile("tuned"), {"text": [trial(3, 1000, 0.2), trial(6, 800, 0.4)]})

    assert profile.strategies[TreeType.TEXT].level == 6
    assert profile.strategies[TreeType.LOG].level == 3
    assert profile.adaptive
