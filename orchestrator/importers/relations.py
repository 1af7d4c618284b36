"""What a line demands of its figures. The operator is read from the words beside a figure, never guessed from the
figure.

The readings are tables, tried in order: a sign or words directly before the figure, with their negation; words directly
behind it; "from 800 to 200"; an improvement by so much; finally the noun that the figure is about, if it is clear in
which direction that noun is better. A figure without a direction in any table is not a demand. It is reported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.importers.circumstances import is_called_failure, is_trigger, may_be
from orchestrator.importers.figures import Figure
from orchestrator.importers.tokens import Token, said_after, said_before

SIGNS: Final = {
    "<=": "<=",
    "=<": "<=",
    ">=": ">=",
    "=>": ">=",
    "\u2264": "<=",
    "\u2265": ">=",
    "<": "<",
    ">": ">",
    "=": "==",
    "==": "==",
}
TURNED: Final = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
"""What a sign becomes behind a negation: "no file > 400 lines"."""

THAN: Final = r"(?: than| als| de| que| d'| to| \u00e0)?(?: a| an| the| about| about a)?"
NOT: Final = (
    r"\b(?:no|not|zero|never|none|nothing|nobody|without|cannot|neither|nor|n't|\w+n't|nicht|nie|kein\w*|ne|pas|jamais"
    r"|aucune?|ning\w+|nunca)\b"
)
MORE: Final = (
    r"(?:more|greater|higher|larger|longer|bigger|slower|later|older|over|above|beyond|past|exceed\w*|mehr|\u00fcber"
    r"|plus|"
    r"d\u00e9passe\w*|sup\u00e9rieure?s?|au-dessus|m\u00e1s|l\u00e4nger|gr\u00f6\u00dfer|surpass\w*|tops)"
)
LESS: Final = (
    r"(?:less|fewer|lower|smaller|shorter|under|below|beneath|weniger|unter|moins|inf\u00e9rieure?s?|sous|menos|bajo"
    r"|au-dessous|"
    r"drops?(?: below)?|falls?(?: below)?|k\u00fcrzer|kleiner)"
)
BEFORE: Final = tuple(
    (re.compile(pattern + r"$"), operator)
    for pattern, operator in (
        (rf"\b(?:{MORE} than or equal to|(?:at|equal to) or {MORE}{THAN})", ">="),
        (rf"\b(?:{LESS} than or equal to|(?:at|equal to) or {LESS}{THAN})", "<="),
        (rf"{NOT}.{{0,40}}\b(?:{MORE}|{LESS}|worse|better) than .{{1,40}}\bby", "<="),
        (rf"{NOT}.{{0,40}}\b{MORE}{THAN}", "<="),
        (rf"{NOT}.{{0,40}}\b(?:worse){THAN}", ""),
        (rf"{NOT}.{{0,40}}\b{LESS}{THAN}", ">="),
        (rf"{NOT}.{{0,60}}\b(?:at least|at most|within|up to)", ""),
        (
            (
                r"\b(?:at least|at a minimum|at minimum|minimum(?: of)?|a minimum of|min\.?|minimal|au moins|au minimum"
                r"|mindestens|al menos|>)"
            ),
            ">=",
        ),
        (
            (
                r"\b(?:support\w*|handl\w*|serv\w*|sustain\w*|scal\w*|process\w*|stor\w*|manag\w*|holds?|hosts?|accepts?"
                r"|takes?)\b.{0,30}\bup to"
            ),
            ">=",
        ),
        (r"\b(?:improv\w*|faster|better|reduc\w*|sav\w*|gain\w*)\b.{0,30}\bup to", ""),
        (
            (
                r"\b(?:at most|at maximum|maximum(?: of)?|a maximum of|max\.?|maximal|up to|within|au plus|au maximum"
                r"|h\u00f6chstens|como m\u00e1ximo|"
                r"jusqu'\u00e0|bis zu|limited to|capped at|cap of|limit of|limit is|ceiling of|budget of|inside"
                r"|stays? at|bounded by)(?: a| an| the)?"
            ),
            "<=",
        ),
        (rf"\b{MORE}{THAN}", ">"),
        (rf"\b{LESS}{THAN}", "<"),
        (r"\bsub-", "<"),
        (r"\ball but", ""),
        (r"(?<!\d )\b(?:max\.?|maximum|maximal)(?: [a-z-]+){1,3}", "<="),
        (r"(?<!\d )\b(?:min\.?|minimum|minimal)(?: [a-z-]+){1,3}", ">="),
        (r"\b(?:equals?|equal to|exactly|exact|genau|exactement|exactamente)", "=="),
        (r"\b(?:reduc|lower|cut|decreas|drop|shrink|bring|halv|fall|limit|down)\w*\b.{0,40}\b(?:to|auf|\u00e0)", "<="),
        (r"\b(?:increas|rais|improv|grow|lift|rise|bring up|up)\w*\b.{0,40}\b(?:to|auf|\u00e0)", ">="),
        (r"\b(?:reach\w*|achiev\w*|attain\w*|hit|hits|atteint|erreicht)(?: a| an| about)?", ">="),
        (r"\u00b1", "<="),
    )
)
"""What the words directly before a figure ask of it; the first that matches. An empty operator: they ask for
nothing that can be told.
"""
FASTER: Final = re.compile(r"\b(?:faster|quicker|sooner)(?: than)?$")
NOUNS: Final = r"(?:(?!(?:and|or|but|is|are|in|on|with|to|from|than)\b)[a-z-]+ ){1,2}"
"""What is counted, between a figure and the words behind it."""
AFTER: Final = tuple(
    (re.compile(pattern), operator)
    for pattern, operator in (
        (r"(?:or|and|ou|oder|and above|or above) (?:more|higher|greater|above|over|plus|mehr|longer|up)\b", ">="),
        (r"(?:or|and|ou|oder) (?:less|fewer|lower|smaller|below|under|moins|weniger|faster|shorter|sooner)\b", "<="),
        (r"(?:at least|minimum|min|mindestens|au moins|au minimum)\b", ">="),
        (rf"{NOUNS}(?:at most|or (?:fewer|less))\b(?! \d)", "<="),
        (rf"{NOUNS}(?:at least|or more)\b(?! \d)", ">="),
        (r"(?:below|under|above|over) (?:the|our|last|budget|baseline|plan|today|current|old|previous|target)\b", ""),
        (r"(?:at most|maximum|max|tops|or bust|h\u00f6chstens|au plus|au maximum|ceiling|cap|limit|budget)\b", "<="),
        (
            (
                r"(?:faster|quicker|smaller|less|fewer|more|better|higher|lower|cheaper|improvement|reduction|increase"
                r"|decrease|gain|savings?|speedup|speed-up)\b"
            ),
            ">=",
        ),
    )
)
"""What the words directly behind a figure ask of it."""
BETTER_BY: Final = re.compile(
    r"\b(?:reduc|improv|increas|decreas|sav|gain|lower|cut|shrink|speed|faster|boost|rais|grow|drop)\w*\b.{0,60}$|\bby$"
)
HIGHER: Final = re.compile(
    r"(?:\w+-free|through|cover|uptime|availab|accura|precis|recall|capacit|succe|hit|satisf|adopt|adher|retent|speed"
    r"|\w+-free|compress|"
    r"yield|green|pass|life|rating|score|quality|reliab|conver|confiden|correct|complet|detect|resol|agree|stars?"
    r"|reduction|"
    r"improvement|savings?|support|handl|serv|scal|disponib|couverture|verf\u00fcgbar|abdeckung|parity|held|fps"
    r"|fulfil|nps|recover)"
)
LOWER: Final = re.compile(
    r"(?:laten|time|delay|lag|overhead|budget|memory|ram|rss|heap|usage|footprint|size|cost|error|fail|bug|defect"
    r"|crash|downtime|loss|lost|"
    r"leak|duration|spread|drift|deviat|differ|wait|pause|jitter|noise|waste|dupl|flak|churn|miss|drop|violat|regress"
    r"|incident|"
    r"outage|p\d\d|rto|rpo|mttr|turnaround|dur\u00e9e|d\u00e9lai|erreur|fehler|dauer|latenz|cpu|alloc|disk|interrupt"
    r"|complexity|bundle|"
    r"ttfb|lcp|fcp|cls|tti|perte|tol[e\u00e9]r|unavail|vuln)"
)
TAKES_TIME: Final = re.compile(
    r"(?:start|load|render|respon|boot|build|paint|open|deploy|finish|complet|run|return|query|queries|lead)"
)
IN_TIME: Final = re.compile(
    r"\b(?:in|en|finish\w*|complet\w*|respond\w*|render\w*|loads?|starts?|opens?|takes?|returns?)(?: in| a| about)?$"
)
WITHOUT: Final = re.compile(r"(?:in a row |running )?(?:without|with (?:no|zero)|free of|sans|ohne|sin)\b")
REACHED: Final = re.compile(
    r"of (?:[\w-]+ ){1,3}?(?:migrat|onboard|train|document|automat|publish|deliver|answer|process|clos|review)\w*ed\b"
    r"|of (?:[\w-]+ ){1,2}finish"
)
"""What a share is wanted to reach: "95 % of dashboards migrated"."""
TIME_UNITS: Final = frozenset({"ms", "s", "min", "h", "us", "ns", "24h", "168h"})


@dataclass(frozen=True, slots=True)
class Relation:
    """operator: "" where none can be read. explicit: the figure's own words or sign say it. aloud: why, where that
    is not plain.
    """

    operator: str
    explicit: bool = True
    aloud: str = ""


def relate(tokens: Sequence[Token], figure: Figure, about: str = "") -> Relation:
    """What is asked of a figure. about: what else says what it is the figure of, a table's first column for
    instance.
    """
    before = _before(tokens, figure)
    after = said_after(tokens, figure.end)
    found = _asked(tokens, figure, before, after, about)
    if found.operator in {">", ">="} and is_called_failure(after):
        return Relation(TURNED[found.operator], aloud=f"{figure.text} {after}: turned round")
    beyond = found.operator in {">", ">="} and is_trigger(before)
    return Relation("") if beyond or (figure.unit not in TIME_UNITS and may_be(before, after)) else found


def _asked(tokens: Sequence[Token], figure: Figure, before: str, after: str, about: str) -> Relation:
    return (
        _signed(tokens, figure, before)
        or _at_best(before, after)
        or _worded(figure, before)
        or _plus(figure)
        or _behind(figure, after)
        or _improved(figure, before)
        or (None if re.search(NOT, before) else _by_nature(tokens, figure, after, about.lower()))
        or Relation("", explicit=False)
    )


def _before(tokens: Sequence[Token], figure: Figure) -> str:
    return said_before(tokens, figure.at - (1 if figure.negative else 0), 9)


def _signed(tokens: Sequence[Token], figure: Figure, before: str) -> Relation | None:
    at = figure.at - (1 if figure.negative else 0)
    sign = SIGNS.get(tokens[at - 1].text) if at else None
    if sign is None:
        return None
    if re.search(NOT, before) and "not" not in before.split()[-2:]:
        return Relation(TURNED.get(sign, ""), aloud=f"{before} {figure.text}: what none may be is turned round")
    return Relation(TURNED.get(sign, "") if re.search(NOT, before) else sign)


def _at_best(before: str, after: str) -> Relation | None:
    """As in "Up to 30 % faster" is a hope, and no demand."""
    hope = before.endswith("up to") and AFTER[-1][0].match(after)
    return Relation("") if hope else None


def _worded(figure: Figure, before: str) -> Relation | None:
    if FASTER.search(before) and figure.unit in TIME_UNITS:
        return Relation("<")
    if (
        re.search(r"\b(?:slower|longer|later|worse)(?: than)?$", before)
        and figure.unit == "x"
        and not re.search(NOT, before)
    ):
        return Relation("")
    return next((Relation(operator) for pattern, operator in BEFORE if pattern.search(before)), None)


def _plus(figure: Figure) -> Relation | None:
    return Relation(">=") if figure.plus else None


def _behind(figure: Figure, after: str) -> Relation | None:
    if re.match(r"(?:or|and) better\b", after):
        return Relation("<=" if figure.unit in TIME_UNITS else ">=")
    for pattern, operator in AFTER:
        if pattern.match(after):
            return Relation(operator)
    return None


def _improved(figure: Figure, before: str) -> Relation | None:
    """Of "reduced by 25 %" at least that must be reached, and of a range its lower end."""
    return Relation(">=") if figure.unit in {"%", "x"} and BETTER_BY.search(before) else None


def _by_nature(tokens: Sequence[Token], figure: Figure, after: str, about: str) -> Relation | None:
    before = said_before(tokens, figure.at, 9, beyond=":()")
    if figure.unit in TIME_UNITS and WITHOUT.match(after):
        return Relation(">=", explicit=False, aloud=f"{figure.text} {after}: so long at least")
    if figure.unit == "%" and REACHED.match(after):
        return Relation(">=", explicit=False, aloud=f"{figure.text} {after}: read as at least")
    if figure.unit in TIME_UNITS and IN_TIME.search(before):
        return Relation("<=", explicit=False, aloud="a time that something takes is read as at most")
    for words in (reversed(before.split()), after.split(), reversed(about.split()), [figure.unit]):
        for word in words:
            lower = (LOWER.match(word) and not word.endswith(("-free", "less"))) or (
                figure.unit in TIME_UNITS and TAKES_TIME.match(word)
            )
            higher = None if lower else HIGHER.match(word)
            if higher or lower:
                operator, said = (">=", "at least") if higher else ("<=", "at most")
                aloud = f"{figure.text} says neither at least nor at most: read as {said}, by the word {word!r}"
                return Relation(operator, explicit=False, aloud=aloud)
    return None


def is_moved_from(tokens: Sequence[Token], figure: Figure, following: Figure) -> bool:
    """Whether two figures are "from 800 to 200 ms" or "800 ms -> 200 ms": the first is where it comes from."""
    between = " ".join(token.low for token in tokens[figure.end : following.at])
    if between in {"->", "-->", "=>", "\u2192"}:
        return True
    opened = (
        re.search(r"\b(?:from|de|von|currently|desde)(?: a| an| about)?$", said_before(tokens, figure.at)) is not None
    )
    return (
        opened
        and re.fullmatch(
            r"(?:down |up )?(?:to|\u00e0|auf|bis|a|hasta)(?: under| below| at most| less than| about)?", between
        )
        is not None
    )
