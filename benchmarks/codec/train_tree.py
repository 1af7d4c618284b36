"""Trains the selector's decision tree on measured sizes: `python -m benchmarks.codec.train_tree EXAMPLES… [--held-out
EXAMPLES…] [--out FILE]`.

EXAMPLES are files of `benchmarks.codec.examples`: blocks and samples encoded with every strategy of a profile. Below
each shape that the detector names, a small regression tree learns how many times the smallest size each strategy gives;
a leaf takes the shortlist of at most three that has the least mean regret once each of them is tried on the sample and
the best kept, where a trial has to earn its price and the detector's word counts like a few more corpora. How large
that tree is and how much the word counts is chosen, shape by shape, by cross-validation in which one corpus (a package,
a program, a family of generated data) is never on both sides. Because the settings were chosen to do well in it, its
regret is no fair judgement. Nor is that on --held-out where it is the folder that `fetch` makes: no block of it trains
the tree, but its results were read several times while the price of a trial and the lists were chosen, and one rule
came from them. The fair test is fresh packages. Needs scikit-learn; the tree is evaluated without it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold
from sklearn.tree import DecisionTreeRegressor

from benchmarks.codec.examples import CANDIDATES, SAME, Example, read
from encoder.detect.selector import worth_trying
from encoder.detect.tree import FORMAT, INPUTS, LONGEST_LIST, DecisionTree, inputs, parse_tree
from encoder.detect.trial import LEISURELY, QUICK, smallest
from encoder.strategy import TreeType
from encoder.trees import TREES

MOST_REGRET = np.log(2.0)
"""Being wrong by more than twice the size teaches no more than this, so that a few extreme blocks do not shape the
whole tree.
"""
PRIOR_REGRET = np.log(1.2)
"""What the detector's word says of every strategy but the one for the shape it named."""
TRIAL_PRICE: Final = 0.002
"""Every trial has to make blocks smaller by this share; a shortlist of one costs none."""
FEWEST_CORPORA = 5
"""A leaf rests on at least so many corpora."""
ASKED = {
    TreeType.OPAQUE: ("entropy", "repeated", "control", "high"),
    TreeType.TEXT: (
        "digit",
        "blank",
        "line_length",
        "line_variation",
        "prefix_same",
        "prefix_shapes",
        "field_consistency",
        "repeated",
    ),
}
"""Inputs that may be asked about blocks of a shape, where not all may. What describes text is chance where there is
none; and for text, only what shows records: with few corpora the tree would else learn their languages.
"""
RECORDS: Final = {
    TreeType.LOG: {TreeType.LOG, TreeType.CSV, TreeType.JSON_LINES},
    TreeType.JSON_LINES: {TreeType.JSON_LINES, TreeType.JSON},
    TreeType.CSV: {TreeType.CSV, TreeType.LOG},
    TreeType.JSON: {TreeType.JSON, TreeType.JSON_LINES},
    TreeType.XML: {TreeType.XML},
}
"""What is always tried on records and documents, with one or two more: what was clean in training need not be
elsewhere, and a log's tokeniser takes any lines apart, also those that only look like a table.
"""
PLAIN: Final = {tree for tree, row in TREES.items() if row.plain}
FOLDS = 10
SHIPPED = Path("encoder/detect/tree.json")
LISTS: Final = tuple(each for size in range(1, LONGEST_LIST + 1) for each in combinations(CANDIDATES, size))

Nodes = list[dict[str, Any]]
Shortlist = tuple[TreeType, ...]


class Settings(NamedTuple):
    """leaves: most of them below one shape. word: how many corpora the detector's word counts for."""

    leaves: int
    word: float


GRID = tuple(Settings(*it) for it in product((1, 2, 3, 4), (4.0, 1.0)))


def main() -> None:
    """Trains, validates, judges, writes and reports."""
    arguments = _arguments()
    examples = _read(arguments.examples)
    settings = {shape: best_settings(_of_shape(examples, shape), shape) for shape in TreeType}
    lists = cross_validated(examples, settings)
    nodes = grow(examples, settings)
    tree = _tree(nodes)
    report = provenance(examples, lists, settings, _read(arguments.held_out), tree)
    text = json.dumps({"format": FORMAT, "nodes": nodes, "provenance": report}, indent=1) + "\n"
    parse_tree(text, str(arguments.out))
    arguments.out.write_text(text, encoding="utf-8")
    print(json.dumps({key: value for key, value in report.items() if key not in ("corpora", "inputs")}, indent=1))
    print(f"{len(nodes)} nodes written to {arguments.out}")


def kept(example: Example, shortlist: Shortlist) -> TreeType:
    """What a selector keeps after trying the shortlist; a shortlist of one is not tried."""
    trees = worth_trying(shortlist, example.pattern)
    handicaps = LEISURELY if example.leisurely else QUICK
    return trees[smallest(trees, [example.tried[CANDIDATES.index(tree)] for tree in trees], handicaps)]


