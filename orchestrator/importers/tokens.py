"""A line of prose as tokens: numbers, words and signs. One pass, so time is linear in the length of the line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

LONGEST: Final = 2_000
"""Characters of a line that are looked at for figures: nobody writes a criterion of a page."""
SHOWN: Final = 24
"""Characters of a word that are looked at."""
TOKEN: Final = re.compile(
    r"(?P<short>\b(?:max|min|approx|ca|env|mind|inkl)\.|\b[Ss]ub-(?=\d))"
    r"|(?P<tail>(?<=\d)[^\W\d_]{1,12}(?=[-\u2013]?\d))"
    r"|(?P<word>[^\W\d_]\w*(?:[-.'\u2019/]\w+)*)"
    r"|(?P<number>\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?![\d.,:/]*\d)"
    r"|\d+(?:[.,:'_/^\u00a0\u202f\u2009](?=\d)\d+)*(?:[eE][+-]?\d+(?!\w))?)"
    r"|(?P<sign><=|>=|=<|=>|==|-->|->|\u2264|\u2265|\u2192|\u00b1|[<>=~/\u2248+%\u00d7#$\u20ac\u00a3]"
    r"|[-\u2013\u2014\u2212])"
    r"|(?P<stop>[;.!?:,()\[\]|\"])"
)


class Is(Enum):
    """What a token is."""

    WORD = auto()
    NUMBER = auto()
    SIGN = auto()
    STOP = auto()


KINDS: Final = {
    "short": Is.WORD,
    "tail": Is.WORD,
    "word": Is.WORD,
    "number": Is.NUMBER,
    "sign": Is.SIGN,
    "stop": Is.STOP,
}


@dataclass(frozen=True, slots=True)
class Token:
    """low: in lower case. glued: nothing stands between it and the token before it."""

    kind: Is
    text: str
    low: str
    glued: bool


def tokenise(text: str) -> list[Token]:
    """The tokens of the first `LONGEST` characters."""
    tokens: list[Token] = []
    end = -1
    for found in TOKEN.finditer(text[:LONGEST]):
        tokens.append(Token(KINDS[found.lastgroup or "stop"], found[0], found[0].lower(), found.start() == end))
        end = found.end()
    return tokens


def said_before(tokens: Sequence[Token], at: int, count: int = 7, *, beyond: str = "") -> str:
    """The words and signs before a token, back to where its clause begins, in lower case. beyond: stops that end no
    clause here.
    """
    words: list[str] = []
    for token in reversed(tokens[max(0, at - count) : at]):
        if token.kind is Is.STOP and token.text not in beyond:
            break
        words.append(token.low[:SHOWN])
    return " ".join(reversed(words))


def said_after(tokens: Sequence[Token], at: int, count: int = 4) -> str:
    """The words and signs from a token on, to where its clause ends, in lower case."""
    words: list[str] = []
    for token in tokens[at : at + count]:
        if token.kind is Is.STOP:
            break
        words.append(token.low[:SHOWN])
    return " ".join(words)
