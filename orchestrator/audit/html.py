"""HTML within a text: tables become rows, everything else plain lines. One pass that looks only at tags. An unclosed
element ends with the text.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]{0,400})?/?>")
BLOCKS: Final = frozenset({"li", "p", "div", "br", "ul", "ol", "td", "th", "tr", "dt", "dd", "section", "table"})
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}


@dataclass(slots=True)
class HtmlRow:
    """A table's row. cells: each with the line that it begins on. head: whether it names the columns."""

    cells: list[tuple[int, str]] = field(default_factory=list)
    head: bool = False


@dataclass(slots=True)
class HtmlTable:
    """A table's rows in order."""

    rows: list[HtmlRow] = field(default_factory=list)


def split_tables(lines: list[str]) -> tuple[list[str], list[HtmlTable]]:
    """The lines with those of HTML tables blanked, and the tables."""
    kept, tables, table = [], list[HtmlTable](), None
    if not any("<table" in line.lower() for line in lines if "<" in line):
        return lines, tables
    for number, line in enumerate(lines, 1):
        low = line.lower() if "<" in line else ""
        if table is None and "<table" in low:
            table = HtmlTable()
            tables.append(table)
        if table is None:
            kept.append(line)
            continue
        _feed(table, number, line)
        kept.append("")
        if "</table" in low:
            table = None
    return kept, tables


def _feed(table: HtmlTable, number: int, line: str) -> None:
    at = 0
    for match in TAG.finditer(line):
        _more(table, line[at : match.start()])
        at = match.end()
        _open(table, number, match[2].lower()) if not match[1] else None
    _more(table, line[at:])


def _open(table: HtmlTable, number: int, tag: str) -> None:
    if tag == "tr":
        table.rows.append(HtmlRow())
    elif tag in {"td", "th"} and table.rows:
        table.rows[-1].cells.append((number, ""))
        table.rows[-1].head = table.rows[-1].head or tag == "th"


def _more(table: HtmlTable, text: str) -> None:
    if text.strip() and table.rows and table.rows[-1].cells:
        number, before = table.rows[-1].cells[-1]
        table.rows[-1].cells[-1] = (number, f"{before} {text.strip()}".strip() if len(before) < 2000 else before)


def plain_line(line: str) -> str:
    """A line without tags: headings as Markdown's, blocks apart, entities as what they stand for."""
    if "<" in line and TAG.search(line):
        level = 0
        for match in TAG.finditer(line[:200]):
            level = level or HEADINGS.get(match[2].lower(), 0)
        line = TAG.sub(_parted, line)
        line = f"{'#' * level} {line.strip(' ;')}" if level else line
    return html.unescape(line).replace("\n", " ") if "&" in line else line


def _parted(match: re.Match[str]) -> str:
    name = match[2].lower()
    return "; " if name in BLOCKS else (match[0] if name == "code" else "")


def cells_of(table: HtmlTable) -> Iterator[HtmlRow]:
    """The table's rows that have cells."""
    return (row for row in table.rows if row.cells)
