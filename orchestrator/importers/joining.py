"""What the points of a stage wait for, if a document names both an early and a late start of the stage."""

import re
from collections.abc import Sequence
from typing import Final

from orchestrator.importers.draft import Draft, DraftGroup, place_name
from orchestrator.importers.outline import Kind, Line
from orchestrator.importers.topics import Topic, topic_above

LONGEST: Final = 400  # characters of a line that are looked at
SHORT_NAME: Final = re.compile(r"\bworkstream\s+(?P<id>\w+)\s*\((?P<name>[^)]+)\)", re.IGNORECASE)
AFTER_STREAMS: Final = re.compile(
    r"(?P<stage>\w+)\s+(?:runs|begins|starts|happens)\s+(?:after|once|when)\s+(?:all|every)\b.*\b(?:workstreams?"
    r"|tracks?|complete)\b",
    re.IGNORECASE,
)


def wait_for_all(draft: Draft, lines: Sequence[Line]) -> None:
    """A stage of which a line says that it runs after all workstreams needs each of them, besides what it stands
    under.
    """
    streams = [group.id for group in draft.groups.values() if not group.stage]
    for line in lines:
        found = AFTER_STREAMS.search(line.text[:LONGEST]) if line.kind is Kind.ITEM else None
        if found is None or topic_above(line.above) not in {Topic.NEXT, Topic.ORDER}:
            continue
        for stage in draft.groups.values():
            if stage.stage and stage.title.split()[-1].lower() == found["stage"].lower():
                stage.needs = list(dict.fromkeys([*streams, *stage.needs]))


def begin_early(draft: Draft, stage: DraftGroup, lines: Sequence[Line]) -> bool:
    """Let each point wait for the one before it and for the workstreams that it is the first to name; whether that can
    be done.

    So the stage begins with the first and ends after all: what no point names, the last one waits for. It cannot be
    done where the first point names no workstream.
    """
    names = _words_of(draft, lines)
    waiting: list[list[str]] = []
    left = list(names)
    for point in stage.tasks:
        said = _stems(point.title)
        waiting.append([name for name in left if names[name] & said])
        left = [name for name in left if name not in waiting[-1]]
    if not waiting or not waiting[0]:
        return False
    waiting[-1] += left
    for place, (point, groups) in enumerate(zip(stage.tasks, waiting, strict=True)):
        point.needs = [*([place_name(stage.id, place - 1)] if place else []), *groups]
    stage.needs = []
    return True


def _words_of(draft: Draft, lines: Sequence[Line]) -> dict[str, set[str]]:
    """The words by which a point names a workstream: of its short name, "Workstream D (Adaptive)", or of its title."""
    said = {found["id"]: found["name"] for line in lines for found in SHORT_NAME.finditer(line.text[:LONGEST])}
    return {name: _stems(said.get(name, group.title)) for name, group in draft.groups.items() if not group.stage}


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}
