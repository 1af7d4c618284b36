"""A Markdown text as blocks, one for each line that carries text: headings, list items, table rows, paragraphs and
code.

One pass with a constant number of looks at each line, so time is linear in the size of the text. `inline` reads what is
within a line (bold, links). We read what people write in plans, not all of CommonMark.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:\s+|$)")
ITEM: Final = re.compile(r"([ \t]*)(?:([-*+\u2022\u2013])|(\d{1,3}|[a-z])[.)])[ \t]+(?=\S)")
FENCE: Final = re.compile(r"\s{0,12}(`{3,}|~{3,})[ \t]{0,4}\{?\.?(?P<language>[\w+#-]{0,30})")
QUOTE: Final = re.compile(r"\s{0,3}>[\s>]*")
FRONT: Final = re.compile(r"(?P<key>[A-Za-z_][\w -]{0,40}):(?:\s+(?P<value>.*))?")
FOLDED: Final = re.compile(
    r"^\s{0,8}(?:</?details[^<>]{0,40}>\s{0,8})?(?:<summary>\s{0,8}(?:<\w{1,6}>)?(?P<title>[^<>]{1,200})(?:</\w{1,6}>)?</summary>)?\s*$",
    re.IGNORECASE,
)
"""A part that is folded away until somebody opens it: its summary is a heading."""
CELL: Final = re.compile(r"(?<!\\)\|")
WORDS: Final = re.compile(r"[^\W\d_]{2}|\d{1,9}(?![\d.)])")
"""How a line begins that is nothing but text, unless a "|" or a "<" is in it: most lines need no other look."""
FRONT_LIMIT: Final = 200  # lines
DEEPEST: Final = 40  # levels of lists; what is deeper counts as that deep
WIDEST: Final = 64  # columns of a table; what stands further right is no part of it
INDENTED: Final = 4
RULES: Final = frozenset("-*_=")


class Shape(Enum):
    """What a line is by its form alone."""

    HEADING = auto()
    ITEM = auto()
    MORE = auto()
    ROW = auto()
    TEXT = auto()
    QUOTE = auto()
    CODE = auto()
    FRONT = auto()


@dataclass(slots=True)
class Block:
    """number: from 1. text: raw, without its sign. level: of a heading, or how deep an item is. starts: nothing before
    it in its paragraph.

    MORE is a further paragraph or line of an item. columns: of a row below a table's head, lower case. key: of a line
    of front matter; of code in a fence the language that the fence names, lower case.
    """

    number: int
    shape: Shape
    text: str
    level: int = 0
    ordered: bool = False
    starts: bool = False
    key: str = ""
    columns: Sequence[str] = ()
    raw: str = ""

    @property
    def cells(self) -> Mapping[str, str]:
        """A row's cells by column; none of a table's head."""
        if not self.columns:
            return {}
        cells = cells_of(self.raw)
        cells += [""] * (len(self.columns) - len(cells))
        return dict(zip(self.columns, cells, strict=False))


def cells_of(line: str) -> list[str]:
    """What stands between the "|" of a line, without the nothing behind the last."""
    row = line.strip().removeprefix("|")
    parts = CELL.split(row, WIDEST) if "\\" in row else row.split("|", WIDEST)
    cells = [part.strip() for part in parts[:WIDEST]]
    return cells[:-1] if len(cells) > 1 and not cells[-1] and line.rstrip().endswith("|") else cells


def read_blocks(text: str) -> Iterator[Block]:
    """The text's blocks in order. Never raises."""
    return blocks_of(text.split("\n"))


