"""Name the shape of a sample by rules that a reader can check against the data."""

from typing import Final, NamedTuple

from encoder.detect.features import measure
from encoder.features import Features
from encoder.strategy import TreeType
from encoder.trees import TREES


class Pattern(NamedTuple):
    """What a sample looks like.

    tree: the shape's name. separator: CSV's field separator (comma, semicolon, tab or pipe), a comma if nothing
    separates fields. confidence: 0 to 1, how much of the sample agrees with the shape. features: the basis of the
    judgement.
    """

    tree: TreeType
    separator: int
    confidence: float
    features: Features


ENOUGH: Final = 0.5
"""The least score that names a shape: the highest does, the first of equals. Below it the shape is TEXT."""


class PatternDetector:
    """Names the shape of a sample. Stateless; safe to share between threads."""

    def detect(self, sample: bytes | bytearray | memoryview) -> Pattern:
        """The pattern of the first 64 KiB of `sample`, whatever its bytes; TEXT for an empty one.

        See `take_sample` for large blocks.
        """
        features = measure(sample)
        scores = {tree: row.score(features) for tree, row in TREES.items() if row.score}
        best = max(scores, key=scores.__getitem__)
        if scores[best] < ENOUGH:
            return Pattern(TreeType.TEXT, features.separator, 1.0 - scores[best], features)
        return Pattern(best, features.separator, scores[best], features)
