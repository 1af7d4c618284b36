"""A Markdown document as a list of meaningful lines, each with its position and the headings above it.

`blocks` finds headings, items, rows, paragraphs and code by their form; here they become headings, labels ("Tasks:"),
fields ("**Lead:** X"), items, table rows, prose and code. A paragraph that is bold as a whole is a heading below all
others, and so is an item that is named as a phase and has items of its own.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from orchestrator.importers.blocks import Block, Shape, read_blocks
from orchestrator.importers.gantt import Gantt
from orchestrator.importers.inline import clean, marked, stated
from orchestrator.importers.naming import is_aim, names_group, names_task

KEY: Final = r"[^\W\d_][\w /()'\u2019-]{0,40}?"
FIELD: Final = re.compile(rf"(?P<bold>\**)_?(?P<key>{KEY})_?\s*\**\s*:\**\s*(?P<value>.*)")
NEXT_FIELD: Final = re.compile(
    rf"(?<=\S)(?:\s{{1,8}}|\s?[|,;\u00b7\u2022]\s?)\s?(?=\*\*{KEY}\s?:\s?\*\*|\*\*{KEY}\*\*\s?:)"
)
"""Between two fields on one line: "**Owner:** X  **Date:** Y"."""
BOLD: Final = re.compile(r"\*\*(?P<text>[^*]{1,200})\*\*(?P<more>[^\w*:]{0,12})")
WRAPPED: Final = 200  # characters up to which an item may go on in the next line
BOLD_LEVEL: Final = 7
ITEM_LEVEL: Final = 8


class Kind(Enum):
    """What a line is."""

    HEADING = auto()
    LABEL = auto()
    FIELD = auto()
    ITEM = auto()
    ROW = auto()
    PROSE = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of meaning. number: in the file, from 1. text: without markup and emoji.

    above: the headings around it, outermost first, and last the label ("Tasks:") that it stands under, if any. key: a
    field's name, lower case. cells: a table row, or a chart's task, by column name,
    lower case. level: of a heading, or how deep an item
    is. box: what stands in an item's check box, "" for none. done: a mark says so. code: its text begins as code does.
    lines: of the file that it takes. front: it stands in the front matter. raw: the text as written. label: the one
    that it stands under, "" for none.
    """

    number: int
    kind: Kind
    text: str
    above: tuple[str, ...]
    key: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    level: int = 0
    box: str = ""
    done: bool = False
    ordered: bool = False
    code: bool = False
    front: bool = False
    lines: int = 1
    raw: str = ""
    label: str = ""


def read_outline(text: str) -> tuple[Line, ...]:
    """The document's lines. Never raises: everything without structure is prose."""
    return tuple(_Walk().lines(list(read_blocks(text))))


