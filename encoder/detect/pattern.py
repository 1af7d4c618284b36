"""Names the shape of a sample, by rules that a reader can check against the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from encoder.detect.features import Features, measure
from encoder.strategy import TreeType


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a sample looks like.

    tree: the shape's name. separator: CSV's field separator (comma, semicolon, tab or pipe), a comma if nothing
    separates fields. confidence: 0 to 1, how much of the sample agrees with the shape. features: the basis of the
    judgement.
    """

    tree: TreeType
    separator: int
    confidence: float
    features: Features


def _ramp(value: float, none: float, full: float) -> float:
    """0 at `none`, 1 at `full`, straight between them."""
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _opaque(f: Features) -> float:
    """Control characters, or nearly all byte values equally often: compressed, encrypted, executable, arrays of
    numbers.
    """
    return max(_ramp(f.control, 0.0, 0.04), _ramp(f.entropy, 6.6, 7.4))


def _endless(f: Features) -> float:
    """Lines of about 16 KiB or more, which hold a tree each and no record."""
    return _ramp(f.line_length, 13.5, 14.5)


def _json_lines(f: Features) -> float:
    """Nearly every line is one bracketed value, and something of JSON is inside.

    Documents of many kilobytes, one a line, do not count.
    """
    return _ramp(f.bracketed, 0.4, 1.0) * _ramp(f.key + f.quote + f.bracket, 0.002, 0.02) * (1.0 - _endless(f))


def _json(f: Features) -> float:
    """Many keys among braces, nested arrays of numbers, numbers on one endless line, or quoted members line by line.

    Neither records of a log nor of JSON lines.
    """
    solid = 1.0 - min(f.blank, 0.9)  # a pretty-printed array is mostly blank
    keys = _ramp(f.key, 0.0, 0.01) * _ramp(f.brace + f.bracket, 0.0, 0.001)
    arrays = _ramp(f.bracket / solid, 0.02, 0.05) * _ramp(f.digit / solid, 0.1, 0.2)
    unbroken = _ramp(f.digit, 0.3, 0.5) * (1.0 - _ramp(f.newline, 0.0, 0.001))
    indented = _ramp(f.member, 0.6, 0.9) * _ramp(f.quote, 0.01, 0.03) * _ramp(f.brace + f.bracket, 0.0, 0.001)
    return max(keys, arrays, unbroken, indented) * (1.0 - f.bracketed * (1.0 - _endless(f))) * (1.0 - f.timed)


def _xml(f: Features) -> float:
    """Tags, or lines that are tags. A fair share of them closes another or itself.

    Tags inside the strings of JSON do not count.
    """
    closing = f.close_tag / f.open_tag if f.open_tag else 0.0
    return (
        max(_ramp(f.open_tag, 0.0, 0.005), _ramp(f.tagged, 0.4, 0.8))
        * _ramp(closing, 0.1, 0.3)
        * (1.0 - _ramp(f.key, 0.002, 0.008))
    )


def _csv(f: Features) -> float:
    """The same number of separators on nearly every line.

    One or two separators prove little if there are words and blanks between them. Any number proves little if the
    lines have JSON's keys.
    """
    wordy = _ramp(f.blank, 0.02, 0.08) * _ramp(3.0 - f.field_count, 0.0, 1.0)
    return (
        _ramp(f.field_consistency, 0.55, 0.95) * (1.0 - wordy) * (1.0 - _ramp(f.key, 0.002, 0.01)) * (1.0 - f.bracketed)
    )


def _log(f: Features) -> float:
    """Lines that have a time, or that begin with the same classes of characters, digits among them."""
    alike = _ramp(f.prefix_same, 0.7, 0.95) * _ramp(0.5 - f.prefix_shapes, 0.0, 0.3) * _ramp(f.digit, 0.04, 0.12)
    return max(_ramp(f.timed, 0.2, 0.8), alike) * _ramp(f.blank, 0.005, 0.03) * (1.0 - f.bracketed)


SCORES: Final[Mapping[TreeType, Callable[[Features], float]]] = {
    TreeType.OPAQUE: _opaque,
    TreeType.JSON_LINES: _json_lines,
    TreeType.XML: _xml,
    TreeType.CSV: _csv,
    TreeType.JSON: _json,
    TreeType.LOG: _log,
}
"""How much supports each shape, 0 to 1. The highest names it, the first of equals. Below one half it is TEXT."""

ENOUGH: Final = 0.5


class PatternDetector:
    """Names the shape of a sample. Stateless; safe to share between threads."""

    def detect(self, sample: bytes | bytearray | memoryview) -> Pattern:
        """The pattern of the first 64 KiB of `sample`, whatever its bytes; TEXT for an empty one.

        See `take_sample` for large blocks.
        """
        features = measure(sample)
        scores = {tree: score(features) for tree, score in SCORES.items()}
        best = max(scores, key=scores.__getitem__)
        if scores[best] < ENOUGH:
            return Pattern(TreeType.TEXT, features.separator, 1.0 - scores[best], features)
        return Pattern(best, features.separator, scores[best], features)
