"""Headings that name a group or a task of the work: "Phase 2 - Title", "WP3: Title", "TASK-001: Title"."""

import re
from typing import Final

from orchestrator.importers.topics import LONGEST, unnumbered

NUMBER: Final = (
    r"\d{1,3}(?:\.\d{1,3}){0,3}[A-Za-z]?|[A-Z]\d{0,3}|[IVX]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|un"
    r"|deux|trois|eins|zwei|drei"
)
SEPARATOR: Final = r"\s*(?:[:\u2014\u2013.|)]|\s-\s|-(?=\s))\s*"
PARALLEL: Final = (
    r"work\s?stream|track|stream|lane|epic|feature|chantier|arbeitspaket|work package|package|lot|module|component"
    r"|squad|area|paquete|user story|story"
)
SERIAL: Final = (
    r"phase|stage|sprint|milestone|iteration|wave|increment|week|day|month|quarter|step|\u00e9tape|etape|jalon"
    r"|semaine|etappe|meilenstein|woche|fase|etapa|hito|semana|schritt"
)
AIM: Final = r"objective|goal|theme|pillar|outcome|initiative|objectif|ziel|objetivo"
"""What may be the name of a group of work as well as words about it: what stands below decides."""
AIMED: Final = re.compile(rf"(?P<noun>{AIM})\s+(?P<id>{NUMBER})(?:{SEPARATOR}(?P<title>\S.*))?", re.IGNORECASE)
OF_WHAT: Final = r"(?:(?:implementation|development|project|delivery|migration|rollout) )?"
BEHIND: Final = rf"(?:{SEPARATOR}(?P<title>\S.*)|\s+\([^()]{{1,60}}\))?"
"""A title, or only a remark in brackets: "Week 1 (5-9 January)"."""
WORKSTREAM: Final = re.compile(rf"(?P<noun>{PARALLEL})\s+(?P<id>{NUMBER}){BEHIND}", re.IGNORECASE)
PHASE: Final = re.compile(rf"{OF_WHAT}(?P<noun>{SERIAL})\s+(?P<id>{NUMBER}){BEHIND}", re.IGNORECASE)
UNNUMBERED: Final = re.compile(rf"(?:{PARALLEL}|{SERIAL}|task)\s*:\s*(?P<title>\S.*)", re.IGNORECASE)
MARKED: Final = re.compile(rf"(?P<noun>M|MS)\s?-?(?P<id>\d{{1,3}}(?:\.\d{{1,3}})?)(?:{SEPARATOR}(?P<title>\S.*))")
SHORT: Final = re.compile(rf"(?P<noun>WS|WP|AP)\s?-?(?P<id>\d{{1,3}}|[A-Z])(?:{SEPARATOR}(?P<title>\S.*))")
TASK: Final = re.compile(
    rf"(?:task|t\u00e2che|tache|aufgabe|tarea|ticket|work item|action item|action|subtask|item|todo)(?:\s*#?(?=\d)"
    rf"|\s+)(?P<id>{NUMBER})(?:{SEPARATOR}|\s+)(?P<title>\S.*)",
    re.IGNORECASE,
)
KEYED: Final = re.compile(
    r"\[?(?P<id>(?:[A-Z]{1,10}[-_]?){1,2}\d{1,5}(?:[.-]\d{1,4}){0,3}[a-z]?)\]?(?:\s*[:\u2014\u2013|.)]\s*|\s+-\s+"
    r"|\s+)(?P<title>\S.*)"
)
NO_TASK: Final = re.compile(
    r"(?:ADR|FR|NFR|SC|RISK|UC|REQ|AC|OQ|KR|Q|GOAL|CON|ALT|GUD|ISO|RFC|CVE|PEP|IEC|EN|DIN)[-_]?\d"
)
"""Ids of requirements, decisions, risks and standards."""
STEP: Final = re.compile(
    rf"(?:step|\u00e9tape|etape|schritt|paso)\s+(?P<id>{NUMBER}){SEPARATOR}(?P<title>\S.*)", re.IGNORECASE
)


def names_group(text: str) -> re.Match[str] | None:
    """The parts of "Workstream B: Title", "Phase 2 - Title", "WP3: Title"; None for any other heading."""
    if len(text) > 300:
        return None
    plain = unnumbered(text)
    named = WORKSTREAM.fullmatch(plain) or AIMED.fullmatch(plain)
    return named or PHASE.fullmatch(plain) or SHORT.fullmatch(plain) or MARKED.fullmatch(plain)


def without_noun(heading: str) -> str:
    """A heading without the noun that says what it names: "Story: Pay by card"."""
    found = UNNUMBERED.fullmatch(heading[:LONGEST])
    return found["title"] if found else heading


def is_aim(found: re.Match[str]) -> bool:
    """Whether the noun is one that names aims more often than parts of the work."""
    return found.re is AIMED


def is_serial(found: re.Match[str]) -> bool:
    """Whether groups of this noun follow each other: phases do, workstreams do not."""
    return found.re is PHASE or found.re is MARKED


def names_task(text: str) -> re.Match[str] | None:
    """The parts of "Task 1.1: Title", "TASK-001: Title", "Step 3: Title"; None for any other heading."""
    if len(text) > 300:
        return None
    plain = unnumbered(text)
    found = KEYED.fullmatch(plain)
    keyed = found if found and not NO_TASK.match(found["id"]) and _is_key(found) else None
    return TASK.fullmatch(plain) or keyed or STEP.fullmatch(plain)


def _is_key(found: re.Match[str]) -> bool:
    """Whether what stands first is an id and no name ("HTTP2 server"): it has a hyphen or three digits, or a colon
    behind it.
    """
    own = found["id"]
    return (
        "-" in own
        or "_" in own
        or sum(sign.isdigit() for sign in own) >= 3
        or found[0][len(own) :].lstrip("]")[:1] in ":.)|"
    )
