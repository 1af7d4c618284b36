"""What the headings and labels of a work breakdown announce, in the words that people use for it."""

import re
from enum import StrEnum
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
    OTHER = "other"


WORDS: Final = (
    (r"(success )?metrics( summary)?|kpis?", Topic.METRICS),
    (r"(success|acceptance|exit|completion) criteria|definition of done|criteria", Topic.CRITERIA),
    (r"deliverables?|outputs?|artifacts?", Topic.DELIVERABLES),
    (r"timeline|milestones", Topic.TIMELINE),
    (r"next steps?", Topic.NEXT),
    (r"agents?( assignments?)?|team|roles|(primary|supporting) (leads?|roles?)|owners|people", Topic.AGENTS),
    (r"(task )?(dependencies|dependency notes|order)", Topic.ORDER),
    (r"integration( points| steps)?", Topic.INTEGRATION),
    (r"(executive )?(overview|summary)|goals?|objectives?|context|background", Topic.SUMMARY),
    (r"tasks?( list)?|to-?dos?|steps|work items|action items|backlog|checklist", Topic.TASKS),
)
PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), topic) for pattern, topic in WORDS)

WORKSTREAM: Final = re.compile(
    r"(?:work\s?stream|track|stream)\s+(?P<id>[A-Za-z0-9]{1,12})\s*(?:[:\u2014\u2013-]\s*(?P<title>.+))?", re.IGNORECASE
)
PHASE: Final = re.compile(
    r"(?P<noun>phase|stage|sprint|milestone|epic|step)\s+(?P<id>[A-Za-z0-9.]{1,12})\s*(?:[:\u2014\u2013-]\s*(?P<title>.+))?",
    re.IGNORECASE,
)


def topic_of(heading: str) -> Topic:
    """What a heading or label announces."""
    text = heading.strip(" :")
    return next((topic for pattern, topic in PATTERNS if pattern.fullmatch(text)), Topic.OTHER)


def topic_above(above: tuple[str, ...]) -> Topic:
    """What the nearest heading or label above announces that announces anything."""
    known = (topic for heading in reversed(above) if (topic := topic_of(heading)) is not Topic.OTHER)
    return next(known, Topic.OTHER)
