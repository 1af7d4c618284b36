"""Numbers that describe a sample: pure functions of its bytes, always finite, below a millisecond for 64 KiB."""

import math
from typing import Final

import numpy as np

from encoder.detect import compiled, plain
from encoder.detect.lines import ALPHA, BLANK, CLASSES, CONTROL, DIGIT, HIGH, PREFIX
from encoder.detect.marks import LINE_END, QUOTE, SEPARATORS
from encoder.detect.sample import SAMPLE_SIZE
from encoder.detect.separator import separation_of
from encoder.detect.survey import Survey
from encoder.features import FEATURE_NAMES, Features

FEWEST_ALIKE: Final = 4
"""Fewer lines do not tell how alike they begin."""


def measure(sample: bytes | bytearray | memoryview) -> Features:
    """The features of the first `SAMPLE_SIZE` bytes of `sample`.

    For an empty sample they are zero, except those that are 1 because there are no lines.
    """
    data = np.frombuffer(sample, np.uint8)[:SAMPLE_SIZE]
    return features_of(compiled.survey(data) or plain.survey(data)) if len(data) else _EMPTY


def features_of(seen: Survey) -> Features:
    """The features of a sample that is not empty."""
    share = seen.counts / seen.size
    classes = np.bincount(CLASSES, weights=share, minlength=8)
    separation = separation_of(seen.looked, seen.filled, seen.fields)
    looked = seen.looked or 1
    same, shapes = _likeness(seen)
    mean_length = seen.covered / seen.lines if seen.lines else seen.size
    return Features(
        entropy=_entropy(share),
        digit=float(classes[DIGIT]),
        alpha=float(classes[ALPHA]),
        blank=float(classes[BLANK]),
        control=float(classes[CONTROL]),
        high=float(classes[HIGH]),
        newline=float(share[LINE_END]),
        line_length=math.log2(1 + mean_length),
        line_variation=_variation(seen),
        brace=float(share[ord("{")] + share[ord("}")]),
        bracket=float(share[ord("[")] + share[ord("]")]),
        quote=float(share[QUOTE]),
        key=seen.keys / seen.size,
        open_tag=seen.opened / seen.size,
        close_tag=seen.slashes / seen.size,
        bracketed=seen.bracketed / looked,
        member=seen.member / looked,
        tagged=seen.tagged / looked,
        timed=seen.timed / looked,
        prefix_same=same,
        prefix_shapes=shapes,
        field_consistency=separation.consistency,
        field_count=float(separation.count),
        repeated=1.0 - seen.different / seen.anchors if seen.anchors else 0.0,
        separator=separation.separator,
    )


def _likeness(seen: Survey) -> tuple[float, float]:
    """(share of equal classes between neighbours' beginnings, distinct shapes per line). (0, 1) for fewer than four
    lines.
    """
    if seen.beginnings < FEWEST_ALIKE:
        return 0.0, 1.0
    return seen.same / (PREFIX * (seen.beginnings - 1)), seen.shapes / seen.beginnings


def _variation(seen: Survey) -> float:
    """The standard deviation of the lines' lengths over their mean; 1 for fewer than two lines.

    It is computed from integers, so the order of summing does not matter. Fewer than two lines do not show that they
    are alike.
    """
    if seen.lines < 2:
        return 1.0
    return math.sqrt(seen.squares * seen.lines - seen.covered**2) / seen.covered


def _entropy(share: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Shannon's entropy in bits per byte."""
    present = share[share > 0]
    return max(0.0, float(-(present * np.log2(present)).sum()))


_EMPTY: Final = Features(
    **dict.fromkeys(FEATURE_NAMES, 0.0) | {"line_variation": 1.0, "prefix_shapes": 1.0}, separator=SEPARATORS[0]
)
