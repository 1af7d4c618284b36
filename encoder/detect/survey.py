"""What is counted in a sample: whole numbers only, so that two ways to count can be held against each other exactly."""

from dataclasses import dataclass

from encoder.detect.marks import Positions
from encoder.detect.separator import Fields


@dataclass(frozen=True, slots=True)
class Survey:
    """The counts of a sample. Lines are its complete ones; of more than `MOST_LINES`, evenly spread ones are looked at one by one."""

    size: int
    counts: Positions  # how often each byte value stands there, shape (256,)
    keys: int  # quotes that a colon follows, at once or behind one blank
    opened: int  # opening angles that open or close a tag
    slashes: int  # behind an opening angle, or before a closing one
    lines: int
    covered: int  # bytes of all lines, line feeds included
    squares: int  # sum of the squares of their lengths
    looked: int  # lines looked at; what follows is of these
    bracketed: int
    member: int
    tagged: int
    timed: int
    beginnings: int  # lines that are followed by so many bytes that their beginnings can be compared
    same: int  # classes that these share with the one before, place by place
    shapes: int  # different beginnings, by class
    filled: int  # lines that are not blank
    fields: tuple[Fields, ...]
    anchors: int  # places at which the next eight bytes were looked at
    different: int  # words that stand there
