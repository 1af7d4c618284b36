"""Read the inside of a Markdown line: its text without markup, and marks that mean "done".

Every pattern looks at a bounded number of characters from each place. So the time grows only with the length of the
line.
"""

import re
from dataclasses import dataclass
from typing import Final

CHECKBOX: Final = re.compile(r"\\?\[([ xX\u2713\u2714~/>-]?)\\?\]\*?(?:\s+|$)")
LINK: Final = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()\s]{0,500}(?:\s[^()]{0,100})?\)|\[[^\[\]]{0,100}\])")
MARKUP: Final = re.compile(r"\*\*|__|~~|`|<!--|-->|\\(?=[\[\]*_`|#<>.-])")
STARRED: Final = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]{0,200}[^*\s])?)\*(?![\w*])")
TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
DONE_SIGNS: Final = "\u2705\u2714\u2611\u2713"
FINISHED: Final = re.compile(
    r"\s*[(\[\u2013\u2014-]\s*(completed?|done|finished|shipped|termin\u00e9e?|fertig|erledigt)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
LOUD: Final = re.compile(
    r"(?<=\S)\s+(?:(?P<done>COMPLETED?|DONE|FINISHED|SHIPPED)|IN PROGRESS|NOT STARTED|WIP|PLANNED|PENDING|BLOCKED)$"
)
"""A state in capitals behind a title: "Phase 1: Foundation COMPLETE"."""
STATE: Final = re.compile(
    r"(?P<word>TODO|DOING|NOW|LATER|WAITING|STARTED|NEXT|DONE|CANCELLED|CANCELED):?\s{1,4}(?=\S)(?!(?:comment|marker|item)s?\b)"
)
"""The states that outliners write in front: "TODO Book the van"."""
STATES: Final = {"DONE": "x", "CANCELLED": "-", "CANCELED": "-"}
DATED: Final = re.compile("\\s?[\U0001f4c5\U0001f5d3\U0001f6eb\u23f3\u2795\u2705\u274c]\ufe0f?\\s?\\d{4}-\\d\\d-\\d\\d")
"""A day behind the sign that says what happens on it, as note takers' tasks have it."""
EMOJI: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u23e9-\u23fa\u231b\u20e3]")


@dataclass(frozen=True, slots=True)
class Marked:
    """text: clean. box: what stands in its check box, "" for none. done: whether a mark says so. struck: the whole
    is struck out.
    """

    text: str
    box: str = ""
    done: bool = False
    struck: bool = False


def stated(text: str) -> str:
    """An item with the check box that a state in front of it stands for: "[x] Book the van" of "DONE Book the van"."""
    found = STATE.match(text)
    return f"[{STATES.get(found['word'], ' ')}] {text[found.end() :]}" if found else text


def clean(text: str) -> str:
    """The text without markup, emoji, and blanks around."""
    plain = LINK.sub(r"\1", text) if "](" in text or "][" in text else text
    plain = TAG.sub("", plain) if "<" in plain else plain
    plain = MARKUP.sub("", plain)
    plain = STARRED.sub(r"\1", plain) if "*" in plain else plain
    return " ".join((plain if plain.isascii() else EMOJI.sub("", plain)).split())


def marked(raw: str) -> Marked:
    """A heading or an item: its check box, its text, and whether it says that it is done."""
    text, box = raw.strip(), ""
    if found := CHECKBOX.match(text):
        box, text = found[1] or " ", text[found.end() :]
    text = DATED.sub("", text) if not text.isascii() else text
    struck = len(text) > 4 and text.startswith("~~") and "~~" in text[2:]
    shown = text.strip("* \t")
    signed = bool(shown) and (shown[0] in DONE_SIGNS or shown.rstrip("\ufe0f")[-1:] in set(DONE_SIGNS))
    plain = clean(text)
    said = FINISHED.search(plain, max(0, len(plain) - 40))
    plain = plain[: said.start()] if said and said.start() else plain
    if loud := LOUD.search(plain, max(0, len(plain) - 40)):
        plain, signed = plain[: loud.start()], signed or loud["done"] is not None
    return Marked(plain, box, signed or said is not None or box in {"x", "X", "\u2713", "\u2714"}, struck)
