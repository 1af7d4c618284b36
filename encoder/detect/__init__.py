"""What a block looks like, and which strategy suits it.

sample → features → pattern (named shape) → decision tree (trained on measured sizes) → strategy. The choice is kept
until the features drift. The decoder never comes here: it obeys the block's header. These modules load numpy, but
never numba.
"""

from encoder.detect.features import Features, measure
from encoder.detect.fixed import FixedStrategySelector
from encoder.detect.pattern import Pattern, PatternDetector
from encoder.detect.selector import AdaptiveCompressionSelector, Observations, drifted
from encoder.detect.tree import DecisionTree, load_tree, parse_tree

__all__ = [
    "AdaptiveCompressionSelector",
    "DecisionTree",
    "Features",
    "FixedStrategySelector",
    "Observations",
    "Pattern",
    "PatternDetector",
    "drifted",
    "load_tree",
    "measure",
    "parse_tree",
]
