"""A text as rows of cells: prose, items, headings, code and tables of Markdown, tables drawn with blanks, and
HTML's. Pure, linear, never raises.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestrator.audit.cells import clean_cell, is_plain
from orchestrator.audit.html import HtmlTable, cells_of, plain_line, split_tables
from orchestrator.audit.model import Cell, Row
from orchestrator.audit.programs import said_lines
from orchestrator.importers.blocks import CELL, WIDEST, Block, Shape, blocks_of

DEEPEST: Final = 6
DRAWN: Final = re.compile("[\u2500-\u257f]{1,}")
WIDE: Final = re.compile(r"\s{2,}")
NUMBERED: Final = re.compile(r"\A\s{0,20}\d{1,3}(?:\.\d{1,3}){0,4}[.):]?\s+(?=[^\W\d_])")
DONE_SIGN: Final = "\u2705"
"""The one that most tables have."""
RULES: Final = frozenset("-=_+| \t~*\u2500\u2501\u2550")
SAYING: Final = re.compile(r"[^\W_]")
TITLE_LONGEST: Final = 120


def read_rows(text: str) -> list[Row]:
    """Every row in the order of its line."""
    lines, tables = split_tables(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines = [plain_line(line) if "<" in line or "&" in line else line for line in lines]
    reading = _Reading(lines)
    code: list[Block] = []
    for block in blocks_of(lines):
        if code and (block.shape is not Shape.CODE or block.key != code[0].key):
            reading.code(_said(code[0].key, code))
            code = []
        code.append(block) if block.shape is Shape.CODE else reading.prose(block)
    if code:
        reading.code(_said(code[0].key, code))
    found = reading.rows
    return sorted([*found, *_html_rows(tables, found)], key=lambda row: row.line) if tables else found


def _said(language: str, blocks: Sequence[Block]) -> list[Block]:
    """The lines of a fence in which somebody says something."""
    said = said_lines(language, (block.text for block in blocks))
    return [block for block, one in zip(blocks, said, strict=True) if one]


@dataclass(slots=True)
class _Reading:
    """Where the reading is. titles: of the headings above, by level; heading: the same in order."""

    lines: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    heading: tuple[str, ...] = ()
    items: list[str] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    block: int = 0
    kind: Shape | None = None
    last: int = 0

    def prose(self, block: Block) -> None:
        """A line that is no code."""
        shape = block.shape
        kind = Shape.ITEM if shape is Shape.MORE else shape
        if kind is not self.kind or kind is Shape.HEADING or (kind is not Shape.ITEM and block.number > self.last + 2):
            self.block += 1
        self.kind, self.last = kind, block.number
        if shape is Shape.ROW:
            self._row(block)
            return
        cell = clean_cell(block.number, self._title(block) if shape is Shape.HEADING else block.text)
        if shape is Shape.ITEM:
            above = (*self.heading, *self._parents(block.level, cell.text))
        else:
            above = self.heading[:-1] if shape is Shape.HEADING else self.heading
            if shape is not Shape.MORE:
                self.items.clear()
        if cell.text or cell.files:
            self.rows.append(Row((cell,), above, self.block))

    def _title(self, block: Block) -> str:
        """A heading without its number; it stands above what follows."""
        text = NUMBERED.sub("", block.text, count=1)
        level = min(block.level, DEEPEST)
        self.titles = {each: title for each, title in self.titles.items() if each < level}
        self.titles[level] = text[:TITLE_LONGEST]
        self.heading = tuple(self.titles[each] for each in sorted(self.titles))
        return text

    def _parents(self, level: int, text: str) -> list[str]:
        """The items that an item hangs below; of these, the level's own is kept for what follows."""
        del self.items[max(0, level - 1) :]
        above = [*self.items]
        self.items += [""] * (level - 1 - len(above)) + [text[:TITLE_LONGEST]]
        return above

    def _row(self, block: Block) -> None:
        line = self.lines[block.number - 1]
        raw = line.strip().removeprefix("|")
        parts = CELL.split(raw, WIDEST) if "\\" in raw else raw.split("|", WIDEST)
        cells = [cell.strip() for cell in parts[:WIDEST]]
        if len(cells) > 1 and not cells[-1]:
            cells.pop()
        if not block.columns:
            self.block += 1
            self.columns = tuple(clean_cell(0, cell).text for cell in cells)
            return
        self.add_row(block.number, cells, self.columns, plain=is_plain(line.replace(DONE_SIGN, "")))

    def add_row(self, line: int, cells: Sequence[str], columns: Sequence[str], *, plain: bool) -> None:
        """A table's row under its columns. plain: there is no markup in it, but that some of it may be done."""
        named = columns if len(cells) <= len(columns) else [*columns, *[""] * (len(cells) - len(columns))]
        if plain:
            if any(cells):
                made = tuple(
                    [
                        Cell(line, text, column) if text.isascii() else clean_cell(line, text, column)
                        for text, column in zip(cells, named, strict=False)
                    ]
                )
                self.rows.append(Row(made, self.heading, self.block, table=True))
            return
        made = tuple([clean_cell(line, text, column) for text, column in zip(cells, named, strict=False)])
        if any(cell.text or cell.marked or cell.files for cell in made):
            self.rows.append(Row(made, self.heading, self.block, table=True))

    def code(self, blocks: list[Block]) -> None:
        """A fence's lines: drawn tables, or prose between titles of its own."""
        self.block += 1
        self.kind = Shape.CODE
        columns: tuple[str, ...] = ()
        title = ""
        for place, block in enumerate(blocks):
            if block.number > (blocks[place - 1].number if place else block.number) + 1:
                title, columns = "", ()
            text = DRAWN.sub("  ", block.text)
            below = next((one.text for one in blocks[place + 1 : place + 2] if one.number == block.number + 1), "")
            parts = WIDE.split(text.strip()) if "  " in text else [text.strip()]
            if not SAYING.search(text):
                continue
            if len(parts) > 2 and set(below) <= RULES and len(below.strip()) > 2:
                columns = tuple(parts)
            elif columns and len(parts) == len(columns):
                self.add_row(block.number, parts, columns, plain=False)
            else:
                title = self._code_line(block.number, text, title)
        self.kind = None

    def _code_line(self, number: int, text: str, title: str) -> str:
        """A line of a fence; the title that stands for the lines below it."""
        cell = clean_cell(number, NUMBERED.sub("", text, count=1).strip().lstrip("-*#\u2022 "))
        if cell.text or cell.files:
            self.rows.append(Row((cell,), (*self.heading, title) if title else self.heading, self.block))
        titled = cell.text.endswith(":") or not (cell.marked or cell.files or _has_value(cell.text))
        return cell.text[:TITLE_LONGEST] if titled else title


def _has_value(text: str) -> bool:
    """Whether a line says something of its own, so that it is no title."""
    head, colon, tail = text.partition(":")
    return (
        len(text) > TITLE_LONGEST
        or (bool(colon) and any(sign.isdigit() for sign in tail) and bool(head))
        or "\u2192" in text
    )


def _html_rows(tables: Sequence[HtmlTable], found: Sequence[Row]) -> Iterator[Row]:
    block = found[-1].block if found else 0
    for table in tables:
        block += 1
        columns: tuple[str, ...] = ()
        for row in cells_of(table):
            if row.head and not columns:
                columns = tuple(clean_cell(0, text).text for _, text in row.cells)
                continue
            named = [*columns, *[""] * (len(row.cells) - len(columns))]
            cells = tuple(
                clean_cell(line, plain_line(text), column)
                for (line, text), column in zip(row.cells, named, strict=False)
            )
            yield Row(cells, (), block, table=True)


__all__ = ["Cell", "read_rows"]
