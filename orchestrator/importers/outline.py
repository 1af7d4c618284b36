"""A Markdown document as a list of lines that mean something, each with its place and the headings above it.

Markdown is parsed by markdown-it (CommonMark and tables); here its tokens only become headings, fields ("**Lead:** X"), items,
table rows, prose and lines of code blocks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

FIELD: Final = re.compile(r"\**(?P<key>[A-Za-z][A-Za-z /-]{0,40}?)\s*:\**\s*(?P<value>.*)", re.ASCII)
NEXT_FIELD: Final = re.compile(r"(?<=\S)[\s|,;]+(?=\*\*[A-Za-z][A-Za-z /-]{0,40}?:\*\*)", re.ASCII)
"""Between two fields on one line: "**Owner:** X  **Date:** Y"."""
CHECKBOX: Final = re.compile(r"\[([ xX])\]\s+")
MARKUP: Final = re.compile(r"\*\*|__|`|<!--.*?-->")
LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


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

    above: the headings around it, outermost first, and last the label ("Tasks:") that it stands under, if any.
    key: a field's name, lower case. cells: a table row by column name, lower case. level: of a heading, or how deep an item is.
    """

    number: int
    kind: Kind
    text: str
    above: tuple[str, ...]
    key: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    level: int = 0


def read_outline(text: str) -> tuple[Line, ...]:
    """The document's lines. Never raises: whatever is no Markdown structure is prose."""
    return tuple(_Walk().lines(MarkdownIt("commonmark").enable("table").parse(text)))


def clean(text: str) -> str:
    """The text without markup, emoji, and blanks around."""
    plain = MARKUP.sub("", LINK.sub(r"\1", text))
    return " ".join("".join(sign for sign in plain if not _is_emoji(sign)).split())


def _is_emoji(sign: str) -> bool:
    code = ord(sign)
    return (
        0x1F000 <= code <= 0x1FAFF
        or 0x2600 <= code <= 0x27BF
        or 0x2B00 <= code <= 0x2BFF
        or code in {0xFE0F, 0x200D, 0x23F3}
    )


class _Walk:
    """Goes through the tokens once and remembers where it is."""

    def __init__(self) -> None:
        self.headings: list[tuple[int, str]] = []
        self.label = ""
        self.depth = 0
        self.level = 0
        self.columns: list[str] = []
        self.cells: list[str] = []
        self.line = 0

    def lines(self, tokens: list[Token]) -> Iterator[Line]:
        inside = ""
        for token in tokens:
            if token.map:
                self.line = token.map[0] + 1
            part, _, edge = token.type.rpartition("_")
            if edge == "open":
                inside = part
            self._step(token, part, edge)
            match token.type:
                case "tr_close" if self.cells:
                    yield self._row()
                case "fence" | "code_block":
                    yield from self._code(token)
                case "inline":
                    yield from self._inline(inside, token.content)
                case "html_block":
                    yield from self._prose(token.content)

    def _step(self, token: Token, part: str, edge: str) -> None:
        """Into or out of a part of the document."""
        match part, edge:
            case "heading", "open":
                self.level = int(token.tag[1])
            case (("bullet_list" | "ordered_list"), _):
                self.depth += 1 if edge == "open" else -1
            case "thead", "open":
                self.columns = []
            case "tr", "open":
                self.cells = []

    def _above(self) -> tuple[str, ...]:
        headings = tuple(text for _, text in self.headings)
        return (*headings, self.label) if self.label else headings

    def _inline(self, inside: str, content: str) -> Iterator[Line]:
        match inside:
            case "heading":
                yield self._heading(clean(content))
            case "th":
                self.columns.append(clean(content).lower())
            case "td":
                self.cells.append(content.strip())
            case _ if self.depth:
                yield from self._item(content)
            case _:
                yield from self._prose(content)

    def _heading(self, text: str) -> Line:
        while self.headings and self.headings[-1][0] >= self.level:
            self.headings.pop()
        self.label = ""
        line = Line(self.line, Kind.HEADING, text, self._above(), level=self.level)
        self.headings.append((self.level, text))
        return line

    def _row(self) -> Line:
        cells = {column: clean(cell) for column, cell in zip(self.columns, self.cells, strict=False)}
        return Line(self.line, Kind.ROW, " | ".join(cells.values()), self._above(), cells=cells)

    def _item(self, content: str) -> Iterator[Line]:
        first, *rest = content.splitlines()
        text = CHECKBOX.sub("", first, count=1)
        found = FIELD.fullmatch(text.strip())
        if found and text.lstrip().startswith("**") and found["value"]:
            key = clean(found["key"]).lower()
            yield Line(self.line, Kind.ITEM, clean(text), self._above(), key=key, level=self.depth)
        else:
            yield Line(self.line, Kind.ITEM, clean(text), self._above(), level=self.depth)
        for offset, line in enumerate(rest, 1):
            yield Line(self.line + offset, Kind.PROSE, clean(line), self._above(), level=self.depth)

    def _prose(self, content: str) -> Iterator[Line]:
        told = (
            (offset, part) for offset, raw in enumerate(content.splitlines()) for part in NEXT_FIELD.split(raw.strip())
        )
        for offset, part in told:
            number, text = self.line + offset, part.strip(" |")
            found = FIELD.fullmatch(text)
            if found and not clean(found["value"]):
                self.label = clean(found["key"])
                yield Line(number, Kind.LABEL, self.label, self._above()[:-1])
            elif found and (text.startswith("**") or len(found["key"].split()) <= 3):
                value = clean(found["value"])
                yield Line(number, Kind.FIELD, value, self._above(), key=clean(found["key"]).lower())
            elif clean(text):
                yield Line(number, Kind.PROSE, clean(text), self._above())

    def _code(self, token: Token) -> Iterator[Line]:
        begin = self.line + (token.type == "fence")
        for offset, text in enumerate(token.content.splitlines()):
            if text.strip():
                yield Line(begin + offset, Kind.CODE, text, self._above())
