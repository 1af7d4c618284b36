"""The prose of every page: short sentences, short lines, and the usual words of the field."""

import re
from pathlib import Path

import pytest
from markdown_page import COMMENT, documentation

ROOT = Path(__file__).parents[2]
PAGES = (
    *map(str, documentation()),
    "CONTRIBUTING.md",
    "encoder/README.md",
    "orchestrator/README.md",
    "reports/README.md",
)
MOST_WORDS = 25
MOST_CHARACTERS = 120
INSTEAD = {  # what we do not write: what we write
    "all the same": "still",
    "another chance": "another attempt",
    "are told": "are reported",
    "by turns": "in turn",
    "heeds?": "respect",
    "heeded": "respected",
    "held against": "compared with",
    "in place of": "instead of",
    "is told": "is reported",
    "RunOptions": "options of a run",
    "not alike": "different",
    "of which one": "one of",
    "one by one": "one at a time",
    "so that is": "so it is",
    "such that is": "which is",
    "takes nothing off": "does not count against",
    "turned? round": "reverse",
    "unless given": "by default",
    "unless named": "by default",
    "unless told": "by default",
    "which nothing says": "for which nothing says",
}
BLOCK_START = re.compile(r"\s*(?:[-*+] |\d+\. |#+ |>)\s*")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|https?://\S+")
CODE = re.compile(r"`[^`]*`")
SENTENCE_END = re.compile(r"(?<=[.!?])[*_)\"”]*\s+")


def prose_lines(text):
    """Number and text of each line that is no code, table or comment; each line of these is an empty one."""
    fenced = False
    bare = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for number, line in enumerate(bare.splitlines(), 1):
        fence = line.lstrip().startswith("```")
        skipped = fence or fenced or line.startswith(("    ", "\t", "|"))
        fenced ^= fence
        yield number, "" if skipped else line


def plain(line):
    """The line with each code span as one word, and each link as its text."""
    return LINK.sub(lambda link: link[1] or "link", CODE.sub("code", line))


def blocks(text):
    """First line and text of each paragraph, heading and item of a list."""
    first, held = 0, []
    for number, line in [*prose_lines(text), (0, "")]:
        start = BLOCK_START.match(line)
        if held and (start or not line.strip()):
            yield first, " ".join(held)
            held = []
        if line.strip():
            first = first if held else number
            held.append(plain(line[start.end() :] if start else line).strip())


def sentences(text):
    """The line its block begins in, and the words of each sentence. What has no letter or digit is no word."""
    for number, block in blocks(text):
        for sentence in SENTENCE_END.split(block):
            yield number, [word for word in sentence.split() if any(map(str.isalnum, word))]


def too_long_sentences(text):
    return [f"{number}: {' '.join(words)}" for number, words in sentences(text) if len(words) > MOST_WORDS]


def too_long_lines(text):
    return [number for number, line in prose_lines(text) if len(LINK.sub(r"\1", line)) > MOST_CHARACTERS]


def table_rows(text):
    """Number and text of each row of a table that is not inside a block of code."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        if line.startswith("|") and not fenced:
            yield number, plain(line)


def unusual_words(text):
    """Unlike the length of sentences, words are looked at in tables too."""
    return [
        f"{number}: {word!r}: write {better!r}"
        for number, block in [*blocks(text), *table_rows(text)]
        for word, better in INSTEAD.items()
        if re.search(rf"\b{word}\b", block)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_of_a_page_has_more_than_25_words(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert any(words for _, words in sentences(text)), "an empty page has no long sentence either"
    assert too_long_sentences(text) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_line_of_prose_is_longer_than_120_characters(page):
    assert too_long_lines((ROOT / page).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_the_usual_words_of_the_field(page):
    assert unusual_words((ROOT / page).read_text(encoding="utf-8")) == []


def test_a_long_sentence_is_found_in_a_paragraph_and_in_an_item_but_not_in_code_or_a_table():
    long = "word " * 26
    assert len(too_long_sentences(f"{long}.\n\n- {long}\n")) == 2
    assert too_long_sentences(f"```\n{long}\n```\n\n| {long} |\n\n    {long}\n\n`{long}`\n") == []
    assert too_long_sentences(f"{'word ' * 25}\n\n{'word ' * 25}. {'word ' * 25}\n") == []


def test_a_long_line_is_found_unless_a_links_address_makes_it_long():
    assert too_long_lines("x\n" + "word " * 30 + "\n") == [2]
    assert too_long_lines(f"[page](https://example.org/{'x' * 120})\n") == []


def test_an_unusual_word_is_found_across_a_lines_end_and_not_in_code():
    assert len(unusual_words("it goes on all\nthe same\n")) == 1
    assert unusual_words("`RunOptions` holds the options\n") == []
    assert len(unusual_words("| a | b |\n|---|---|\n| x | it is told |\n")) == 1
