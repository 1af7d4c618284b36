"""What stands within a line of Markdown: the text without its markup, and the marks that say that something is done.

Every pattern looks at a bounded number of signs from each place, so the time grows with the length of the line and with
nothing else.
"""

import re
from dataclasses import dataclass
from typing import Final

CHECKBOX: Final = re.compile(r"\\?\[([ xX\u2713\u2714~/>-]?)\\?\](?:\s+|$)")
LINK: Final = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()\s]{0,500}(?:\s[^()]{0,100})?\)|\[[^\[\]]{0,100}\])")
MARKUP: Final = re.compile(r"\*\*|__|~~|`|<!--|-->|\\(?=[\[\]*_`|#<>.-])")
STARRED: Final = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]{0,200}[^*\s])?)\*(?![\w*])")
TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
DONE_SIGNS: Final = "\u2705\u2714\u2611\u2713"
FINISHED: Final = re.compile(
    r"\s*[(\[\u2013\u2014-]\s*(completed?|done|finished|shipped|termin\u00e9e?|fertig|erledigt)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
EMOJI: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u23f3\u231b\u20e3]")


@dataclass(frozen=True, slots=True)
class Marked:
    """text: clean. box: what stands in its check box, "" for none. done: whether a mark says so. struck: the whole
    is struck out.
    """

    text: str
    box: str = ""
    done: bool = False
    struck: bool = False


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
    struck = len(text) > 4 and text.startswith("~~") and "~~" in text[2:]
    shown = text.strip("* \t")
    signed = bool(shown) and (shown[0] in DONE_SIGNS or shown.rstrip("\ufe0f")[-1:] in set(DONE_SIGNS))
    plain = clean(text)
    said = FINISHED.search(plain, max(0, len(plain) - 40))
    plain = plain[: said.start()] if said and said.start() else plain
    return Marked(plain, box, signed or said is not None or box in {"x", "X", "\u2713", "\u2714"}, struck)
