import json
from dataclasses import replace

import pytest

from encoder.errors import ProfileError
from encoder.profile import BUILT_IN, PoolSettings, load_profile, parse_profile
from encoder.strategy import BackEnd, Strategy, TreeType

TUNED = json.loads(load_profile("tuned").to_json())


def altered(**changes):
    return json.dumps(TUNED | changes)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_profile_reads_back_from_its_own_json(name):
    profile = load_profile(name)
    assert profile.name == name
    assert parse_profile(profile.to_json(), "text") == profile


def test_the_baseline_is_one_fixed_pool_and_one_strategy():
    baseline = load_profile("baseline")
    assert baseline.pool == PoolSettings(128, adaptive=False, minimum=128, maximum=128)
    assert baseline.strategy == Strategy(TreeType.LOG, BackEnd.ZSTD, 3)
    assert not baseline.adaptive


def test_a_longest_block_is_a_multiple_of_the_block_size():
    size = TUNED["block_size"]
    assert parse_profile(altered(longest_block=3 * size), "text").largest_block == 3 * size
    with pytest.raises(ProfileError, match=r"(?s)longest_block.*multiple of block_size"):
        parse_profile(altered(longest_block=3 * size + 1), "text")


def test_without_a_longest_block_the_block_size_is_the_largest():
    assert parse_profile(altered(), "text").largest_block == TUNED["block_size"]


@pytest.mark.parametrize("name", [name for name in BUILT_IN if name != "baseline"])
def test_a_level_chooses_a_strategy_for_every_tree_type(name):
    profile = load_profile(name)
    assert profile.adaptive
    assert set(profile.strategies) == set(TreeType)


def test_a_profile_is_loaded_from_a_file(tmp_path):
    path = tmp_path / "mine.json"
    mine = replace(
        load_profile("tuned"),
        name="mine",
        strategy=Strategy(TreeType.CSV, BackEnd.LZMA, 6, ord("\t"), text_level=9, prose_level=8, columns_level=7),
    )
    path.write_text(mine.to_json())
    assert load_profile(path) == mine
    assert load_profile(str(path)) == mine


@pytest.mark.parametrize(
    ("text", "where", "mend"),
    [
        ("{", "not JSON", "braces"),
        ("[" * 100_000, "not JSON", "braces"),
        ("[]", "the whole file: is not an object", "write {"),
        (altered(worker=2), "worker: unknown key", "did you mean 'workers'"),
        (altered(zzz=2), "zzz: unknown key", "the keys here are"),
        ('{"name": "a", "name": "b"}', "name: the key stands twice", "keep one"),
        (altered(workers=0), "workers: is 0", "from 1 to 256"),
        (altered(workers=True), "workers: is true", "whole number"),
        (altered(workers=2.0), "workers: is 2.0", "whole number"),
        (altered(block_size=10), "block_size: is 10", "from 1024 to 67108864"),
        (altered(below="quick"), "below: is 'quick'", "give one of fast"),
        (altered(adaptive="yes"), 'adaptive: is "yes"', "true or false"),
        (altered(name=3), "name: is 3", "text in quotes"),
        (altered(pool={"capacity": 1}), "pool.adaptive: is missing", "add 'adaptive'"),
        (altered(pool=TUNED["pool"] | {"capacity": 99}), "pool.capacity: is 99", "from 3 to 32"),
        (altered(strategy=TUNED["strategy"] | {"tree": "logs"}), "strategy.tree: is 'logs'", "did you mean 'log'"),
        (altered(strategy=TUNED["strategy"] | {"back_end": "q"}), "strategy.back_end: is 'q'", "give one of store"),
        (altered(strategy=TUNED["strategy"] | {"level": 23}), "strategy.level: is 23", "from 1 to 22"),
        (altered(strategy=TUNED["strategy"] | {"separator": ",,"}), "strategy.separator: is ',,'", "one ASCII"),
        (altered(strategies={}), "adaptive: strategies has nothing for jsonl", "set adaptive to false"),
        (altered(strategies={"jsnl": {}}), "strategies.jsnl: unknown key", "did you mean 'jsonl'"),
    ],
)
def test_a_mistake_is_named_with_its_file_its_key_and_the_mend(text, where, mend):
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "my.json")
    message, _, advice = str(caught.value).partition("\n  mend: ")
    assert message.startswith(f"my.json: {where}")
    assert mend in advice


def test_a_misspelled_built_in_name_is_corrected():
    with pytest.raises(ProfileError, match="did you mean 'tuned'"):
        load_profile("tunde")


def test_a_file_that_is_not_text_is_a_profile_error(tmp_path):
    path = tmp_path / "bad.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(path)
