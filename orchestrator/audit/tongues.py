"""What German and French reports write differently from English ones: thousands, octets, and the words for goals,
estimates, before and after.

A text is translated into the form that the reader knows. It keeps its length, so every position stays valid.
"""

import re
from typing import Final

GERMAN: Final = re.compile(
    r"\b(?:der|die|das|und|auf|mit|f\u00fcr|ist|sind|wurden?|statt|vorher|nachher|weniger|bestanden|ziel|stieg|sank"
    r"|alle|von)\b",
    re.IGNORECASE,
)
ENGLISH: Final = re.compile(r"\b(?:the|and|of|to|is|are|with|for|by|from|on|it|not|be)\b", re.IGNORECASE)
FRENCH: Final = re.compile(
    r"\b(?:le|la|les|des|du|un|une|et|de|sur|contre|soit|pour|dans|avant|apr\u00e8s|moins|objectif|r\u00e9ussis|passe"
    r"|est)\b",
    re.IGNORECASE,
)
POINTS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3}){1,4}(?![\d.])")
SPACES: Final = re.compile(r"(?<![\d.,] )(?<![\d.,])[1-9]\d{0,2}(?: \d{3}){1,4}(?![\d.])")
OCTETS: Final = {"Ko": "KB", "ko": "KB", "Mo": "MB", "mo": "MB"}
NAMES_TOO: Final = {"Go": "GB", "To": "TB"}  # a language, and a word
COMMA: Final = re.compile(r"(?<![\d.,])\d{1,9},\d{1,2}(?![\d,])")
OPENING: Final = 20_000
"""Signs of a report by which its language is known."""
SEVERAL: Final = 3
LONGEST: Final = 4000
"""Signs of a cell in which its language is looked for."""

GOALS: Final = r"ziel(?:wert|vorgabe)?e?|soll(?:wert)?|vorgabe|grenzwert|objectifs?|cible|plafond|seuil"
REACHED: Final = r"erreicht|gemessen|atteint|mesur\u00e9"
ESTIMATES: Final = (
    r"gesch\u00e4tzt\w{0,3}|voraussichtlich\w{0,3}|prognose|hochgerechnet\w{0,3}|estim\u00e9\w{0,3}|pr\u00e9vue?s?"
)
BEFORE: Final = r"vorher|zuvor|bisher|avant|ancien\w{0,3}"
AFTER: Final = r"nachher|danach|neu|apr\u00e8s|nouveau|nouvelle"
CHANGE: Final = r"\u00e4nderung|ver\u00e4nderung|differenz|ersparnis|variation|\u00e9volution|\u00e9cart"
LESS: Final = r"weniger|kleiner|gesenkt|reduziert|gespart|sank|moins|baisse|r\u00e9duit\w{0,2}|r\u00e9duction"
MORE: Final = r"mehr|gestiegen|stieg|h\u00f6her|hausse|augment\w{0,8}"
HIGHER: Final = r"durchsatz|abdeckung|genauigkeit|d\u00e9bit|couverture|pr\u00e9cision"
LOWER: Final = (
    r"speicher|laufzeit|antwortzeit|latenz|dauer|fehler\w{0,6}|kosten|m\u00e9moire|dur\u00e9e|latence|erreurs?"
    r"|co\u00fbts?"
)
INSTEAD: Final = r"statt|gegen\u00fcber|contre|au lieu de"
MONTHS: Final = (
    r"m\u00e4r[a-z]{0,3}|mrz|mai|okt[a-z]{0,5}|dez[a-z]{0,6}|f\u00e9v[a-z]{0,6}|avr[a-z]{0,3}|juin|juil[a-z]{0,4}"
    r"|ao\u00fbt|d\u00e9c[a-z]{0,6}"
)


def is_german(text: str) -> bool:
    """Whether a report as a whole is: by its words, and by a comma where English has a point."""
    head = text[:OPENING]
    if COMMA.search(head) is None:
        return False
    german, english = ({found[0].lower() for found in words.finditer(head)} for words in (GERMAN, ENGLISH))
    return len(german) >= max(SEVERAL, len(english) + 1)


def has_points(text: str) -> bool:
    """Whether a number in it is 1.204, which German reads as a thousand and more."""
    return "." in text and POINTS.search(text) is not None


def brought_over(text: str, *, german: bool = False) -> str:
    """The text with thousands as English reports part them: 1.204 in German, 1 024 in French. german: whether the
    report is, so that its cells and short lines are too.
    """
    if has_points(text) and (german or GERMAN.search(text[:LONGEST])):
        text = POINTS.sub(lambda one: one[0].replace(".", "'"), text)
    if " " in text and SPACES.search(text) and FRENCH.search(text[:LONGEST]):
        text = SPACES.sub(lambda one: one[0].replace(" ", "\u00a0"), text)
    return text


def octets(unit: str, text: str) -> str:
    """A unit of octets as one of bytes, also within a rate: "Mo/s"; any other word as it is."""
    if unit[1:2] != "o":
        return unit
    head, slash, tail = unit.partition("/")
    known = OCTETS.get(head)
    if known is None and head in NAMES_TOO and FRENCH.search(text[:LONGEST]):
        known = NAMES_TOO[head]
    return unit if known is None else f"{known}{slash}{tail}"
