"""The features of a sample: numbers that distinguish tree types. `encoder.detect.features` measures them."""

from typing import Final, NamedTuple


class Features(NamedTuple):
    """What is known about a sample. Shares are of the sample's bytes, or of its lines if stated, from 0 to 1."""

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
    separator: int  # the byte that `field_count` counts; not a number to compare, so not in `vector`

    def vector(self) -> tuple[float, ...]:
        """The comparable numbers, in the order of `FEATURE_NAMES`."""
        return tuple(getattr(self, name) for name in FEATURE_NAMES)


FEATURE_NAMES: Final = tuple(name for name in Features._fields if name != "separator")
