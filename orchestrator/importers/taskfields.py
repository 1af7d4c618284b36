"""A table of field names before a colon, in the words and languages that people use, and what each means."""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from orchestrator.importers.outline import Kind, Line


class Means(Enum):
    """What a field says."""

    ESTIMATE = auto()
    LEAD = auto()
    SUPPORT = auto()
    GOAL = auto()
    NEEDS = auto()
    DATE = auto()
    STATUS = auto()
    TASKS = auto()
    CRITERIA = auto()
    DELIVERABLES = auto()
    TITLE = auto()
    NOTHING = auto()


NAMES: Final = (
    (
        (r"(?:.* )?(?:estimates?|duration|effort|estimated time|time needed|dur\u00e9e|dauer|aufwand|esfuerzo"
         r"|duraci\u00f3n|charge)(?: estim\u00e9e)?|"
        r"(?:duration|estimated|estimate|effort|est)\.?(?: .*)?|time|hours|size|dur\u00e9e estim\u00e9e|story points"
        r"|points"),
        Means.ESTIMATE,
    ),
    ((r"(?:(?:project|workstream|team|tech|technical|phase|task|delivery) (?:lead|owner|manager)|chef(?:fe)? de projet"
     r"|projektleit(?:er|erin|ung)|jefe de proyecto)|"
     r"(?:lead|owner|assignee|assigned(?: to)?|responsible|responsable|verantwortlich\w*|zust\u00e4ndig|agent|who"
     r"|pilote|encargado|dri)(?: .*)?"), Means.LEAD),
    (r"(?:supporting|support|contributors|helpers|participants)(?: .*)?", Means.SUPPORT),
    (r"goal|objective|description|purpose|aim|objectif|but|ziel|objetivo|outcome", Means.GOAL),
    (
        (r"(?:depends|dependencies|dependency|requires|blocked|depends[ _]on|needs|predecessors?|after|waits"
         r"|d\u00e9pend|d\u00e9pendances?|abh\u00e4ngig\w*|"
        r"abh\u00e4ngigkeit\w*|vorg\u00e4nger|depende|dependencias|prerequisite tasks?)(?: .*)?|depends_on"),
        Means.NEEDS,
    ),
    (r"date|created|datum|fecha|last updated|updated", Means.DATE),
    (r"(?:current )?(?:status|state|statut|\u00e9tat|stand|estado|progress)", Means.STATUS),
    (r"tasks?|t\u00e2ches|aufgaben|tareas|steps|work|sub-?tasks|actions|todo", Means.TASKS),
    ((r"(?:success|acceptance|exit|completion|done)(?: criteria| criterion)?|done when|crit\u00e8res?.*|definition of "
     r"done"), Means.CRITERIA),
    (r"deliverables?|outputs?|livrables?", Means.DELIVERABLES),
    (r"title|name|titre|titel", Means.TITLE),
    (
        (r"priority|priorit\u00e9|priorit\u00e4t|prioridad|risk(?: level)?|complexity|(?:execution )?mode|version"
         r"|author|type|labels?|tags?|milestone|sprint|"
        r"due(?: date)?|deadline|start(?: date)?|end(?: date)?|finish|team size|methodology|created by|id|category"
        r"|component|reviewer"),
        Means.NOTHING,
    ),
)  # fmt: skip
PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), means) for pattern, means in NAMES)
OF_TASKS: Final = frozenset({Means.ESTIMATE, Means.LEAD, Means.NEEDS, Means.STATUS})
LONGEST: Final = 40
RANKED: Final = re.compile(r"priority|priorit\u00e9|priorit\u00e4t", re.IGNORECASE)


@lru_cache(maxsize=4096)
def meaning(key: str) -> Means | None:
    """What a field of that name says; None for a name that no plan knows."""
    if not key or len(key) > LONGEST:
        return None
    return next((means for pattern, means in PATTERNS if pattern.fullmatch(key)), None)


def is_task_field(line: Line) -> bool:
    """Whether it is a field that tasks have: estimate, assignee, dependencies, status or priority."""
    if line.kind not in {Kind.FIELD, Kind.ITEM} or not line.key or line.box:
        return False
    return meaning(line.key) in OF_TASKS or RANKED.fullmatch(line.key) is not None
