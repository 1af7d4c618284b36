"""Trains the selector's decision tree on measured block sizes: `python -m benchmarks.codec.train_tree [FOLDER…] [--out FILE]`.

Blocks of 1 MiB from the interpreter's own files, from generated data and from any folder given are each encoded with every strategy of a
profile. Below each shape that the detector names, a small regression tree learns how many times the smallest size each strategy gives, and a
leaf takes the strategy with the least mean regret, where the detector's word counts like a few more corpora: there are never enough of them
to learn from sizes alone. How large that tree is and how much the word counts is chosen, shape by shape, by cross-validation in which one
corpus (a file, a package, a family of generated data) is never on both sides. The report (standard output) and the tree's provenance give accuracy and regret
of those held-out choices, never of the training data. Needs scikit-learn; the tree that is written is evaluated without it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold
from sklearn.tree import DecisionTreeRegressor

from benchmarks.codec.corpora import Window, folder, generated, standard_library
from encoder.block import encode_block
from encoder.detect.pattern import Pattern, PatternDetector
from encoder.detect.sample import take_sample
from encoder.detect.tree import FORMAT, INPUTS, inputs, parse_tree
from encoder.profile import load_profile
from encoder.strategy import Strategy, TreeType

CANDIDATES = (
    TreeType.OPAQUE,
    TreeType.TEXT,
    TreeType.LOG,
    TreeType.JSON_LINES,
    TreeType.CSV,
    TreeType.XML,
    TreeType.JSON,
)
"""The cheapest first: of strategies whose sizes are within `SAME` of the smallest, the first is right."""
SAME = 0.005
MOST_REGRET = np.log(2.0)
"""Being wrong by more than twice the size teaches no more than this, so that a few extreme blocks do not shape the whole tree."""
PRIOR_REGRET = np.log(1.2)
"""What the detector's word says of every strategy but the one for the shape it named."""
PRICE = {tree: 0.0 if tree in (TreeType.OPAQUE, TreeType.TEXT) else 0.01 for tree in CANDIDATES}
"""A tokeniser has to earn its time: one percent of the size."""
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
"""Inputs that may be asked about blocks of a shape, where not all may. What describes text is chance where there is none; and for text, only
what shows records: with few corpora the tree would else learn their languages."""
FOLDS = 10
SHIPPED = Path("encoder/detect/tree.json")

Nodes = list[dict[str, Any]]


class Settings(NamedTuple):
    """leaves: most of them below one shape. word: how many corpora the detector's word counts for."""

    leaves: int
    word: float


GRID = tuple(Settings(*it) for it in product((1, 2, 3, 4, 6), (8.0, 4.0, 2.0, 1.0, 0.5)))


@dataclass(frozen=True)
class Example:
    """One block: what the detector saw and what every candidate made of it, in bytes."""

    window: Window
    pattern: Pattern
    sizes: tuple[int, ...]

    def regret(self, choice: TreeType) -> float:
        """How much larger the chosen strategy's block is than the smallest: size over size, less one."""
        return self.sizes[CANDIDATES.index(choice)] / min(self.sizes) - 1

    @property
    def best(self) -> TreeType:
        """The cheapest candidate that is as good as any."""
        return next(tree for tree in CANDIDATES if self.regret(tree) <= SAME)


def main() -> None:
    """Measures, validates, trains, writes and reports."""
    arguments = _arguments()
    examples = list(measure(collect(arguments.folders), arguments.profile))
    settings = {shape: best_settings(_of_shape(examples, shape), shape) for shape in TreeType}
    choices = held_out_choices(examples, settings)
    nodes = grow(examples, settings)
    report = provenance(examples, choices, settings, arguments.profile)
    text = json.dumps({"format": FORMAT, "nodes": nodes, "provenance": report}, indent=1) + "\n"
    parse_tree(text, str(arguments.out))
    arguments.out.write_text(text, encoding="utf-8")
    print_examples(examples, choices)
    print(json.dumps({key: value for key, value in report.items() if key not in ("corpora", "inputs")}, indent=1))
    print(f"{len(nodes)} nodes written to {arguments.out}")


