"""What an audit finds, as data: claims of a text, each with the label that evidence and the text itself give it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class Label(StrEnum):
    """What becomes of a claim, the worst first. GOAL is no claim: what somebody wished for."""

    CONTRADICTED = "contradicted"
    INCONSISTENT = "inconsistent with the text itself"
    MISSING = "file missing"
    ESTIMATE = "from constants or an estimate"
    NONE = "no evidence"
    MEASURED = "measured"
    GOAL = "a goal, no claim"


ALARMING = frozenset({Label.CONTRADICTED, Label.INCONSISTENT})
"""Labels by which an audit ends with exit code 1."""


class Role(StrEnum):
    """What a figure is within its row. RELATIVE: to a goal, as in "2x better than target"."""

    CLAIM = "claim"
    GOAL = "goal"
    ESTIMATE = "estimate"
    BEFORE = "before"
    AFTER = "after"
    RELATIVE = "relative"


class Figure(NamedTuple):
    """A number as it stands in a text, with its unit.

    low, high: the same, except a range. unit: a plan's, "" for a plain number. noun: what is counted, lower case.
    whole: n of "k/n". negative, plus, about: "-5", "5+", "~5". bound: "<" or ">" before it. half: half of its last
    digit, for rounding. start, end: in the cleaned text of its cell.
    """

    text: str
    low: Decimal
    high: Decimal
    unit: str = ""
    noun: str = ""
    whole: Decimal | None = None
    negative: bool = False
    plus: bool = False
    about: bool = False
    bound: str = ""
    half: Decimal = Decimal(0)
    start: int = 0
    end: int = 0


class Cell(NamedTuple):
    """Some text on one line. column: the head of its column, "" outside of tables. text: without markup; marked: a
    sign says "done".
    """

    line: int
    text: str
    column: str = ""
    marked: bool = False
    files: tuple[str, ...] = ()


class Row(NamedTuple):
    """A line of prose, an item, or a table's row. heading: the titles above it, the outermost first. block: rows of
    one table or paragraph.
    """

    cells: tuple[Cell, ...]
    heading: tuple[str, ...] = ()
    block: int = 0
    table: bool = False

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.cells[0].line

    @property
    def marked(self) -> bool:
        """Whether a sign in any of its cells says "done"."""
        return any(cell.marked for cell in self.cells)


class Claim(NamedTuple):
    """Something that a text says. figure, file: of which one at most is there; neither for a statement such as "all
    targets exceeded".

    row, cell: their places in the reading. about: the words around it; topic: the titles above it.
    """

    line: int
    text: str
    row: int
    cell: int = 0
    figure: Figure | None = None
    file: str = ""
    role: Role = Role.CLAIM
    about: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read: its rows, and all claims in order. figures: of each row that has any, the places of its claims
    with one. columns: every head of a column.
    """

    rows: tuple[Row, ...]
    claims: tuple[Claim, ...]
    figures: Mapping[int, Sequence[int]]
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run measured: a criterion's figure. words: title, metric and group. low, high: its interval; all in
    `unit`.

    source: where it stands, for people.
    """

    metric: str
    words: str
    value: float
    low: float
    high: float
    unit: str
    target: str = ""
    source: str = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan asks for: a criterion with its target."""

    criterion: str
    words: str
    operator: str
    goal: float
    unit: str


class Ground(Protocol):
    """The files that a text may name."""

    def has(self, path: str) -> bool:
        """Whether there is a file of that path, or of that name where it is only a name."""

    def has_test(self, path: str, test: str) -> bool:
        """Whether that file holds a test of that name."""


class Finding(NamedTuple):
    """A claim with its label. why: in words. beside: the figure that it was held against, "" for none."""

    claim: Claim
    label: Label
    why: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """A text held to account. source: its name. against: the run or report that gave evidence, "" for none."""

    source: str
    findings: tuple[Finding, ...]
    against: str = ""
    headline: tuple[tuple[Measured, tuple[Finding, ...]], ...] = field(default=())

    @property
    def counts(self) -> Mapping[Label, int]:
        """How many findings there are of each label."""
        found = Counter(one.label for one in self.findings)
        return {label: found[label] for label in Label}

    @property
    def alarming(self) -> bool:
        """Whether anything is contradicted or inconsistent."""
        return any(one.label in ALARMING for one in self.findings)
