import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder.detect.pattern import PatternDetector
from encoder.detect.tree import INPUTS, inputs, load_tree, parse_tree
from encoder.errors import ProfileError
from encoder.strategy import TreeType

SPLIT = {"input": "entropy", "at_most": 4.0, "below": 1, "above": 2}
NODES = [SPLIT, {"choice": "log"}, {"choice": "opaque"}]


def text(nodes=NODES, **other):
    return json.dumps({"format": 1, "nodes": nodes, "provenance": {}} | other)


def test_a_tree_is_walked_by_its_thresholds():
    tree = parse_tree(text(), "here")
    detector = PatternDetector()
    assert tree.decide(detector.detect(b"aaaa")) is TreeType.LOG
    assert tree.decide(detector.detect(bytes(range(256)))) is TreeType.OPAQUE


def test_a_value_at_the_threshold_goes_below():
    tree = parse_tree(text([SPLIT | {"at_most": 0}, {"choice": "log"}, {"choice": "opaque"}]), "here")
    assert tree.decide(PatternDetector().detect(b"aaaa")) is TreeType.LOG


def test_a_leaf_may_name_a_shortlist_whose_first_is_the_decision():
    tree = parse_tree(text([{"choice": "log", "next": ["text", "csv"]}]), "here")
    pattern = PatternDetector().detect(b"aaaa")
    assert tree.shortlist(pattern) == (TreeType.LOG, TreeType.TEXT, TreeType.CSV)
    assert tree.decide(pattern) is TreeType.LOG


def test_the_shape_that_the_detector_named_is_an_input():
    values = dict(zip(INPUTS, inputs(PatternDetector().detect(b"1,2,3,4\n" * 50)), strict=True))
    assert values["seen_csv"] == 1
    assert sum(value for name, value in values.items() if name.startswith("seen_")) == 1


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ("{", "document"),
        ("[" * 100_000, "document"),
        ("[]", "document"),
        ('{"format": 1, "nodes": [{"choice": "log"}]}', "document"),
        (text(extra=1), "document"),
        (text(format=2), "format"),
        (text([]), "nodes"),
        (text([{"choice": "log"}] * 2000), "nodes"),
        (text({}), "nodes"),
        (text(provenance=[]), "provenance"),
        (text([7]), "nodes[0]"),
        (text([{"choice": "logs"}]), "nodes[0].choice"),
        (text([{"choice": ["log"]}]), "nodes[0].choice"),
        (text([{"choice": "log", "input": "entropy"}]), "nodes[0]"),
        (text([{"choice": "log", "next": "csv"}]), "nodes[0].next"),
        (text([{"choice": "log", "next": ["csv", "xml", "json"]}]), "nodes[0].next"),
        (text([{"choice": "log", "next": ["logs"]}]), "nodes[0].next"),
        (text([{"choice": "log", "next": [7]}]), "nodes[0].next"),
        (text([{"choice": "log", "next": ["csv", "csv"]}]), "nodes[0].next"),
        (text([{"choice": "log", "next": ["log"]}]), "nodes[0].next"),
        (text([SPLIT | {"input": "entropie"}, *NODES[1:]]), "nodes[0].input"),
        (text([SPLIT | {"input": []}, *NODES[1:]]), "nodes[0].input"),
        (text([SPLIT | {"at_most": True}, *NODES[1:]]), "nodes[0].at_most"),
        (text([SPLIT | {"at_most": "4"}, *NODES[1:]]), "nodes[0].at_most"),
        (text().replace("4.0", "1e999"), "nodes[0].at_most"),
        (text().replace("4.0", "NaN"), "document"),
        (text([SPLIT | {"below": 0}, *NODES[1:]]), "nodes[0].below"),
        (text([SPLIT | {"above": 3}, *NODES[1:]]), "nodes[0].above"),
        (text([SPLIT | {"above": 1.0}, *NODES[1:]]), "nodes[0].above"),
        (text([SPLIT | {"above": 1}, *NODES[1:]]), "nodes"),
        (text([*NODES, {"choice": "log"}]), "nodes"),
    ],
)
def test_a_broken_tree_is_refused_with_its_place_and_a_mend(broken, place):
    with pytest.raises(ProfileError) as refusal:
        parse_tree(broken, "there.json")
    assert str(refusal.value).startswith(f"there.json: {place}: ")
    assert "mend: " in str(refusal.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)
    )
)
def test_any_other_json_is_refused(document):
    with pytest.raises(ProfileError):
        parse_tree(json.dumps(document), "there.json")


def test_the_shipped_tree_loads_once_and_says_what_it_comes_from():
    tree = load_tree()
    assert tree is load_tree()
    assert tree.provenance
    assert all(math.isfinite(node.threshold) for node in tree.nodes if hasattr(node, "threshold"))


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("zero bytes", TreeType.TEXT),
        ("prose", TreeType.TEXT),
        ("prose in Greek", TreeType.TEXT),
        ("C source", TreeType.TEXT),
    ],
)
def test_the_shipped_tree_keeps_plain_data_from_the_tokenisers(samples, name, choice):
    assert load_tree().decide(PatternDetector().detect(samples[name][2])) is choice


def test_the_shipped_tree_knows_random_bytes_that_repeat_from_those_that_do_not():
    once = random.Random(5).randbytes(3000)
    assert load_tree().decide(PatternDetector().detect(once * 20)) is TreeType.TEXT


@pytest.mark.parametrize(
    "name", ["JSON lines", "a syslog", "an access log", "CSV", "CSV with semicolons", "CSV with times"]
)
def test_the_shipped_tree_takes_records_apart(samples, name):
    shape, _, data = samples[name]
    assert load_tree().decide(PatternDetector().detect(data)) == shape