def price(example: Example, shortlist: Shortlist) -> float:
    """What its trials cost on that block."""
    return TRIAL_PRICE * trials(example, shortlist)


def trials(example: Example, shortlist: Shortlist) -> int:
    """How many strategies are tried on that block."""
    tried = len(worth_trying(shortlist, example.pattern))
    return tried if tried > 1 else 0


def weights(examples: Sequence[Example]) -> list[float]:
    """Every corpus weighs one, however many blocks it gave."""
    counts = Counter(example.corpus for example in examples)
    return [1 / counts[example.corpus] for example in examples]


def best_settings(examples: Sequence[Example], shape: TreeType) -> Settings:
    """What does best on held-out corpora of one shape, the plainest of equals; the plainest, too, where there is
    nothing to hold out.
    """
    if len({it.group for it in examples}) < 2:
        return GRID[0]
    return min(GRID, key=lambda it: round(mean_cost(examples, cross_validated(examples, {shape: it})), 3))


def grow(examples: Sequence[Example], settings: Mapping[TreeType, Settings]) -> Nodes:
    """The whole tree's nodes: first the shape that the detector named, then what was learnt about blocks of that
    shape.
    """
    nodes = _below_shape(_of_shape(examples, TreeType.TEXT), TreeType.TEXT, settings)
    for shape in (tree for tree in TreeType if tree is not TreeType.TEXT):
        nodes = _split(f"seen_{shape}", 0.5, nodes, _below_shape(_of_shape(examples, shape), shape, settings))
    return nodes


def _of_shape(examples: Sequence[Example], shape: TreeType) -> list[Example]:
    return [example for example in examples if example.pattern.tree is shape]


def _below_shape(examples: Sequence[Example], shape: TreeType, settings: Mapping[TreeType, Settings]) -> Nodes:
    if not examples:
        return [_leaf((shape, TreeType.TEXT) if shape not in (TreeType.TEXT, TreeType.OPAQUE) else (shape,))]
    leaves, word = settings[shape]
    weight = weights(examples)
    model = DecisionTreeRegressor(
        max_leaf_nodes=max(2, leaves),
        min_samples_leaf=1 if leaves > 1 else len(examples),
        min_weight_fraction_leaf=min(0.5, FEWEST_CORPORA / sum(weight)),
        random_state=0,
    )
    regrets = np.minimum(np.log1p([[it.regret(tree) for tree in CANDIDATES] for it in examples]), MOST_REGRET)
    may_ask = [name in ASKED.get(shape, INPUTS) for name in INPUTS]
    values = np.array([inputs(it.pattern) for it in examples]) * may_ask
    tree = model.fit(values, regrets, sample_weight=weight).tree_
    leaf_of = model.apply(values)

    def build(node: int) -> Nodes:
        if tree.children_left[node] < 0:
            return [_leaf(best_list([it for it, at in zip(examples, leaf_of, strict=True) if at == node], shape, word))]
        name = INPUTS[tree.feature[node]]
        branches = build(tree.children_left[node]), build(tree.children_right[node])
        return _split(name, float(tree.threshold[node]), *branches)

    return build(0)


def best_list(examples: Sequence[Example], shape: TreeType, word: float) -> Shortlist:
    """The shortlist with the least expected regret after trials, trials paid for; its likeliest first."""
    weight = weights(examples)
    seen = sum(weight)

    def cost(shortlist: Shortlist) -> float:
        regrets = [min(np.log1p(it.regret(kept(it, shortlist))), MOST_REGRET) + price(it, shortlist) for it in examples]
        prior = 0.0 if shape in shortlist else PRIOR_REGRET
        return (float(np.dot(weight, regrets)) + word * prior) / (seen + word)

    alone = {tree: cost((tree,)) for tree in CANDIDATES}
    ordered = [tuple(sorted(each, key=alone.__getitem__)) for each in _lists_for(shape)]
    return min(ordered, key=cost)


def _lists_for(shape: TreeType) -> list[Shortlist]:
    """The shortlists that may stand at a leaf below that shape. Opaque data is never taken apart, and records are held
    against plain bytes by the block encoder.
    """
    if shape is TreeType.OPAQUE:
        return [each for each in LISTS if set(each) <= PLAIN]
    if shape in RECORDS:
        return [each for each in LISTS if set(each) >= RECORDS[shape] and not set(each) & PLAIN and len(each) > 1]
    return list(LISTS)


def _leaf(shortlist: Shortlist) -> dict[str, Any]:
    node: dict[str, Any] = {"choice": shortlist[0].value}
    return node | {"next": [tree.value for tree in shortlist[1:]]} if len(shortlist) > 1 else node


