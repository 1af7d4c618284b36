"""Numbers that describe a sample: pure functions of its bytes, finite for any bytes, well under a millisecond for 64 KiB."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from encoder.detect.lines import (
    ALPHA,
    BLANK,
    CLASSES,
    CONTROL,
    DIGIT,
    HIGH,
    distinct,
    find_lines,
    line_shares,
    prefix_likeness,
    timed_share,
)
from encoder.detect.marks import QUOTE, SEPARATORS, Bytes, Marks, find_marks, pieces
from encoder.detect.sample import SAMPLE_SIZE
from encoder.detect.separator import find_separator

ANCHOR_MASK: Final = 31
"""One place in about this many is an anchor, at which the next eight bytes are compared with those of every other anchor."""
MOST_ANCHORS: Final = 4096


_OPENS_TAG: Final = CLASSES == ALPHA
_OPENS_TAG[list(b"/!?")] = True


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a sample. Shares are of the sample's bytes, or of its lines where that is said, and lie in 0 to 1."""

    entropy: float  # bits per byte, order 0: 0 to 8
    digit: float
    alpha: float
    blank: float
    control: float  # not tab, line ends or escape
    high: float  # bytes above 127
    newline: float
    line_length: float  # log2(1 + mean bytes per line)
    line_variation: float  # standard deviation of the lengths over their mean; 1 for fewer than two lines
    brace: float  # { and }
    bracket: float  # [ and ]
    quote: float
    key: float  # quote, colon: JSON's keys
    open_tag: float  # < and a letter, / ! or ?
    close_tag: float  # </ and />
    bracketed: float  # of lines: open with { or [ and close with } or ]
    member: float  # of lines: indented or not, open with " { } [ or ] and end with , { } [ or ]
    tagged: float  # of lines: indented or not, open with < and end with >
    timed: float  # of lines: a time of day near the beginning
    prefix_same: float  # equal character classes in neighbouring lines' first 16 bytes
    prefix_shapes: float  # distinct class shapes of these per line
    field_consistency: float  # of lines: the usual number of separators
    field_count: float  # separators in a usual line, at most 64
    repeated: float  # of anchors: the next eight bytes stood at an earlier anchor
    separator: int  # the byte that `field_count` counts; no number to compare, so it is not in `vector`

    def vector(self) -> tuple[float, ...]:
        """The comparable numbers, in the order of `FEATURE_NAMES`."""
        return tuple(getattr(self, name) for name in FEATURE_NAMES)


FEATURE_NAMES: Final = tuple(field.name for field in fields(Features) if field.name != "separator")


def measure(sample: bytes | bytearray | memoryview) -> Features:
    """The features of the first `SAMPLE_SIZE` bytes of `sample`; of an empty one they are all zero but those that are 1
    for want of lines.
    """
    data = np.frombuffer(sample, np.uint8)[:SAMPLE_SIZE]
    if not len(data):
        return _EMPTY
    marks = find_marks(data)
    share = marks.counts / len(data)
    classes = np.bincount(CLASSES, weights=share, minlength=8)
    lines = find_lines(marks)
    same, shapes = prefix_likeness(data, lines)
    separation = find_separator(marks, lines)
    opened, closed = _tags(marks)
    shares = line_shares(data, lines)
    return Features(
        entropy=_entropy(share),
        digit=float(classes[DIGIT]),
        alpha=float(classes[ALPHA]),
        blank=float(classes[BLANK]),
        control=float(classes[CONTROL]),
        high=float(classes[HIGH]),
        newline=float(share[ord("\n")]),
        line_length=float(np.log2(1 + lines.mean_length)),
        line_variation=lines.variation,
        brace=float(share[ord("{")] + share[ord("}")]),
        bracket=float(share[ord("[")] + share[ord("]")]),
        quote=float(share[ord('"')]),
        key=_keys(marks),
        open_tag=opened,
        close_tag=closed,
        bracketed=shares.bracketed,
        member=shares.member,
        tagged=shares.tagged,
        timed=timed_share(marks, lines),
        prefix_same=same,
        prefix_shapes=shapes,
        field_consistency=separation.consistency,
        field_count=float(separation.count),
        repeated=_repeated(data),
        separator=separation.separator,
    )


def _entropy(share: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Shannon's entropy in bits per byte."""
    present = share[share > 0]
    return max(0.0, float(-(present * np.log2(present)).sum()))


def _keys(marks: Marks) -> float:
    """Share of places where a quote is followed by a colon, at once or behind one blank."""
    data = marks.data
    if not (marks.counts[QUOTE] and marks.counts[ord(":")]):
        return 0.0
    colons = data == ord(":")
    follows = data[1:-1] == ord(" ")
    follows &= colons[2:]
    follows |= colons[1:-1]
    follows &= data[:-2] == QUOTE
    return float(np.count_nonzero(follows)) / len(data)


def _tags(marks: Marks) -> tuple[float, float]:
    """(opening or closing tags, closing ones) per byte."""
    data, counts = marks.data, marks.counts
    opening = slashes = 0
    if counts[ord("<")]:
        after = data[(data[:-1] == ord("<")).nonzero()[0] + 1]
        opening, slashes = int(np.count_nonzero(_OPENS_TAG[after])), int(np.count_nonzero(after == ord("/")))
    if counts[ord(">")] and counts[ord("/")]:
        slashes += int(np.count_nonzero((data[1:] == ord(">")) & (data[:-1] == ord("/"))))
    return opening / len(data), slashes / len(data)


def _repeated(data: Bytes) -> float:
    """Share of anchors whose next eight bytes stood at another one before: what a match finder would live on.

    Anchors are chosen by the two bytes that stand there (content-defined sampling), so equal strings have equal anchors wherever they lie.
    """
    if len(data) < 16:
        return 0.0
    mixed = data[:-8] * np.uint8(5)
    mixed ^= data[1:-7]
    mixed &= np.uint8(ANCHOR_MASK)
    anchors = (mixed == 0).nonzero()[0]
    if len(anchors) > MOST_ANCHORS:
        anchors = anchors[:: -(-len(anchors) // MOST_ANCHORS)]
    if not len(anchors):
        return 0.0
    words = pieces(data, anchors, 8).view(np.uint64).ravel()
    return 1.0 - distinct(words) / len(anchors)


_EMPTY: Final = Features(
    **dict.fromkeys(FEATURE_NAMES, 0.0) | {"line_variation": 1.0, "prefix_shapes": 1.0}, separator=SEPARATORS[0]
)