def blocks_of(text: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text's lines."""
    lines = [line.rstrip("\r") for line in text]
    begin = _front_end(lines)
    yield from _front(lines[1 : begin - 1] if begin else [])
    yield from _Scan(lines).blocks(begin)


def _front_end(lines: list[str]) -> int:
    """How many lines the front matter takes, its fences included; 0 if there is none."""
    if lines[0].strip() != "---":
        return 0
    for index, line in enumerate(lines[1 : FRONT_LIMIT + 1], 1):
        if line.strip() in {"---", "..."}:
            return index + 1
        if line.strip() and not (FRONT.match(line) or line[0] in " \t-#"):
            return 0
    return 0


def _front(lines: list[str]) -> Iterator[Block]:
    """Keys with their values, and the items of a list under the key that it belongs to."""
    key = ""
    for number, line in enumerate(lines, 2):
        if found := FRONT.match(line):
            key, value = found["key"].strip().lower(), _unquoted(found["value"] or "")
            yield Block(number, Shape.FRONT, value, key=key)
        elif (item := line.strip().removeprefix("- ").strip()) and not item.startswith("#"):
            yield Block(number, Shape.FRONT, _unquoted(item), key=key, level=1)


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


class _Scan:
    """Where the reading is: within a fence, a comment, a list, a table."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.indents: list[int] = []
        self.fence = ""
        self.language = ""
        self.comment = False
        self.columns: list[str] | None = None
        self.blank = True

    def blocks(self, begin: int) -> Iterator[Block]:
        for index in range(begin, len(self.lines)):
            raw = self.lines[index]
            if self.fence:
                yield from self._within_fence(index + 1, raw)
                continue
            if not self.comment and "|" not in raw and "<" not in raw and WORDS.match(raw):
                self.columns = None
                words = self._words(index, raw)
                yield words
                self.blank = words.shape is Shape.HEADING
                continue
            line = self._shown(raw)
            if not line.strip() or (_is_rule(line) and self.columns is None):
                self.blank, self.columns = True, None
                continue
            block = self._block(index, line)
            if block is not None:
                yield block
            self.blank = block is None or block.shape is Shape.HEADING

    def _within_fence(self, number: int, raw: str) -> Iterator[Block]:
        if raw.strip().startswith(self.fence) and not raw.strip().strip(self.fence[0]):
            self.fence, self.blank = "", True
        elif raw.strip():
            yield Block(number, Shape.CODE, raw, key=self.language)

    def _shown(self, line: str) -> str:
        """The line without comments, and the summary of what is folded away as bold text."""
        if not self.comment and ("<" not in line or ("<!--" not in line and line.lstrip()[:1] != "<")):
            return line
        return FOLDED.sub(lambda found: f"**{found['title']}**" if found["title"] else "", self._without_comment(line))

    def _without_comment(self, line: str) -> str:
        """The line without what stands in `<!-- -->`, which may begin or end on another line."""
        kept, at = [], 0
        while at < len(line):
            end = line.find("-->" if self.comment else "<!--", at)
            if not self.comment:
                kept.append(line[at : end if end >= 0 else len(line)])
            if end < 0:
                break
            at = end + (3 if self.comment else 4)
            self.comment = not self.comment
        return "".join(kept)

    def _block(self, index: int, line: str) -> Block | None:
        number = index + 1
        if found := FENCE.match(line):
            self.fence, self.language = found[1], found["language"].lower()
            return None
        if self.columns is not None and ("|" not in line or HEADING.match(line)):
            self.columns = None
        if self.columns is not None or self._opens_table(index, line):
            return self._row(number, line)
        if found := HEADING.match(line):
            self.indents.clear()
            return Block(number, Shape.HEADING, _unclosed(line[found.end() :].rstrip()), len(found[1]))
        if (found := ITEM.match(line)) and (found[2] or found[3].isdigit() or self.indents):
            return self._item(number, line, found)
        return self._quote(number, line) if QUOTE.match(line) else self._text(index, line)

    def _quote(self, number: int, line: str) -> Block | None:
        text = line.lstrip("> \t")
        return Block(number, Shape.QUOTE, text, starts=self.blank) if text else None

    def _item(self, number: int, line: str, found: re.Match[str]) -> Block:
        indent = len(found[1].expandtabs(INDENTED))
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()
        if (not self.indents or indent > self.indents[-1] + 1) and len(self.indents) < DEEPEST:
            self.indents.append(indent)
        ordered = found[2] is None
        return Block(number, Shape.ITEM, line[found.end() :], len(self.indents), ordered=ordered, starts=self.blank)

    def _text(self, index: int, line: str) -> Block | None:
        number, indent = index + 1, len(line) - len(line.lstrip())
        if self.indents and (indent or not self.blank):
            return Block(number, Shape.MORE, line.strip(), len(self.indents), starts=self.blank)
        if indent >= INDENTED and self.blank:
            self.indents.clear()
            return Block(number, Shape.CODE, line)
        return self._words(index, line)

    def _words(self, index: int, line: str) -> Block:
        """A line of a paragraph: text, what an item goes on with, or a heading that the next line underlines."""
        number = index + 1
        if self.indents and not self.blank:
            return Block(number, Shape.MORE, line.strip(), len(self.indents))
        self.indents.clear()
        if level := self._underlined(index):
            return Block(number, Shape.HEADING, line.strip(), level)
        return Block(number, Shape.TEXT, line.strip(), starts=self.blank)

    def _underlined(self, index: int) -> int:
        """1 or 2 for a heading that the next line underlines."""
        if not self.blank:
            return 0
        below = self.lines[index + 1].strip() if index + 1 < len(self.lines) else ""
        if len(below) < 3 or ":" in self.lines[index]:
            return 0
        return {"=": 1, "-": 2}.get(below[0], 0) if not below.strip(below[0]) else 0

    def _opens_table(self, index: int, line: str) -> bool:
        if "|" not in line or index + 1 >= len(self.lines):
            return False
        below = self.lines[index + 1].strip()
        return "-" in below and "|" in below and not below.strip("|-: \t")

    def _row(self, number: int, line: str) -> Block | None:
        """A row of the table, None for its head, its rule, and for the line that ends it."""
        if self.columns is None:
            self.indents.clear()
            self.columns = [cell.lower() for cell in cells_of(line)]
            return Block(number, Shape.ROW, "")
        if not line.strip("|-: \t"):
            return None
        return Block(number, Shape.ROW, line.strip(" |\t"), columns=self.columns, raw=line)


def _unclosed(heading: str) -> str:
    """Without the signs that may close it: "Title ##"."""
    body = heading.rstrip("#")
    return body if body[-1:].isspace() or not body else heading


def _is_rule(line: str) -> bool:
    """Whether it is a line of ---, *** or === alone, which says nothing."""
    if line.strip(" \t")[:1] not in RULES:
        return False
    signs = set(line) - {" ", "\t"}
    return len(signs) == 1 and len(line.strip()) >= 3