class _Walk:
    """Goes through the blocks once and remembers where it is."""

    def __init__(self) -> None:
        self.headings: list[tuple[int, str]] = []
        self.label = ""
        self.listed = ""
        self.coded = False
        self.nested = 0
        self.columns: list[str] = []
        self.gantt: Gantt | None = None

    def lines(self, blocks: Sequence[Block]) -> Iterator[Line]:
        at = 0
        while at < len(blocks):
            block = blocks[at]
            match block.shape:
                case Shape.HEADING:
                    yield from self._heading(block, block.level)
                case Shape.ITEM:
                    at += yield from self._item(blocks, at)
                case Shape.ROW:
                    yield from self._row(block)
                case Shape.CODE:
                    self.coded = True
                    self.gantt = (self.gantt or Gantt()) if block.key == "mermaid" else None
                    cells = self.gantt.row(block.text) if self.gantt else {}
                    yield Line(block.number, Kind.CODE, block.text, self._above(), cells=cells, label=self.label)
                case Shape.FRONT:
                    yield from self._front(block)
                case Shape.QUOTE:
                    yield Line(block.number, Kind.PROSE, clean(block.text), self._above(), level=1)
                case Shape.MORE:
                    yield from self._prose(block)
                case Shape.TEXT:
                    yield from self._paragraph(blocks, at)
            at += 1

    def _above(self) -> tuple[str, ...]:
        headings = tuple(text for _, text in self.headings)
        return (*headings, self.label) if self.label else headings

    def _heading(self, block: Block, level: int) -> Iterator[Line]:
        found = marked(block.text)
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.label = self.listed = ""
        self.nested = block.level if level == ITEM_LEVEL else 0
        done = found.done or found.struck
        if found.text:
            yield Line(
                block.number,
                Kind.HEADING,
                found.text,
                self._above(),
                level=level,
                done=done,
                box=found.box,
                raw=block.text,
            )
            self.headings.append((level, found.text[:WRAPPED]))

    def _front(self, block: Block) -> Iterator[Line]:
        kind = Kind.ITEM if block.level else Kind.FIELD
        yield Line(
            block.number,
            kind,
            clean(block.text),
            (block.key,),
            key=block.key,
            level=block.level,
            front=True,
            label=block.key if block.level else "",
        )

    def _row(self, block: Block) -> Iterator[Line]:
        said = block.cells
        if not said:
            return
        cells = {clean(column).lower(): clean(cell) for column, cell in said.items()}
        done = any(marked(cell).done for cell in said.values())
        struck = any(marked(cell).struck for cell in said.values())
        text = " | ".join(cell for cell in cells.values())
        yield Line(
            block.number,
            Kind.ROW,
            text,
            self._above(),
            cells=cells,
            done=done or struck,
            raw=block.text,
            label=self.label,
        )

    def _item(self, blocks: Sequence[Block], at: int) -> Generator[Line, None, int]:
        """The item, with the lines that it runs over; returns how many further blocks it took."""
        block = blocks[at]
        if self.nested and block.level <= self.nested:
            self._leave_item()
        found = marked(stated(block.text))
        deeper = at + 1 < len(blocks) and blocks[at + 1].shape is Shape.ITEM and blocks[at + 1].level > block.level
        named = names_group(found.text.rstrip(" :"))
        if deeper and block.level == 1 and named and not is_aim(named):
            yield from self._heading(
                Block(block.number, Shape.HEADING, block.text.rstrip(" :"), block.level), ITEM_LEVEL
            )
            return 0
        self._leave_label(block, found.box)
        text, taken = self._wrapped(blocks, at, found.text)
        shown = block.text.lstrip()
        parts = FIELD.fullmatch(clean_keeping_bold(block.text))
        key = clean(parts["key"]).lower() if parts and (parts["bold"] or len(parts["key"].split()) <= 3) else ""
        yield Line(
            block.number, Kind.ITEM, text, self._above(), key=key, level=block.level - self.nested, box=found.box,
            done=found.done or found.struck, ordered=block.ordered, code=shown.startswith("`"), lines=1 + taken,
            raw=block.text, label=self.label,
        )  # fmt: skip
        return taken

    def _leave_item(self) -> None:
        """Out of an item that was a heading."""
        while self.headings and self.headings[-1][0] == ITEM_LEVEL:
            self.headings.pop()
        self.nested, self.label = 0, ""

    def _leave_label(self, block: Block, box: str) -> None:
        """A list behind the label's own code, or one that changes from plain items to boxes, is no longer the
        label's.
        """
        kind = "box" if box else "plain"
        if self.label and block.level == 1 and block.starts and ((self.listed == "plain" and box) or self.coded):
            self.label = ""
        self.coded = False
        if block.level == 1:
            self.listed = kind

    def _wrapped(self, blocks: Sequence[Block], at: int, text: str) -> tuple[str, int]:
        taken = 0
        while at + 1 + taken < len(blocks) and len(text) < WRAPPED and text[-1:] not in ".:;!?":
            more = blocks[at + 1 + taken]
            if more.shape is not Shape.MORE or more.starts or not (more.text[:1].islower() or more.text[:1] in "(`"):
                break
            text, taken = f"{text} {clean(more.text)}", taken + 1
        return text, taken

    def _paragraph(self, blocks: Sequence[Block], at: int) -> Iterator[Line]:
        block = blocks[at]
        self._leave_item() if self.nested else None
        found = BOLD.fullmatch(block.text)
        named = found is not None and (names_group(clean(found["text"])) is not None or not self._goes_on(blocks, at))
        said = FIELD.fullmatch(found["text"]) if found is not None else None
        name = clean(said[0]) if said is not None else ""
        if (
            said is not None
            and said["value"]
            and not (names_group(name) or names_task(name) or len(said["key"].split()) > 2)
        ):
            yield from self._prose(
                Block(block.number, Shape.TEXT, f"**{said['key']}:** {said['value']}", starts=block.starts)
            )
            return
        if found is not None and named and not found["text"].rstrip().endswith(":") and block.starts:
            yield from self._heading(block, BOLD_LEVEL)
            return
        if self.listed and self.label and block.starts:
            self.label = ""
        self.listed = ""
        yield from self._prose(block)

    def _goes_on(self, blocks: Sequence[Block], at: int) -> bool:
        """Whether the paragraph has a further line that is no field."""
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        return after is not None and after.shape is Shape.TEXT and not after.starts and not FIELD.fullmatch(after.text)

    def _prose(self, block: Block) -> Iterator[Line]:
        parts = NEXT_FIELD.split(block.text) if block.text.count("**") > 2 and len(block.text) < 2000 else [block.text]
        for part in parts:
            yield from self._part(block, part.strip(" |\\"))

    def _part(self, block: Block, text: str) -> Iterator[Line]:
        found = FIELD.fullmatch(text) if len(text) < 2000 else None
        level = block.level if block.shape is Shape.MORE else 0
        value = clean(found["value"]) if found else ""
        plain = clean(text)
        if (found and not value) or (plain.endswith(":") and len(plain) < 120):
            self.label = (clean(found["key"]) if found and not value else plain).rstrip(" :")
            self.listed, self.coded = "", False
            yield Line(block.number, Kind.LABEL, self.label, self._above()[:-1], raw=text)
        elif found and (found["bold"] or len(found["key"].split()) <= 3) and "://" not in text[:60]:
            key = clean(found["key"]).lower()
            yield Line(block.number, Kind.FIELD, value, self._above(), key=key, level=level, raw=text, label=self.label)
        elif plain:
            yield Line(block.number, Kind.PROSE, plain, self._above(), level=level, raw=text, label=self.label)


def clean_keeping_bold(raw: str) -> str:
    """An item's text without its check box, its bold signs kept: they say what is a field's name."""
    text = raw.strip()
    return re.sub(r"^\\?\[[ xX]?\\?\]\s+", "", text)[:2000]
