"""The trained decision tree: plain data in JSON, loaded strictly and walked without the library that trained it."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from encoder.detect.pattern import Pattern
from encoder.errors import ProfileError
from encoder.features import FEATURE_NAMES
from encoder.strategy import TreeType

FORMAT: Final = 1
MOST_NODES: Final = 1023
LONGEST_LIST: Final = 3
"""Tokenisers that a leaf can name, and so trials that a decision can cost."""
SHAPES: Final = tuple(f"seen_{tree.value}" for tree in TreeType)
INPUTS: Final = (*FEATURE_NAMES, *SHAPES)
"""What a tree can ask: every feature, and for each shape whether the detector named it (1) or not (0)."""


def inputs(pattern: Pattern) -> tuple[float, ...]:
    """The numbers of a pattern in the order of `INPUTS`."""
    return (*pattern.features.vector(), *(float(pattern.tree is tree) for tree in TreeType))


class Leaf(NamedTuple):
    """shortlist: one to `LONGEST_LIST` different tokenisers.

    The first gave the smallest blocks in training. The others were the best of the rest where it did not.
    """

    shortlist: tuple[TreeType, ...]


class Split(NamedTuple):
    """Go to node `below` if input number `feature` is at most `threshold`, else to `above`.

    Both come after this node.
    """

    feature: int
    threshold: float
    below: int
    above: int


@dataclass(frozen=True, slots=True)
class DecisionTree:
    """nodes: the root first. provenance: its training data and results, for people; the code never reads it."""

    nodes: tuple[Leaf | Split, ...]
    provenance: dict[str, Any]

    def decide(self, pattern: Pattern) -> TreeType:
        """Which tokeniser to use for a block of this pattern if none can be tried: the shortlist's first."""
        return self.shortlist(pattern)[0]

    def shortlist(self, pattern: Pattern) -> tuple[TreeType, ...]:
        """Which tokenisers are worth a trial on a block of this pattern, the likeliest first.

        Deterministic. It ends, because every step goes to a later node.
        """
        values = inputs(pattern)
        node = self.nodes[0]
        while isinstance(node, Split):
            node = self.nodes[node.below if values[node.feature] <= node.threshold else node.above]
        return node.shortlist


def parse_tree(text: str, source: str) -> DecisionTree:
    """The tree written in `text`. ProfileError names `source`, the place and the mend.

    Strict: unknown keys, inputs or choices are errors, and so are thresholds that are no finite numbers. Every node
    must be reached exactly once from the root. So walking a loaded tree always ends.
    """
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        _refuse(source, "document", f"not JSON ({error})")
    _expect_keys(source, "document", document, {"format", "nodes", "provenance"})
    if document["format"] != FORMAT:
        _refuse(source, "format", f"{document['format']!r} where this version reads {FORMAT}")
    raw = document["nodes"]
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_NODES:
        _refuse(source, "nodes", f"must be a list of 1 to {MOST_NODES} nodes")
    if not isinstance(document["provenance"], dict):
        _refuse(source, "provenance", "must be an object")
    nodes = tuple(_node(source, index, node, len(raw)) for index, node in enumerate(raw))
    _check_reached_once(source, nodes)
    return DecisionTree(nodes, document["provenance"])


@cache
def load_tree() -> DecisionTree:
    """The tree that ships with the package. Read once, as a file: the standard library's way to resources loads its
    zip reader.
    """
    text = Path(__file__).with_name("tree.json").read_text(encoding="utf-8")
    return parse_tree(text, "encoder/detect/tree.json")


def _node(source: str, index: int, node: object, total: int) -> Leaf | Split:
    place = f"nodes[{index}]"
    if isinstance(node, dict) and "choice" in node:
        return _leaf(source, place, node)
    _expect_keys(source, place, node, {"input", "at_most", "below", "above"})
    assert isinstance(node, dict)  # _expect_keys has refused anything else
    if node["input"] not in INPUTS:
        _refuse(source, f"{place}.input", f"{node['input']!r} is none of the inputs ({', '.join(INPUTS)})")
    threshold = node["at_most"]
    if type(threshold) not in (int, float) or not math.isfinite(threshold):
        _refuse(source, f"{place}.at_most", f"{threshold!r} is not a finite number")
    for branch in ("below", "above"):
        if type(node[branch]) is not int or not index < node[branch] < total:
            _refuse(source, f"{place}.{branch}", f"{node[branch]!r} is not the number of a later node")
    return Split(INPUTS.index(node["input"]), float(threshold), node["below"], node["above"])


def _leaf(source: str, place: str, node: dict[str, object]) -> Leaf:
    """`next` can be left out: then there is nothing to try."""
    _expect_keys(source, place, node, {"choice", "next"} if "next" in node else {"choice"})
    following = node.get("next", [])
    if not isinstance(following, list) or len(following) >= LONGEST_LIST:
        _refuse(source, f"{place}.next", f"must be a list of at most {LONGEST_LIST - 1} tree types")
    shortlist = [node["choice"], *following]
    for key, name in zip(["choice", *["next"] * len(following)], shortlist, strict=True):
        if name not in tuple(TreeType):
            _refuse(source, f"{place}.{key}", f"{name!r} is not a tree type ({', '.join(TreeType)})")
    trees = tuple(TreeType(name) for name in shortlist)
    if len(set(trees)) < len(trees):
        _refuse(source, f"{place}.next", "names a tree type twice")
    return Leaf(trees)


def _check_reached_once(source: str, nodes: tuple[Leaf | Split, ...]) -> None:
    targets = sorted(target for node in nodes if isinstance(node, Split) for target in (node.below, node.above))
    if targets != list(range(1, len(nodes))):
        _refuse(source, "nodes", "every node but the first must be the branch of exactly one other")


def _expect_keys(source: str, place: str, value: object, keys: set[str]) -> None:
    if not isinstance(value, dict):
        _refuse(source, place, "must be an object")
    if set(value) != keys:
        _refuse(source, place, f"has the keys {sorted(value)} where {sorted(keys)} are needed")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _refuse(source: str, place: str, what: str) -> NoReturn:
    raise ProfileError(f"{source}: {place}: {what}\n  mend: write the file again with benchmarks/codec/train_tree.py")
