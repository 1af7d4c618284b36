"""What the tests of pages look at: a page's fenced blocks, links and anchors, as a Markdown parser reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PARSER = MarkdownIt("commonmark").enable("table")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block. line: that of its fence, from 1; comment: the one before it, as `tag: words; tag: words`."""

    line: int
    language: str
    text: str
    comment: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """What the comment says, by tag."""
        parts = (part.partition(":") for part in self.comment.split(";") if part.strip())
        return {tag.strip(): words.strip() for tag, _, words in parts}


def documentation() -> list[Path]:
    """README and every page in docs, by path from the root."""
    pages = (ROOT / "docs").rglob("*.md")
    return [Path("README.md"), *sorted(page.relative_to(ROOT) for page in pages)]


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block, also those inside lists, in order. A comment `prepare:` is a block of commands, too."""
    before = ""
    for token in PARSER.parse(text):
        if token.type == "fence" and token.map:
            yield Block(token.map[0] + 1, token.info.strip(), token.content, before)
        comment = COMMENT.fullmatch(token.content.strip()) if token.type == "html_block" else None
        before = comment[1].strip() if comment else ""
        if before.startswith("prepare:") and token.map:
            yield Block(token.map[0] + 1, "sh", before.partition(":")[2])
            before = ""


def links(text: str) -> Iterator[str]:
    """The address of every link and picture."""
    for token in _inline(text):
        address = token.attrGet("href") or token.attrGet("src")
        if address is not None:
            yield str(address)


def anchors(text: str) -> set[str]:
    """The names that code hosts give to a page's headings."""
    found: dict[str, int] = {}
    tokens = PARSER.parse(text)
    for opened, inline in pairwise(tokens):
        if opened.type == "heading_open":
            shown = "".join(child.content for child in inline.children or ())
            name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
            found[name] = found.get(name, -1) + 1
    return {f"{name}-{n}" if n else name for name, last in found.items() for n in range(last + 1)}


def _inline(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield from token.children or ()