def collect(folders: Sequence[Path]) -> Iterator[Window]:
    """Every block there is to learn from."""
    yield from standard_library()
    yield from generated()
    for path in folders:
        yield from folder(path)


def measure(windows: Iterator[Window], profile: str) -> Iterator[Example]:
    """Encodes each block with every candidate strategy of the profile."""
    strategies = load_profile(profile).strategies
    detector = PatternDetector()
    for window in windows:
        pattern = detector.detect(take_sample(window.data))
        sizes = (len(encode_block(window.data, _for(strategies[tree], pattern))) for tree in CANDIDATES)
        yield Example(window, pattern, tuple(sizes))


def weights(examples: Sequence[Example]) -> list[float]:
    """Every corpus weighs one, however many blocks it gave."""
    counts = Counter(example.window.corpus for example in examples)
    return [1 / counts[example.window.corpus] for example in examples]


def best_settings(examples: Sequence[Example], shape: TreeType) -> Settings:
    """What does best on held-out corpora of one shape, the plainest of equals; the plainest, too, where there is nothing to hold out."""
    if len({it.window.corpus for it in examples}) < 2:
        return GRID[0]
    return min(GRID, key=lambda it: round(mean_cost(examples, held_out_choices(examples, {shape: it})), 3))


def grow(examples: Sequence[Example], settings: Mapping[TreeType, Settings]) -> Nodes:
    """The whole tree's nodes: first the shape that the detector named, then what was learnt about blocks of that shape."""
    nodes = _below_shape(_of_shape(examples, TreeType.TEXT), TreeType.TEXT, settings)
    for shape in (tree for tree in TreeType if tree is not TreeType.TEXT):
        nodes = _split(f"seen_{shape}", 0.5, nodes, _below_shape(_of_shape(examples, shape), shape, settings))
    return nodes


def _of_shape(examples: Sequence[Example], shape: TreeType) -> list[Example]:
    return [example for example in examples if example.pattern.tree is shape]


def _below_shape(examples: Sequence[Example], shape: TreeType, settings: Mapping[TreeType, Settings]) -> Nodes:
    if not examples:
        return [{"choice": shape.value}]
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
    tree = model.fit(np.array([inputs(it.pattern) for it in examples]) * may_ask, regrets, sample_weight=weight).tree_
    prior = np.array([0.0 if tree is shape else PRIOR_REGRET for tree in CANDIDATES])
    price = np.array([PRICE[tree] for tree in CANDIDATES])

    def build(node: int) -> Nodes:
        if tree.children_left[node] < 0:
            seen = tree.weighted_n_node_samples[node]
            expected = (seen * tree.value[node][:, 0] + word * prior) / (seen + word)
            return [{"choice": choose(expected + price).value}]
        name = INPUTS[tree.feature[node]]
        return _split(
            name, float(tree.threshold[node]), build(tree.children_left[node]), build(tree.children_right[node])
        )

    return build(0)


def choose(regrets: "np.ndarray[Any, Any]") -> TreeType:
    """The cheapest candidate among those with the least expected regret."""
    return CANDIDATES[int(np.flatnonzero(regrets <= regrets.min() + np.log1p(SAME))[0])]


def _split(name: str, threshold: float, below: Nodes, above: Nodes) -> Nodes:
    """Nodes in preorder; branches that agree need no split."""
    if below == above:
        return below
    root = {"input": name, "at_most": threshold, "below": 1, "above": 1 + len(below)}
    return [root, *_shifted(below, 1), *_shifted(above, 1 + len(below))]


def _shifted(nodes: Nodes, by: int) -> Nodes:
    return [node | {branch: node[branch] + by for branch in ("below", "above") if branch in node} for node in nodes]


def held_out_choices(examples: Sequence[Example], settings: Mapping[TreeType, Settings]) -> list[TreeType]:
    """For each block, the choice of a tree that has seen nothing of its corpus."""
    choices = [TreeType.TEXT] * len(examples)
    corpora = [example.window.corpus for example in examples]
    for train, test in GroupKFold(min(FOLDS, len(set(corpora)))).split(corpora, groups=corpora):
        nodes = grow([examples[index] for index in train], settings)
        tree = parse_tree(json.dumps({"format": FORMAT, "nodes": nodes, "provenance": {}}), "fold")
        for index in test:
            choices[index] = tree.decide(examples[index].pattern)
    return choices


