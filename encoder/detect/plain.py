"""A sample's survey with numpy alone: used if no kernel is loaded, and as the reference for the kernel."""

from typing import Final

import numpy as np

from encoder.detect.lines import ALPHA, CLASSES, beginnings, distinct, find_lines, line_shapes, timed_lines
from encoder.detect.marks import QUOTE, Bytes, Marks, find_marks, pieces
from encoder.detect.separator import count_fields
from encoder.detect.survey import Survey

ANCHOR_MASK: Final = 31
"""About one place in this many is an anchor. There the next eight bytes are compared with those of every other anchor.
"""
MOST_ANCHORS: Final = 4096

_OPENS_TAG: Final = CLASSES == ALPHA
_OPENS_TAG[list(b"/!?")] = True


def survey(data: Bytes) -> Survey:
    """The counts of `data`, which is not empty."""
    marks = find_marks(data)
    lines = find_lines(marks)
    shapes = line_shapes(data, lines)
    alike = beginnings(data, lines)
    filled, fields = count_fields(marks, lines)
    opened, slashes = _tags(marks)
    anchors, different = _anchors(data)
    return Survey(
        len(data),
        marks.counts,
        _keys(marks),
        opened,
        slashes,
        lines.count,
        lines.covered,
        lines.squares,
        len(lines.ends),
        shapes.bracketed,
        shapes.member,
        shapes.tagged,
        timed_lines(marks, lines),
        *alike,
        filled,
        fields,
        anchors,
        different,
    )


def _keys(marks: Marks) -> int:
    """Places where a colon follows a quote, at once or after one blank."""
    data = marks.data
    if not (marks.counts[QUOTE] and marks.counts[ord(":")]):
        return 0
    colons = data == ord(":")
    follows = data[1:-1] == ord(" ")
    follows &= colons[2:]
    follows |= colons[1:-1]
    follows &= data[:-2] == QUOTE
    return int(np.count_nonzero(follows))


def _tags(marks: Marks) -> tuple[int, int]:
    """(opening angles that open or close a tag, slashes that close one)."""
    data, counts = marks.data, marks.counts
    opening = slashes = 0
    if counts[ord("<")]:
        after = data[(data[:-1] == ord("<")).nonzero()[0] + 1]
        opening, slashes = int(np.count_nonzero(_OPENS_TAG[after])), int(np.count_nonzero(after == ord("/")))
    if counts[ord(">")] and counts[ord("/")]:
        slashes += int(np.count_nonzero((data[1:] == ord(">")) & (data[:-1] == ord("/"))))
    return opening, slashes


def _anchors(data: Bytes) -> tuple[int, int]:
    """(anchors, different eight bytes at them). Fewer different ones mean more matches for a match finder.

    The two bytes at a place decide whether it is an anchor (content-defined sampling). So equal strings have equal
    anchors, wherever they are.
    """
    if len(data) < 16:
        return 0, 0
    mixed = data[:-8] * np.uint8(5)
    mixed ^= data[1:-7]
    mixed &= np.uint8(ANCHOR_MASK)
    anchors = (mixed == 0).nonzero()[0]
    if len(anchors) > MOST_ANCHORS:
        anchors = anchors[:: -(-len(anchors) // MOST_ANCHORS)]
    if not len(anchors):
        return 0, 0
    words = pieces(data, anchors, 8).view(np.uint64).ravel()
    return len(anchors), distinct(words)
