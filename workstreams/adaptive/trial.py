"""Trials: one block under one strategy, its size and the processor time it took."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from encoder import Strategy, TreeType
    from encoder.detect.pattern import Pattern
    from encoder.detect.tree import DecisionTree

Key = TypeVar("Key")

BASE_LEVEL: Final = 3
LEVELS: Final = (3, 4, 5, 6, 7, 9)
"""zstd levels that a profile can use: from the baseline's to the strongest that still keeps up with a disk."""


@dataclass(frozen=True, slots=True)
class Trial:
    """size: bytes out. seconds: of this thread's processor time, the least of the repeats, so that neighbours hardly
    matter.
    """

    size: int
    seconds: float


def strategy_of(tree: "TreeType", level: int, separator: int = ord(",")) -> "Strategy":
    """That tree type before zstd at that level."""
    from encoder import BackEnd, Strategy  # noqa: PLC0415 - runners load the encoder when they run

    return Strategy(tree, BackEnd.ZSTD, level, separator)


def trees() -> "tuple[TreeType, ...]":
    """Every tree type, the cheapest first."""
    from encoder import TreeType  # noqa: PLC0415 - as above

    return (
        TreeType.OPAQUE,
        TreeType.TEXT,
        *(tree for tree in TreeType if tree not in (TreeType.OPAQUE, TreeType.TEXT)),
    )


def look(block: bytes, tree: "DecisionTree | None" = None) -> "tuple[Pattern, TreeType]":
    """What the detector sees, and what the decision tree (by default the shipped one) makes of it."""
    from encoder.detect.pattern import PatternDetector  # noqa: PLC0415 - as above
    from encoder.detect.sample import take_sample  # noqa: PLC0415 - as above
    from encoder.detect.tree import load_tree  # noqa: PLC0415 - as above

    pattern = PatternDetector().detect(take_sample(block))
    return pattern, (tree or load_tree()).decide(pattern)


def try_each(ways: Mapping[Key, Callable[[], bytes]], repeats: int = 1) -> dict[Key, Trial]:
    """What each way of encoding makes, in this thread; repeats are interleaved."""
    found: dict[Key, Trial] = {}
    for _ in range(repeats):
        for key, encoded in ways.items():
            began = time.thread_time()
            size = len(encoded())
            spent = time.thread_time() - began
            found[key] = Trial(size, min(spent, found[key].seconds) if key in found else spent)
    return found


def try_block(block: bytes, strategies: "Iterable[Strategy]") -> "dict[Strategy, Trial]":
    """The block under each strategy."""
    from encoder.block.codec import encode_block  # noqa: PLC0415 - as above

    return try_each({plan: partial(encode_block, block, plan) for plan in strategies})


def try_trees(block: bytes, level: int, separator: int) -> "dict[TreeType, Trial]":
    """The block under every tree type at one level."""
    plans = {tree: strategy_of(tree, level, separator) for tree in trees()}
    found = try_block(block, plans.values())
    return {tree: found[plan] for tree, plan in plans.items()}


def regret(sizes: "Mapping[TreeType, Trial]", choice: "TreeType") -> float:
    """How much larger the chosen tree's block is than the smallest, in %."""
    return 100 * (sizes[choice].size / min(trial.size for trial in sizes.values()) - 1)


def at_level(strategies: "Mapping[TreeType, Strategy]", level: int) -> "dict[TreeType, Strategy]":
    """The same strategies with one level for all."""
    return {tree: replace(strategy, level=level) for tree, strategy in strategies.items()}