def _split(name: str, threshold: float, below: Nodes, above: Nodes) -> Nodes:
    """Nodes in preorder; branches that agree need no split."""
    if below == above:
        return below
    root = {"input": name, "at_most": threshold, "below": 1, "above": 1 + len(below)}
    return [root, *_shifted(below, 1), *_shifted(above, 1 + len(below))]


def _shifted(nodes: Nodes, by: int) -> Nodes:
    return [node | {branch: node[branch] + by for branch in ("below", "above") if branch in node} for node in nodes]


def _tree(nodes: Nodes) -> DecisionTree:
    return parse_tree(json.dumps({"format": FORMAT, "nodes": nodes, "provenance": {}}), "trained")


def cross_validated(examples: Sequence[Example], settings: Mapping[TreeType, Settings]) -> list[Shortlist]:
    """For each block, the shortlist of a tree that has seen nothing of its package, program or family."""
    lists: list[Shortlist] = [(TreeType.TEXT,)] * len(examples)
    groups = [example.group for example in examples]
    for train, test in GroupKFold(min(FOLDS, len(set(groups)))).split(groups, groups=groups):
        tree = _tree(grow([examples[index] for index in train], settings))
        for index in test:
            lists[index] = tree.shortlist(examples[index].pattern)
    return lists


def mean_cost(examples: Sequence[Example], lists: Sequence[Shortlist]) -> float:
    """Mean regret, and the price of the trials."""
    return mean_regret(examples, lists) + _mean(
        examples, [price(it, each) for it, each in zip(examples, lists, strict=True)]
    )


def mean_regret(examples: Sequence[Example], lists: Sequence[Shortlist]) -> float:
    """Mean over the corpora of their blocks' mean regret after trials, uncapped."""
    return _mean(examples, [it.regret(kept(it, each)) for it, each in zip(examples, lists, strict=True)])


def judge(examples: Sequence[Example], lists: Sequence[Shortlist]) -> dict[str, Any]:
    """Regret and how it splits, for shortlists that were made without the examples."""
    firsts: list[Shortlist] = [(each[0],) for each in lists]
    right = [float(it.regret(kept(it, each)) <= SAME) for it, each in zip(examples, lists, strict=True)]
    return {
        "blocks": len(examples),
        "corpora": len({it.corpus for it in examples}),
        "regret": round(mean_regret(examples, lists), 4),
        "within_half_a_percent": round(_mean(examples, right), 4),
        "trials": round(_mean(examples, [trials(it, each) for it, each in zip(examples, lists, strict=True)]), 2),
        "regret_of_the_first_choice_without_trials": round(mean_regret(examples, firsts), 4),
        "regret_of_the_detected_shape": round(mean_regret(examples, [(it.pattern.tree,) for it in examples]), 4),
        "by_source": _by(lambda it: it.source, examples, lists),
        "by_shape": _by(lambda it: it.pattern.tree.value, examples, lists),
        "by_corpus": _by(lambda it: it.group, examples, lists),
    }


def provenance(
    examples: Sequence[Example],
    lists: Sequence[Shortlist],
    settings: Mapping[TreeType, Settings],
    held_out: Sequence[Example],
    tree: DecisionTree,
) -> dict[str, Any]:
    """What a reader of the tree wants to know; nothing that changes when the same data is measured again."""
    return {
        "command": "python -m benchmarks.codec.train_tree",
        "labels": "sizes of blocks of at most 1 MiB and of what of them is tried, measured by "
        "benchmarks.codec.examples",
        "library": f"scikit-learn {sklearn.__version__} DecisionTreeRegressor",
        "settings": {shape.value: it._asdict() for shape, it in settings.items()},
        "inputs": list(INPUTS),
        "regret": "size over the smallest candidate's, less one; every corpus weighs the same",
        "cross_validation": f"{FOLDS}-fold, grouped by package, program or family; it also chose the settings",
        "cross_validated": judge(examples, lists),
        "held_out": judge(held_out, [tree.shortlist(it.pattern) for it in held_out]) if held_out else {},
        "corpora": dict(sorted(Counter(f"{it.source}: {it.corpus}" for it in examples).items())),
    }


def _mean(examples: Sequence[Example], values: Sequence[float]) -> float:
    return float(np.average(values, weights=weights(examples)))


def _by(key: Callable[[Example], str], examples: Sequence[Example], lists: Sequence[Shortlist]) -> dict[str, float]:
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(key(example), []).append(index)
    return {
        name: round(mean_regret([examples[i] for i in rows], [lists[i] for i in rows]), 4)
        for name, rows in sorted(groups.items())
    }


def _read(paths: Sequence[Path]) -> list[Example]:
    return [example for path in paths for example in read(path)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", nargs="+", type=Path, help="examples to learn from")
    parser.add_argument("--held-out", nargs="*", type=Path, default=[], help="examples to judge by")
    parser.add_argument(
        "--out", type=Path, default=SHIPPED, help="where the tree is written (default: the one that ships)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