def mean_cost(examples: Sequence[Example], choices: Sequence[TreeType]) -> float:
    """Mean regret and price."""
    price = [PRICE[choice] for choice in choices]
    return mean_regret(examples, choices) + _mean(examples, price)


def mean_regret(examples: Sequence[Example], choices: Sequence[TreeType]) -> float:
    """Mean over the corpora of their blocks' mean regret, uncapped."""
    return _mean(examples, [example.regret(choice) for example, choice in zip(examples, choices, strict=True)])


def provenance(
    examples: Sequence[Example], choices: Sequence[TreeType], settings: Settings, profile: str
) -> dict[str, Any]:
    """What a reader of the tree wants to know; nothing that changes when the same data is measured again."""
    right = [float(example.regret(choice) <= SAME) for example, choice in zip(examples, choices, strict=True)]
    everywhere = {tree.value: round(mean_regret(examples, [tree] * len(examples)), 4) for tree in CANDIDATES}
    return {
        "command": "python -m benchmarks.codec.train_tree",
        "labels": f"sizes measured with the strategies of the profile {profile!r} on blocks of at most 1 MiB",
        "library": f"scikit-learn {sklearn.__version__} DecisionTreeRegressor",
        "settings": {shape.value: it._asdict() for shape, it in settings.items()},
        "inputs": list(INPUTS),
        "blocks": len(examples),
        "corpora_count": len({it.window.corpus for it in examples}),
        "validation": f"{FOLDS}-fold, grouped by corpus, which also chose the settings; every corpus weighs the same",
        "regret": "size over the smallest candidate's, less one",
        "held_out_accuracy": round(_mean(examples, right), 4),
        "held_out_regret": round(mean_regret(examples, choices), 4),
        "regret_of_the_detected_shape_without_a_tree": round(
            mean_regret(examples, [it.pattern.tree for it in examples]), 4
        ),
        "regret_of_one_strategy_for_all": everywhere,
        "held_out_regret_by_source": _by(lambda it: it.window.source, examples, choices),
        "held_out_regret_by_shape": _by(lambda it: it.pattern.tree.value, examples, choices),
        "corpora": dict(sorted(Counter(f"{it.window.source}: {it.window.corpus}" for it in examples).items())),
    }


def print_examples(examples: Sequence[Example], choices: Sequence[TreeType]) -> None:
    """One line per block: where it is from, what was seen, what is best, what was chosen without having seen its corpus."""
    print(f"{'corpus':40} {'bytes':>8} {'seen':7} {'best':7} {'chosen':7} {'regret':>7}  sizes")
    for example, choice in zip(examples, choices, strict=True):
        sizes = " ".join(f"{tree}={size}" for tree, size in zip(CANDIDATES, example.sizes, strict=True))
        print(
            f"{example.window.corpus[:40]:40} {len(example.window.data):8} {example.pattern.tree:7} {example.best:7} "
            f"{choice:7} {example.regret(choice):7.1%}  {sizes}"
        )


def _mean(examples: Sequence[Example], values: Sequence[float]) -> float:
    return float(np.average(values, weights=weights(examples)))


def _by(key: Callable[[Example], str], examples: Sequence[Example], choices: Sequence[TreeType]) -> dict[str, float]:
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(key(example), []).append(index)
    return {
        name: round(mean_regret([examples[i] for i in rows], [choices[i] for i in rows]), 4)
        for name, rows in sorted(groups.items())
    }


def _for(strategy: Strategy, pattern: Pattern) -> Strategy:
    return replace(strategy, separator=pattern.separator) if strategy.tree is TreeType.CSV else strategy


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of files to learn from as well")
    parser.add_argument(
        "--out", type=Path, default=SHIPPED, help="where the tree is written (default: the one that ships)"
    )
    parser.add_argument("--profile", default="tuned", help="whose strategies are measured (default: tuned)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
