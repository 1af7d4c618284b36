"""Facts about a sample's lines: how long, how alike in their beginnings, how they open and close, whether they carry a time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]

MOST_LINES: Final = 512
"""Lines looked at one by one; of more, evenly spread ones are."""
PREFIX: Final = 16
"""Bytes of a line that make its beginning's shape."""
MOST_INDENT: Final = 64
"""Blanks at a line's beginning that may be its indent."""
STAMP_WITHIN: Final = 96
"""A time of day further into its line than this is a value, not the record's stamp."""


def _character_classes() -> Bytes:
    """Class of each byte value: 0 other punctuation, 1 digit, 2 ASCII letter, 3 blank, 4 line end, 5 control, 6 above 127."""
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
_SHAPE_WEIGHTS: Final = np.uint64(7) ** np.arange(PREFIX, dtype=np.uint64)
_OPENS_MEMBER: Final = _one_of(b'"{}[]')
_ENDS_MEMBER: Final = _one_of(b",{}[]")
_OPENERS: Final = (ord("{"), ord("["))
_CLOSERS: Final = (ord("}"), ord("]"))


@dataclass(frozen=True, slots=True)
class Lines:
    """Where complete lines start, and where their line feeds stand: two arrays of one length, `MOST_LINES` at most."""

    starts: Positions
    ends: Positions
    mean_length: float
    variation: float
    """Standard deviation of the lengths over their mean; 1 for fewer than two lines, of which nothing says that they are alike."""


def find_lines(data: Bytes) -> Lines:
    """The complete lines of `data`; a last line without a line feed is left out, and a sample without any has no lines."""
    ends = np.flatnonzero(data == ord("\n"))
    if not len(ends):
        return Lines(ends, ends, float(len(data)), 1.0)
    starts = np.concatenate((np.zeros(1, ends.dtype), ends[:-1] + 1))
    lengths = ends - starts + 1
    mean = float(lengths.mean())
    step = -(-len(ends) // MOST_LINES)
    variation = float(lengths.std()) / mean if len(ends) > 1 else 1.0
    return Lines(starts[::step], ends[::step], mean, variation)


def bracketed_share(data: Bytes, lines: Lines) -> float:
    """Share of lines that open with a brace or bracket and close with one, a comma after it allowed. Blank lines do not close."""
    if not len(lines.ends):
        return 0.0
    first = data[lines.starts]
    last = lines.ends - 1
    for skipped in b"\r,":
        last = last - (data[np.maximum(last, 0)] == skipped)
    closing = data[np.maximum(last, 0)]
    opens = (first == _OPENERS[0]) | (first == _OPENERS[1])
    closes = (closing == _CLOSERS[0]) | (closing == _CLOSERS[1])
    return float(np.mean(opens & closes & (last > lines.starts)))


def member_shares(data: Bytes, lines: Lines) -> tuple[float, float]:
    """Shares of lines that, their indent left out, are of indented JSON, and of XML: the one open with a quote, brace or bracket and end with
    a comma, brace or bracket, also where most of them are no keys; the others open with an angle and end with one, however few
    their tags. Blank lines are neither.
    """
    if not len(lines.ends):
        return 0.0, 0.0
    first = data[_behind_indents(data, lines.starts)]
    last = lines.ends - 1
    last = last - (data[np.maximum(last, 0)] == ord("\r"))
    ending = data[np.maximum(last, 0)]
    whole = last >= lines.starts
    json = _OPENS_MEMBER[first] & _ENDS_MEMBER[ending] & whole
    return float(np.mean(json)), float(np.mean((first == ord("<")) & (ending == ord(">")) & whole))


def _behind_indents(data: Bytes, starts: Positions) -> Positions:
    """Where lines begin, their indents of at most `MOST_INDENT` blanks left out. A line feed is no blank, so that none is left."""
    at = starts
    for _ in range(MOST_INDENT):
        blank = CLASSES[data[at]] == BLANK
        if not blank.any():
            break
        at = at + blank
    return at


def timed_share(data: Bytes, lines: Lines) -> float:
    """Share of lines with a time of day (two digits, a colon, two digits) near their beginning."""
    if not len(lines.ends) or len(data) < 5:
        return 0.0
    colons = np.flatnonzero(data == ord(":"))
    colons = colons[(colons >= 2) & (colons < len(data) - 2)]
    for offset in (-2, -1, 1, 2):
        digits = data[colons + offset] - np.uint8(ord("0")) < 10  # wraps for bytes below "0", which makes them large
        colons = colons[digits]
    if not len(colons):
        return 0.0
    following = np.searchsorted(colons, lines.starts)
    nearest = colons[np.minimum(following, len(colons) - 1)]
    within = (following < len(colons)) & (nearest < np.minimum(lines.ends, lines.starts + STAMP_WITHIN))
    return float(np.mean(within))


def prefix_likeness(data: Bytes, lines: Lines) -> tuple[float, float]:
    """How alike lines begin: (share of equal classes between neighbours' first bytes, distinct shapes per line).

    (0, 1) for fewer than four lines that are followed by `PREFIX` bytes.
    """
    starts = lines.starts[lines.starts < len(data) - PREFIX]
    if len(starts) < 4:
        return 0.0, 1.0
    shapes = CLASSES[data[starts[:, None] + np.arange(PREFIX)]]
    same = float(np.mean(shapes[1:] == shapes[:-1]))
    keys = shapes.astype(np.uint64) @ _SHAPE_WEIGHTS
    return same, distinct(keys) / len(keys)


def distinct(values: NDArray[np.uint64]) -> int:
    """How many different values there are. shape (n,), n >= 1. numpy's `unique` would load its masked arrays first, which take longer than a whole look."""
    ordered = np.sort(values)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
