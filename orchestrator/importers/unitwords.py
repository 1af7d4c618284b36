"""The words for units, and the unit that a plan has for each: "milliseconds", "percent", "rps", "erreurs"."""

import re
from typing import Final

from orchestrator.evidence.units import COUNTS, UNITS

TIMES: Final = {
    **dict.fromkeys(
        ("s", "sec", "secs", "second", "seconds", "secondes", "seconde", "sekunden", "sekunde", "segundos"), "s"
    ),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "millisecondes"), "ms"),
    **dict.fromkeys(("us", "\u00b5s", "\u03bcs", "microsecond", "microseconds"), "us"),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), "ns"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten", "minutos"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures", "stunde", "stunden", "horas"), "h"),
}
DAYS: Final = {
    **dict.fromkeys(("day", "days", "jour", "jours", "tag", "tage", "tagen"), 24),
    **dict.fromkeys(("week", "weeks", "semaine", "semaines", "woche", "wochen"), 7 * 24),
}
SHARES: Final = frozenset({"%", "percent", "pct", "prozent", "pourcent"})
FACTOR_WORDS: Final = frozenset({"x", "\u00d7", "times", "fold", "fois"})
RATES: Final = {
    "rps": "requests/s",
    "qps": "queries/s",
    "fps": "frames/s",
    "req/s": "requests/s",
    "requests/sec": "requests/s",
}
NOUNS: Final = {
    "erreur": "errors",
    "erreurs": "errors",
    "fehler": "errors",
    "r\u00e9gression": "regressions",
    "r\u00e9gressions": "regressions",
    "regressionen": "regressions",
    "fuite": "leaks",
    "fuites": "leaks",
    "reqs": "requests",
    "req": "requests",
    "loc": "lines",
}
MANY: Final = frozenset(COUNTS.values())
SPELLINGS: Final = {word.lower(): word for word in reversed(list(UNITS)) if word not in {"1", "m", "x"}}


def plan_unit(word: str) -> str | None:
    """The unit in a plan's spelling; None for a word that is none."""
    low = word.lower()
    for known in (low in SHARES and "%", low in FACTOR_WORDS and "x", TIMES.get(low), RATES.get(low), NOUNS.get(low)):
        if known:
            return known
    if word in UNITS:
        return COUNTS.get(word, word)
    above, _, below = word.partition("/")
    if below:
        first, second = plan_unit(above), plan_unit(below)
        return f"{first}/{second}" if first and second and "/" not in second + first else None
    return COUNTS.get(low, SPELLINGS.get(low)) if len(word) > 1 else SPELLINGS.get(low)


def clock_hours(unit: str) -> tuple[int, str]:
    """24, "h" of the unit of a day, which no plan has; 1 and the unit itself of any other."""
    found = re.fullmatch(r"(\d{2,3})h", unit)
    return (int(found[1]), "h") if found else (1, unit)
