"""The decision tree. If scikit-learn is installed, it is trained on sizes measured here.

It is judged on kinds that it has not seen.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.kinds import collect
from workstreams.adaptive.trial import BASE_LEVEL, Trial, look, regret, try_trees
from workstreams.upstream import write_text

if TYPE_CHECKING:
    from encoder import TreeType
    from encoder.detect.pattern import Pattern
    from encoder.detect.tree import DecisionTree

SHIPPED_REGRET: Final = Metric(
    "adaptive.shipped_tree_regret", "%", Better.LOWER, description="Mean over a kind's blocks, shipped tree"
)
TRAINED_REGRET: Final = Metric(
    "adaptive.trained_tree_regret",
    "%",
    Better.LOWER,
    description="Mean over a kind's blocks, of a tree that was trained without that kind",
)
AGREEMENT: Final = Metric(
    "adaptive.tree_accuracy",
    "%",
    Better.HIGHER,
    description="Blocks for which the exported tree is within 0.5 % of the best",
)
CLOSE: Final = 0.5
"""Percent of regret up to which a choice counts as right: the sizes of some strategies differ only by a header."""
BLOCK: Final = 1 << 18

Nodes = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """One block: its kind, what the detector saw, and what each tree type made of it."""

    kind: str
    pattern: "Pattern"
    sizes: "dict[TreeType, Trial]"


def examples(context: TaskContext) -> list[Example]:
    """Fresh measurements: every kind in blocks of 256 KiB."""
    found = []
    for kind in collect(context, "1MiB"):
        for block in kind.blocks(BLOCK)[:4]:
            pattern, _ = look(block)
            found.append(Example(kind.name, pattern, try_trees(block, BASE_LEVEL, pattern.separator)))
    return found


def train(given: Sequence[Example]) -> Nodes:
    """Nodes of a tree that maps inputs to each strategy's regret; a leaf picks the least. Needs scikit-learn."""
    import numpy as np  # noqa: PLC0415 - only training needs it
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415 - as above

    from encoder.detect.tree import INPUTS, inputs  # noqa: PLC0415 - runners load the encoder when they run

    choices = list(given[0].sizes)
    features = np.array([inputs(example.pattern) for example in given])
    regrets = np.array([[min(regret(example.sizes, choice), 100.0) for choice in choices] for example in given])
    tree = DecisionTreeRegressor(max_leaf_nodes=10, min_samples_leaf=2, random_state=0).fit(features, regrets).tree_

    def build(node: int, first: int) -> Nodes:
        """Preorder; `first` is the number of the subtree's root in the whole list."""
        if tree.children_left[node] < 0:
            return [{"choice": choices[int(tree.value[node][:, 0].argmin())].value}]
        below = build(tree.children_left[node], first + 1)
        above = build(tree.children_right[node], first + 1 + len(below))
        split = {"input": INPUTS[tree.feature[node]], "at_most": float(tree.threshold[node])}
        return [split | {"below": first + 1, "above": first + 1 + len(below)}, *below, *above]

    return build(0, 0)


def as_text(nodes: Nodes, provenance: dict[str, Any]) -> str:
    """The tree as the encoder's own JSON (`encoder.detect.tree.parse_tree` reads it)."""
    return json.dumps({"format": 1, "nodes": nodes, "provenance": provenance}, indent=1) + "\n"


def regret_by_kind(given: Sequence[Example], tree: "DecisionTree") -> dict[str, float]:
    """Mean regret of each kind's blocks, in %."""
    found: dict[str, list[float]] = {}
    for example in given:
        found.setdefault(example.kind, []).append(regret(example.sizes, tree.decide(example.pattern)))
    return {kind: sum(values) / len(values) for kind, values in found.items()}


def held_out(given: Sequence[Example]) -> dict[str, float]:
    """The same for trees that were each trained without the kind they are judged on."""
    from encoder.detect.tree import parse_tree  # noqa: PLC0415 - as above

    found: dict[str, float] = {}
    for kind in dict.fromkeys(example.kind for example in given):
        nodes = train([example for example in given if example.kind != kind])
        tree = parse_tree(as_text(nodes, {}), "held out")
        found |= regret_by_kind([example for example in given if example.kind == kind], tree)
    return found


def decision_tree(context: TaskContext) -> None:
    """Measure, train where possible, judge, and export the tree as data."""
    from encoder.block.codec import warm  # noqa: PLC0415 - runners load the encoder when they run
    from encoder.detect.tree import load_tree, parse_tree  # noqa: PLC0415 - as above

    warm()
    given = examples(context)
    shipped = regret_by_kind(given, load_tree())
    context.samples(
        SHIPPED_REGRET,
        list(shipped.values()),
        cases=len(given),
        method="the shipped tree on blocks of 256 KiB measured in this task; one value a kind",
    )
    text = _trained(context, given) if find_spec("sklearn") else _shipped(context)
    tree = parse_tree(text, "tree.json")
    write_text(context, "tree.json", text, title="Decision tree as data")
    right = sum(regret(example.sizes, tree.decide(example.pattern)) <= CLOSE for example in given)
    context.samples(
        AGREEMENT,
        [100 * right / len(given)],
        cases=len(given),
        method=f"the exported tree's choice is within {CLOSE} % of the smallest size; blocks of 256 KiB",
        artifacts=["tree.json"],
    )


def _trained(context: TaskContext, given: Sequence[Example]) -> str:
    unseen = held_out(given)
    context.samples(
        TRAINED_REGRET,
        list(unseen.values()),
        cases=len(given),
        method="scikit-learn's regression tree, trained on every kind but the one it is judged on; one value a kind",
    )
    context.note(
        f"trained on {len(given)} blocks of {len(unseen)} kinds measured here; the encoder keeps its shipped tree, "
        "which saw more corpora, and this one is exported beside it"
    )
    return as_text(train(given), {"blocks": len(given), "held_out_regret_percent": unseen})


def _shipped(context: TaskContext) -> str:
    """The shipped tree, which was judged and is exported. Without scikit-learn nothing can be trained."""
    from importlib.resources import files  # noqa: PLC0415 - as above

    context.note(
        "scikit-learn is not installed: the shipped tree was evaluated on fresh measurements, none was trained"
    )
    return (files("encoder.detect") / "tree.json").read_text(encoding="utf-8")


TREE: Final = Runner(
    "adaptive.tree",
    decision_tree,
    (SHIPPED_REGRET, TRAINED_REGRET, AGREEMENT),
    "Decision tree trained on measurements, exported as data",
)
