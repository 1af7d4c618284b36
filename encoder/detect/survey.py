"""The counts of a sample. They are integers, so two ways of counting can be compared exactly."""

from typing import NamedTuple

from encoder.detect.marks import Positions
from encoder.detect.separator import Fields


class Survey(NamedTuple):
    """The counts of a sample.

    Lines are its complete ones. Of more than `MOST_LINES`, evenly spread ones are examined.
    """

    size: int
    counts: Positions  # how often each byte value occurs there, shape (256,)
    keys: int  # quotes followed by a colon, at once or after one blank
    opened: int  # opening angles that open or close a tag
    slashes: int  # after an opening angle, or before a closing one
    lines: int
    covered: int  # bytes of all lines, line feeds included
    squares: int  # sum of the squares of their lengths
    looked: int  # examined lines; what follows is about these
    bracketed: int
    member: int
    tagged: int
    timed: int
    beginnings: int  # lines followed by enough bytes to compare their beginnings
    same: int  # classes shared with the one before, place by place
    shapes: int  # different beginnings, by class
    filled: int  # lines that are not blank
    fields: tuple[Fields, ...]
    anchors: int  # places at which the next eight bytes were examined
    different: int  # different words at these places
