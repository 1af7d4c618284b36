"""Escape any text so that Markdown shows it unchanged (GitHub Flavored Markdown, spec 0.29)."""

import html
import math
import re
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

from orchestrator.evidence.numbers import told_apart
from orchestrator.evidence.verdict import Outcome

VALUES_SHOWN: Final = 64
"""Samples of a measurement; the journal has the rest."""
LONGEST: Final = 600  # characters of one text shown; the journal has the rest
MARKS: Final = {Outcome.PASS: "✅ PASS", Outcome.FAIL: "❌ FAIL", Outcome.UNPROVEN: "❔ UNPROVEN"}
_SIGNS: Final = "\\`*_{}[]<>#|~$&!"  # the backslash first
_SPECIAL: Final = re.compile(f"([{re.escape(_SIGNS)}])")
_OPENING: Final = re.compile(r"^([-+=]|[0-9]+(?=[.)]))", re.MULTILINE)
_PLAIN_CODE: Final = re.compile(r"[^`|]+")  # a pipe would end a table's cell
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


class Safe(str):
    """Markdown already: the renderer leaves it as it is."""

    __slots__ = ()


def one_line(text: str) -> str:
    """The text without line breaks, control characters and what is beyond 600 characters."""
    if len(text) <= LONGEST and text.isprintable() and "  " not in text and text == text.strip(" "):
        return text  # which holds of nearly every text
    flat = " ".join(text[: 4 * LONGEST].split())
    if not flat.isprintable():
        flat = "".join(letter for letter in flat if letter.isprintable())
    return flat if len(flat) <= LONGEST else flat[:LONGEST] + "…"


def escape(text: str) -> Safe:
    """Text for a paragraph, a heading, a list item or a table's cell."""
    marked = _SPECIAL.sub(r"\\\1", one_line(text))
    return Safe(marked if marked[:1].isalpha() else _OPENING.sub(lambda match: _opening(match[0]), marked))


def escape_all(texts: Sequence[str]) -> list[str]:
    """Each of many short texts as `escape` has it, in a few passes over all of them."""
    joined = "\n".join(texts)
    uneven = "  " in joined or "\n " in joined or " \n" in joined or joined != joined.strip(" ")
    whole = joined.count("\n") < len(texts) and max(map(len, texts), default=0) <= LONGEST
    if uneven or not whole or not joined.replace("\n", " ").isprintable():
        return [*map(escape, texts)]
    for sign in _SIGNS:
        joined = joined.replace(sign, f"\\{sign}")
    return _OPENING.sub(lambda match: _opening(match[0]), joined).split("\n")


def _opening(text: str) -> str:
    return f"{text}\\" if text[0].isdigit() else f"&#{ord(text)};"


def code(text: str) -> Safe:
    """Text in type of fixed width."""
    flat = one_line(text)
    if not flat:
        return Safe("")
    if _PLAIN_CODE.fullmatch(flat):
        return Safe(f"`{flat}`")
    entities = "".join(letter if letter.isalnum() or letter == " " else f"&#{ord(letter)};" for letter in flat)
    return Safe(f"<code>{entities}</code>")


def fenced(text: str, language: str = "") -> Safe:
    """A block of code, with a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Safe(f"{fence}{language}\n{text.rstrip()}\n{fence}")


def attribute(text: str) -> Safe:
    """Text inside an HTML element."""
    return Safe(html.escape(one_line(text)))


def number(value: float, target: float | None = None) -> str:
    """Four digits that count, or all before the point: 12345.6 -> "12,346", 0.00123 -> "0.00123".

    As many more as it takes to lie to `target` as the value does: 28.00001 beside 28 is not shown as 28.
    """
    if math.isnan(value):
        return "not a number"
    return told_apart(value, target, _rounded(value))


def _rounded(value: float) -> str:
    value = value + 0.0 if value else 0.0
    if abs(value) >= 1e15:
        return f"{value:.3e}"
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.4g}"


def process(argv: Sequence[str], run: str) -> str:
    """A process as one would type it: the program by its name, files of the run from its folder on. The journal has
    them whole.
    """
    program = PurePath(argv[0]).name if argv[0].startswith("/") else argv[0]
    within = [part.rpartition(f"/{run}/")[2] if f"/{run}/" in part else part for part in argv[1:]]
    return shlex.join([program, *within])


def duration(seconds: float) -> str:
    """0.42 s, 3.1 s, 2 m 05 s, 1 h 02 m."""
    if not math.isfinite(seconds):
        return f"{number(seconds)} s"
    if seconds < 9.95:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} m"


def size(count: float) -> str:
    """Bytes with an IEC prefix: 1536 -> "1.5 KiB"."""
    value, step = float(count), 0
    while value >= 1024 and step < len(_UNITS) - 1:
        value, step = value / 1024, step + 1
    return f"{value:.0f} B" if step == 0 else f"{value:.4g} {_UNITS[step]}"


def values(samples: Sequence[float]) -> str:
    """The first `VALUES_SHOWN`, and how many more there are; "" of none."""
    return listed([f"{value:.6g}" for value in samples[:VALUES_SHOWN]], len(samples))


def listed(shown: Sequence[str], count: int) -> str:
    """The texts shown of so many, and how many more there are."""
    more = count - len(shown)
    return ", ".join(shown) + (f", … {more} more in the journal" if more > 0 else "")


def moment(at: float) -> str:
    """Seconds since the epoch as UTC, to the second; as they are where no calendar has such a day."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return f"{at:.0f} s since 1970"
