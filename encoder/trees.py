"""A table with a row for each tree type. A new type is a row here and its tokeniser in `encoder.glyphs`.

A reader can check the rules against the data: how strongly a sample's features support each shape.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from encoder.strategy import TreeType

if TYPE_CHECKING:
    from encoder.features import Features  # which only a sample's look loads

Tokeniser = Literal["csv", "json", "log", "xml"]
"""What takes blocks apart, by name (`encoder.glyphs.tokenisers`)."""


def _ramp(value: float, none: float, full: float) -> float:
    """0 at `none`, 1 at `full`, straight between them."""
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _opaque(f: "Features") -> float:
    """Control characters, or nearly all byte values equally often: compressed, encrypted, executable, arrays of
    numbers.
    """
    return max(_ramp(f.control, 0.0, 0.04), _ramp(f.entropy, 6.6, 7.4))


def _endless(f: "Features") -> float:
    """Lines of about 16 KiB or more, which hold a tree each and no record."""
    return _ramp(f.line_length, 13.5, 14.5)


def _json_lines(f: "Features") -> float:
    """Nearly every line is one bracketed value, and something of JSON is inside.

    Documents of many kilobytes, one a line, do not count.
    """
    return _ramp(f.bracketed, 0.4, 1.0) * _ramp(f.key + f.quote + f.bracket, 0.002, 0.02) * (1.0 - _endless(f))


def _json(f: "Features") -> float:
    """Many keys among braces, nested arrays of numbers, numbers on one endless line, or quoted members line by line.

    Neither records of a log nor of JSON lines.
    """
    solid = 1.0 - min(f.blank, 0.9)  # a pretty-printed array is mostly blank
    keys = _ramp(f.key, 0.0, 0.01) * _ramp(f.brace + f.bracket, 0.0, 0.001)
    arrays = _ramp(f.bracket / solid, 0.02, 0.05) * _ramp(f.digit / solid, 0.1, 0.2)
    drawn = _ramp(f.alpha, 0.02, 0.05) * (1.0 - _ramp(f.brace + f.bracket, 0.0, 0.001))  # coordinates of a path
    unbroken = _ramp(f.digit, 0.3, 0.5) * (1.0 - _ramp(f.newline, 0.0, 0.001)) * (1.0 - drawn)
    indented = _ramp(f.member, 0.6, 0.9) * _ramp(f.quote, 0.01, 0.03) * _ramp(f.brace + f.bracket, 0.0, 0.001)
    return max(keys, arrays, unbroken, indented) * (1.0 - f.bracketed * (1.0 - _endless(f))) * (1.0 - f.timed)


def _xml(f: "Features") -> float:
    """Tags, or lines that are tags. A fair share of them closes another or itself.

    Tags inside the strings of JSON do not count.
    """
    closing = f.close_tag / f.open_tag if f.open_tag else 0.0
    return (
        max(_ramp(f.open_tag, 0.0, 0.005), _ramp(f.tagged, 0.4, 0.8))
        * _ramp(closing, 0.1, 0.3)
        * (1.0 - _ramp(f.key, 0.002, 0.008))
    )


def _csv(f: "Features") -> float:
    """The same number of separators on nearly every line.

    One or two separators prove little if there are words and blanks between them. Any number proves little if the
    lines have JSON's keys.
    """
    wordy = _ramp(f.blank, 0.02, 0.08) * _ramp(3.0 - f.field_count, 0.0, 1.0)
    return (
        _ramp(f.field_consistency, 0.55, 0.95) * (1.0 - wordy) * (1.0 - _ramp(f.key, 0.002, 0.01)) * (1.0 - f.bracketed)
    )


def _log(f: "Features") -> float:
    """Lines that have a time, or that begin with the same classes of characters, digits among them."""
    alike = _ramp(f.prefix_same, 0.7, 0.95) * _ramp(0.5 - f.prefix_shapes, 0.0, 0.3) * _ramp(f.digit, 0.04, 0.12)
    return max(_ramp(f.timed, 0.2, 0.8), alike) * _ramp(f.blank, 0.005, 0.03) * (1.0 - f.bracketed)


FEW_BRACKETS: Final = 0.05
"""JSON's tokenisers, the dearest to try, are not tried on records of another shape below this share of bracketed
lines.

Few keys are a condition too.
"""

FEW_KEYS: Final = 0.01
"""Keys for each byte. A log whose lines end with an object has three times as many."""

HALF_CONSISTENT: Final = 0.5
"""CSV's tokeniser is not tried on records of another shape below this share of lines with the usual number of
separators.
"""

MOSTLY_TIMED: Final = 0.5
"""Share of lines with a time of day from which on a single separator in each belongs to the time.

It separates the seconds' fraction, as Python's loggers write it.
"""


def _always(_f: "Features") -> bool:
    return True


def _has_json(f: "Features") -> bool:
    return f.bracketed >= FEW_BRACKETS or f.key >= FEW_KEYS


def _is_separated(f: "Features") -> bool:
    one_in_a_time = f.field_count <= 1 and f.timed >= MOSTLY_TIMED
    return f.field_consistency >= HALF_CONSISTENT and not one_in_a_time


class Tree(NamedTuple):
    """One tree type.

    code: what a body's header calls it, 0 to 15. tokeniser: what takes its blocks apart; None for plain bytes, whose
    bodies are stored, or one stream. score: how much a sample supports the shape, 0 to 1; None for the one that is left
    when no other has enough. hinted: whether records detected as another shape could be of this one, so that it is
    worth a trial. document: one value over many lines, which is kept whole, rather than records. names_tried: whether
    columns are named by path and by key alone, whichever is smaller; by_path: how they are named untried. text_pooled:
    whether text in one stream is always tried, as its columns say the same things again. separated: whether fields end
    with the strategy's separator. multiline: whether a record's fields may hold newlines.
    """

    code: int
    tokeniser: Tokeniser | None = None
    score: "Callable[[Features], float] | None" = None
    hinted: "Callable[[Features], bool]" = _always
    document: bool = False
    names_tried: bool = False
    by_path: bool = True
    text_pooled: bool = False
    separated: bool = False
    multiline: bool = False

    @property
    def plain(self) -> bool:
        """Whether it has no tokeniser."""
        return self.tokeniser is None

    @property
    def records(self) -> bool:
        """Whether it is records, one after the other: neither plain bytes nor a document."""
        return not self.plain and not self.document


TREES: Final[Mapping[TreeType, Tree]] = {
    TreeType.OPAQUE: Tree(code=0, score=_opaque),
    TreeType.JSON_LINES: Tree(
        code=3,
        tokeniser="json",
        score=_json_lines,
        hinted=_has_json,
        names_tried=True,
        by_path=False,  # what most samples are smaller with
        text_pooled=True,
    ),
    TreeType.XML: Tree(code=6, tokeniser="xml", score=_xml, document=True, text_pooled=True),
    TreeType.CSV: Tree(code=5, tokeniser="csv", score=_csv, hinted=_is_separated, separated=True, multiline=True),
    TreeType.JSON: Tree(
        code=4,
        tokeniser="json",
        score=_json,
        hinted=_has_json,
        document=True,
        names_tried=True,
        text_pooled=True,
    ),
    TreeType.LOG: Tree(code=2, tokeniser="log", score=_log),
    TreeType.TEXT: Tree(code=1),
}
"""Every tree type. Of equal scores the first counts."""
