"""A table of what headings and labels of a work breakdown announce, in the words and languages that people use.

This table separates work from words about work. Below `ASIDE` nothing is work, even if it is a list of imperatives with
check boxes: risks, what is out of scope, open questions. `ABOUT` is the same, except that a phase or task which is
named as one counts as one.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Topic(StrEnum):
    """What the lines below are."""

    TASKS = "tasks"
    DELIVERABLES = "deliverables"
    CRITERIA = "criteria"
    METRICS = "metrics"
    TIMELINE = "timeline"
    NEXT = "next steps"
    AGENTS = "agents"
    ORDER = "order"
    INTEGRATION = "integration"
    SUMMARY = "summary"
    ABOUT = "about the work"
    ASIDE = "no work"
    OTHER = "other"


WORDS: Final = (
    (
        (
            r"(?:project |key |target |success )*(?:metrics|kpis?|key results|objectives and key results|okrs?)(?: "
            r"summary| and targets| targets)?"
        ),
        Topic.METRICS,
    ),
    (
        (
            r"(?:\w+ ){0,2}(?:success|acceptance|exit|completion|quality|done|go-live|release) (?:criteria|criterion"
            r"|gates?|conditions?|checks?)|"
            r"(?!(?:entry|selection|inclusion|exclusion|evaluation|design) )(?:[\w/-]+ ){0,2}criteria|"
            r"(?:what )?success looks like|"
            r"(?:\w+ )?definition of done|dod|criteria|acceptance|acceptance tests?|done when|performance targets?"
            r"|targets|slos?|"
            r"crit[e\u00e8]res?(?! de s[e\u00e9]lection)(?: \S+){0,3}|"
            r"d[\u00e9e]finition du termin[\u00e9e]|abnahmekriterien|erfolgskriterien|akzeptanzkriterien|criterios? "
            r"de (?:aceptaci[o\u00f3]n|[e\u00e9]xito)"
        ),
        Topic.CRITERIA,
    ),
    (
        (
            r"(?:key |expected |main |final )?(?:deliverables?|outputs?|artifacts?|livrables?|ergebnisse"
            r"|liefergegenst[a\u00e4]nde|entregables)"
        ),
        Topic.DELIVERABLES,
    ),
    (
        (
            r"(?:project |rough )?(?:timeline|milestones|calendar|calendrier|jalons|zeitplan|meilensteine|cronograma"
            r"|schedule overview)"
        ),
        Topic.TIMELINE,
    ),
    (
        (
            r"(?:immediate |recommended |suggested )?next steps?|prochaines [e\u00e9]tapes|n[a\u00e4]chste schritte"
            r"|pr[o\u00f3]ximos pasos"
        ),
        Topic.NEXT,
    ),
    (
        (
            r"agents?(?: assignments?)?|(?:the |project |core )?team(?: structure| members| composition| size)?"
            r"|roles(?: (?:and|&) responsibilities)?|"
            r"(?:primary|supporting) (?:leads?|roles?)|owners|people|(?:key )?stakeholders?|staffing|raci(?: matrix)?|"
            r"[e\u00e9]quipe(?: projet)?|responsables|beteiligte|rollen|equipo|contacts?|personnel"
        ),
        Topic.AGENTS,
    ),
    (
        (
            r"(?:task |work |phase )?(?:dependencies|dependency (?:notes|graph|map)|order|sequence|sequencing)|"
            r"(?:suggested |recommended |proposed )?(?:execution|implementation|build|delivery|work|rollout|task) "
            r"(?:order|sequence)|critical path|"
            r"d[e\u00e9]pendances|ordre(?: d['\u2019]ex[e\u00e9]cution)?|abh[a\u00e4]ngigkeiten|reihenfolge"
            r"|dependencias|parallel (?:opportunities|execution|groups)"
        ),
        Topic.ORDER,
    ),
    (r"integration(?: points| steps)?", Topic.INTEGRATION),
    (
        (
            r"(?:executive |project |system )?(?:overview|summary|abstract|introduction|vision|purpose|mission"
            r"|r[e\u00e9]sum[e\u00e9]|zusammenfassung|[u\u00fc]berblick|resumen)|"
            r"(?:\w+ )?goals?(?: \d+)?|(?:\w+ )?(?:objectives?|intent|aim|aims)|contexte?|(?:\w+ )?background"
            r"|objectifs?|ziele?|objetivos?|hintergrund|kontext|tl;?dr"
        ),
        Topic.SUMMARY,
    ),
    (
        (
            r"(?:the |all |open |remaining |main |key |sub-?|action |implementation |development |work |project )*"
            r"(?:tasks?(?: list| details| breakdown)?|to-?dos?|steps|items|actions|backlog|checklist|remaining"
            r"|remaining work|work breakdown|activities|initiatives|procedure)(?: ?(?:/|and|&) ?\w+)?|"
            r"in progress|doing|up next|now|done|completed|finished|in review|blocked|this week|today|"
            r"what (?:is|remains) to be done|t[a\u00e2]ches|[a\u00e0] faire|actions|aufgaben|arbeitsschritte|offen"
            r"|tareas|actividades|pasos|[e\u00e9]tapes|subtasks"
        ),
        Topic.TASKS,
    ),
    (
        (
            r"out[ -]of[ -]scope|not in scope|non[ -]?goals?|non[ -]?objectives?|exclusions?|won'?t (?:do|have)"
            r"|(?:ideas,? )?not planned|deferred(?: items)?|"
            r"future(?: work| ideas| considerations| enhancements| improvements)?|later|ideas|nice[ -]to[ -]haves?"
            r"|stretch(?: goals?)?|parking lot|icebox|someday|maybe|"
            r"(?:\w+ ){0,2}(?:risks?|threats?|issues|concerns|blockers|red flags|problems|pain points|pitfalls"
            r"|bottlenecks)(?: items?)?(?: (?:and|&|/) \w+| register| management| assessment| analysis| log| matrix)?|"
            r"risk (?:items?|plan|profile|summary|areas?)|contingenc(?:y|ies)(?: plans?)?|mitigations?(?: \w+)?"
            r"|fallbacks?|rollback(?: plan| strategy| procedure)?|"
            r"(?:\w+ ){0,2}(?:questions?|unknowns|assumptions|constraints?|limitations?|trade-?offs?|alternatives)(?: "
            r"considered| and \w+)?|"
            r"(?:\w+ ){0,2}(?:decisions?|decision log|rationale|motivation)|adrs?|examples?|appendix(?: \w+)?(?:[ "
            r":].*)?|glossary|terminology|definitions|"
            r"hors[ -]p[e\u00e9]rim[e\u00e8]tre|risques(?: et \w+)?|questions ouvertes|hypoth[e\u00e8]ses|contraintes"
            r"|d[e\u00e9]cisions|annexes?|glossaire|"
            r"risiken(?: und \w+)?|offene (?:fragen|punkte)|annahmen|nicht im umfang|nicht[- ]?ziele|entscheidungen"
            r"|glossar|riesgos|fuera de alcance|preguntas|supuestos|"
            r"self-?review|review checklist|lessons(?: learned)?|what we learned.*|retrospective|anti-?patterns?"
            r"|common mistakes|faq|troubleshooting|prior art|related work"
        ),
        Topic.ASIDE,
    ),
    (
        (
            r"(?:\w+ ){0,2}(?:status|progress|state|scope|snapshot|situation)(?: tracker| report| overview| summary| "
            r"update)?|"
            r"(?:\w+ ){0,2}(?:standards?|principles?|guidelines?|conventions?|rules|policies|practices|ceremonies"
            r"|rituals|cadence|communication|values)|"
            r"(?:\w+ ){0,2}(?:problem|problem statement|challenges?)|(?:new |key |relevant |affected |critical "
            r")*(?:files?|file structure|files? to \w+|file changes|paths?|exports?)(?: needed| touched| affected)?|"
            r"(?:\w+ ){0,2}(?:interfaces?|apis?|api surface|contracts?|data models?|domain model|schemas?|components"
            r"|architecture|system design|design|modules|tech(?:nology)? stack|technologies|stack|tools|tooling)|"
            r"(?:\w+ ){0,3}(?:references?|links|reading|resources?|sources?|documentation|notes?|remarks?|legend"
            r"|changelog|change log|history|revisions?|credits)|"
            r"(?:resource |hours |effort |cost )?(?:allocation|budget|costs?|hours|effort|estimates?|estimated effort"
            r"|estimation|capacity|pricing|funding)(?: \w+)?(?: by \w+)?|development hours|"
            r"priorit(?:y|ies)(?: \d+| levels?)?(?:[ :].*)?|format|how to .*|instructions?|prerequisites?"
            r"|requirements?|inputs?|preconditions|pre-?requisites|"
            r"(?:\w+ ){0,2}(?:test matrix|testing strategy|test strategy|test plan|strategy|approach|methodology"
            r"|process|workflow)|environments?|hardware|setup notes|"
            r"implementation strategy|parallel example.*|within each .*|user story dependencies|phase dependencies"
            r"|dependencies (?:for|on|from) .*|external dependencies|"
            r"(?:current|existing|baseline) \w+|baseline|metadata|document (?:control|history|info)|approvals?"
            r"|sign-?offs?|version history|audience|about(?: .*)?|"
            r"(?:shared )?constants|patterns?|code style|security considerations|monitoring notes|observations"
            r"|findings|analysis|"
            r"added|changed|fixed|removed|deprecated|unreleased|getting started|quick ?start|installation|usage"
            r"|contributing|licen[cs]e|"
            r"run|expected|output|why|what|who|when|where|independent test|checkpoint|user stor(?:y|ies)|personas?"
            r"|use cases?|"
            r"[e\u00e9]tat(?: actuel| d'avancement)?|p[e\u00e9]rim[e\u00e8]tre|port[e\u00e9]e|fichiers"
            r"|r[e\u00e9]f[e\u00e9]rences|notes|budget|ressources|probl[e\u00e8]me|pr[e\u00e9]requis|conventions|"
            r"stand|umfang|dateien|schnittstellen|anmerkungen|voraussetzungen|problemstellung|ressourcen|alcance"
            r"|estado|archivos|recursos|notas"
        ),
        Topic.ABOUT,
    ),
)
PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), topic) for pattern, topic in WORDS)
FINISHED: Final = frozenset({"done", "completed", "finished"})
"""Headings over what is done."""
NO_WORK: Final = frozenset({Topic.ABOUT, Topic.ASIDE, Topic.AGENTS, Topic.ORDER, Topic.TIMELINE, Topic.SUMMARY})
EITHER: Final = re.compile(
    r"(?:\w+ )?(?:design|architecture|documentation|tooling|tools|components|modules|apis?|data models?|schemas?"
    r"|environments?|communication|"
    r"installation|analysis|interfaces?|stack|hardware|budget|integration|process|workflow|strategy|contracts?)",
    re.IGNORECASE,
)
NUMBERING: Final = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|[IVX]{1,5}[.)]|[A-Z][.)])\s+(?=\S)")
TAIL: Final = re.compile(r"\s*\([^()]{0,60}\)\s*$")
LONGEST: Final = 80  # characters of a heading that announces a topic
PROVING: Final = re.compile(r"(?:verification|validation|measures of success)(?: \w+)?", re.IGNORECASE)
"""What stands over criteria, or over the work of trying them."""
OUTSIDE: Final = re.compile(
    r"(?:out[ -]of[ -]scope|not in scope|non[ -]?\w+|future.*|later|ideas.*|appendix.*|examples?|alternatives.*"
    r"|(?:ideas,? )?not planned|deferred.*|"
    r"rollback.*|hors[ -]p.rim.tre|nicht im umfang|fuera de alcance|.*template.*|stretch.*|parking lot|icebox|someday"
    r"|anti-?patterns?)",
    re.IGNORECASE,
)
"""Headings below which even what is named a phase or a task is none of this plan."""
HISTORY: Final = re.compile(
    r"change ?logs?|release notes|(?:version|release) history|history|what'?s new|news|contributing(?: .*)?|readme"
    r"|code of conduct|security policy|licen[cs]e",
    re.IGNORECASE,
)
"""Titles of documents that tell what was done, or how to take part."""
RELEASE: Final = re.compile(
    r"\[?(?:release |version )?v?\d{1,8}(?:\.\d{1,8}){1,3}[\w.+-]{0,20}\]?(?:\s*[-/(\u2013:]?.{0,20}\b\d{4}\b.{0,20})?",
    re.IGNORECASE,
)
"""A heading that is a version, with a day or without one."""


def is_no_plan(headings: Sequence[str]) -> bool:
    """Whether a document of those headings, its title first, lists other things than work to do."""
    if headings and len(headings[0]) <= LONGEST and HISTORY.fullmatch(bare(headings[0])):
        return True
    return sum(RELEASE.fullmatch(one[:LONGEST]) is not None for one in headings) * 2 > len(headings) > 1


def bare(heading: str) -> str:
    """A heading without its number ("2.1"), a remark in brackets behind it, and signs around."""
    text = unnumbered(heading.strip(" :*#\u2192-\u2013\u2014"))
    return (TAIL.sub("", text) or text).strip(" :*#.\u2192")


def unnumbered(heading: str) -> str:
    """A heading without the number that it begins with."""
    found = NUMBERING.match(heading)
    return heading[found.end() :] if found else heading


@lru_cache(maxsize=4096)
def topic_of(heading: str) -> Topic:
    """What a heading or label announces."""
    if len(heading) > LONGEST:
        return Topic.OTHER
    text = bare(heading)
    found = _known(text)
    before, colon, _ = text.partition(":")
    if found is Topic.OTHER and colon and _known(before.strip()) in NO_WORK:
        return _known(before.strip())
    return found


def _known(text: str) -> Topic:
    return next((topic for pattern, topic in PATTERNS if pattern.fullmatch(text)), Topic.OTHER)


def may_be_work(heading: str) -> bool:
    """Whether a heading that mostly stands over words about the work may as well be the name of a part of it:
    "Documentation".
    """
    return EITHER.fullmatch(bare(heading)) is not None


def topic_above(above: Sequence[str]) -> Topic:
    """What the nearest heading or label above announces that announces anything."""
    known = (topic for heading in reversed(above) if (topic := topic_of(heading)) is not Topic.OTHER)
    return next(known, Topic.OTHER)


def is_outside(heading: str) -> bool:
    """Whether nothing below a heading is work of this plan, whatever it is called."""
    return len(heading) <= LONGEST and OUTSIDE.fullmatch(bare(heading)) is not None


def may_prove(heading: str) -> bool:
    """Whether a heading stands over criteria, unless what it holds is work."""
    return PROVING.fullmatch(bare(heading)) is not None
