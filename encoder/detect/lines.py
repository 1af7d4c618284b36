"""Facts about a sample's lines: their lengths, how alike they begin, how they open and close, whether they have a
time.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.detect.marks import LINE_END, Bytes, Marks, Positions, pieces, step_of

PREFIX: Final = 16
"""Bytes of a line that form its beginning's shape."""
MOST_INDENT: Final = 64
"""Blanks at a line's beginning that can be its indent."""
STAMP_WITHIN: Final = 96
"""A time of day further into its line is a value, not the record's stamp."""


def _character_classes() -> Bytes:
    """Class of each byte value: 0 punctuation, 1 digit, 2 ASCII letter, 3 blank, 4 line end, 5 control, 6 above 127."""
    table = np.zeros(256, np.uint8)
    table[:32] = 5
    table[127] = 5
    table[128:] = 6
    table[[ord(c) for c in "0123456789"]] = 1
    table[ord("A") : ord("Z") + 1] = 2
    table[ord("a") : ord("z") + 1] = 2
    table[[ord(" "), ord("\t")]] = 3
    table[[ord("\n"), ord("\r")]] = 4
    table[0x1B] = 0  # escape: coloured logs are text
    return table


def _one_of(values: bytes) -> NDArray[np.bool_]:
    """Whether a byte value is one of these, by the byte."""
    table = np.zeros(256, np.bool_)
    table[list(values)] = True
    return table


CLASSES: Final = _character_classes()
DIGIT, ALPHA, BLANK, CONTROL, HIGH = 1, 2, 3, 5, 6
_OPENS_MEMBER: Final = _one_of(b'"{}[]')
_ENDS_MEMBER: Final = _one_of(b",{}[]")
_OPENS: Final = _one_of(b"{[")
_CLOSES: Final = _one_of(b"}]")
_BLANKS: Final = _one_of(b" \t")


@dataclass(frozen=True, slots=True)
class Lines:
    """The complete lines that are examined, `MOST_LINES` at most: arrays of one length.

    starts, ends: the positions of a line's beginning and of its line feed. first, last: how many marks come before its
    beginning, and before its line feed. count, covered, squares: of all lines, their number, the sum of their lengths
    and the sum of their lengths' squares, line feeds included.
    """

    starts: Positions
    ends: Positions
    first: Positions
    last: Positions
    count: int
    covered: int
    squares: int


def find_lines(marks: Marks) -> Lines:
    """The complete lines of a sample. A last line without a line feed is left out, so there can be no lines."""
    last = (marks.values == LINE_END).nonzero()[0]
    if not len(last):
        return Lines(last, last, last, last, 0, 0, 0)
    ends = marks.at[last]
    starts, first = _behind(ends), _behind(last)
    lengths = ends - starts + 1
    step = step_of(len(ends))
    counts = len(ends), int(ends[-1]) + 1, int(lengths @ lengths)
    return Lines(starts[::step], ends[::step], first[::step], last[::step], *counts)


def _behind(ends: Positions) -> Positions:
    """The beginning of each line, right after the end of the one before it."""
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    return starts


@dataclass(frozen=True, slots=True)
class LineShapes:
    """How many of the lines open and close in some way. Blank lines are not counted.

    bracketed: open with a brace or bracket and close with one, and a comma can follow. member: of indented JSON,
    indent ignored. They open with a quote, brace or bracket and end with a comma, brace or bracket, even if most are
    no keys. tagged: of XML, indented or not. They open and end with an angle bracket, however few their tags.
    """

    bracketed: int
    member: int
    tagged: int


def line_shapes(data: Bytes, lines: Lines) -> LineShapes:
    """The shapes of a sample's lines; all zero if there are none."""
    if not len(lines.ends):
        return LineShapes(0, 0, 0)
    opening = data[lines.starts]
    last, ending = _without(data, lines.ends - 1, ord("\r"))
    inner = _OPENS_MEMBER[(first := data[_behind_indents(data, lines.starts, opening)])]
    whole = last >= lines.starts
    json = inner & _ENDS_MEMBER[ending] & whole
    xml = (first == ord("<")) & (ending == ord(">")) & whole
    last, closing = _without(data, last, ord(","))
    bracketed = _OPENS[opening] & _CLOSES[closing] & (last > lines.starts)
    return LineShapes(*(int(np.count_nonzero(each)) for each in (bracketed, json, xml)))


def _without(data: Bytes, last: Positions, value: int) -> tuple[Positions, Bytes]:
    """The lines' last places, moved one to the front if `value` is there, and the bytes at these places."""
    ending = data[np.maximum(last, 0)]
    skipped = ending == value
    if not skipped.any():
        return last, ending
    last = last - skipped
    return last, data[np.maximum(last, 0)]


def _behind_indents(data: Bytes, starts: Positions, opening: Bytes) -> Positions:
    """The beginnings of lines without their indents of at most `MOST_INDENT` blanks.

    A line feed is no blank, so no line is skipped.
    """
    indented = _BLANKS[opening].nonzero()[0]
    if not len(indented):
        return starts
    padded = np.zeros(len(data) + MOST_INDENT + 1, np.uint8)
    padded[: len(data)] = data
    heads = pieces(padded, starts[indented], MOST_INDENT + 1)
    inside = (heads != ord(" ")) & (heads != ord("\t"))
    inside[:, MOST_INDENT] = True
    begins = starts.copy()
    begins[indented] += inside.argmax(axis=1)
    return begins


def timed_lines(marks: Marks, lines: Lines) -> int:
    """How many lines have a time of day (two digits, a colon, two digits) near their beginning."""
    data = marks.data
    if not len(lines.ends) or len(data) < 5 or not marks.counts[ord(":")]:
        return 0
    digits = data - np.uint8(ord("0")) < 10  # wraps for bytes below "0", which makes them large
    pairs = digits[:-1] & digits[1:]
    times = data[2:-2] == ord(":")
    times &= pairs[:-3]
    times &= pairs[3:]
    colons = times.nonzero()[0] + 2
    if not len(colons):
        return 0
    following = np.searchsorted(colons, lines.starts)
    nearest = colons[np.minimum(following, len(colons) - 1)]
    within = (following < len(colons)) & (nearest < np.minimum(lines.ends, lines.starts + STAMP_WITHIN))
    return int(np.count_nonzero(within))


def beginnings(data: Bytes, lines: Lines) -> tuple[int, int, int]:
    """How alike lines begin, for lines followed by `PREFIX` bytes.

    Returns (these lines, equal classes between neighbours' first bytes, distinct shapes).
    """
    starts = lines.starts[lines.starts < len(data) - PREFIX]
    if not len(starts):
        return 0, 0, 0
    shapes = CLASSES[pieces(data, starts, PREFIX)]
    same = int(np.count_nonzero(shapes[1:] == shapes[:-1]))
    halves = shapes.view(np.uint64)
    keys = halves[:, 0] | halves[:, 1] << np.uint64(4)  # a class has three bits of its byte's eight
    return len(starts), same, distinct(keys)


def distinct(values: NDArray[np.uint64]) -> int:
    """How many different values there are. shape (n,), n >= 1.

    numpy's `unique` would first load its masked arrays, which takes longer than a whole look.
    """
    ordered = np.sort(values)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
