"""Find statements of a document that contradict each other, with both lines."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.joining import begin_early
from orchestrator.importers.outline import Line
from orchestrator.plan.values import spell_duration

NUMBERS: Final = {
    word: count
    for count, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
COUNTED: Final = re.compile(
    r"\b(?P<count>\d+|" + "|".join(NUMBERS) + r")\s+(?:\w+\s+)?(?P<noun>workstreams|phases|tracks)\b", re.IGNORECASE
)
LONGEST: Final = 400  # characters of a line that are looked at
STAGES: Final = 20  # that are looked at
FIRST: Final = re.compile(r"\b(when|once|after|as soon as)\b.*\bfirst\b|\bfirst\b.*\bcompletes?\b", re.IGNORECASE)
AFTER_ALL: Final = re.compile(r"\b(when|once|after)\b.*\b(all|every|everything)\b", re.IGNORECASE)
FINISHED: Final = re.compile(r"\b(complete[ds]?|done|finished)\b", re.IGNORECASE)


def find_contradictions(draft: Draft, lines: Sequence[Line]) -> None:
    """Note every contradiction that the checks below find. A stage that may begin early as well as late begins as
    early as can be.
    """
    checks = (_counts, _statuses, _beginnings, _durations)
    for line, text in (*(found for check in checks for found in check(draft, lines)), *_ends(draft)):
        draft.note(line, Concern.CONTRADICTION, text)


def _counts(draft: Draft, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Find "three parallel workstreams" where there are four."""
    streams = [group for group in draft.groups.values() if not group.stage]
    for line in lines:
        for found in COUNTED.finditer(line.text[:LONGEST]):
            count = NUMBERS.get(found["count"].lower()) or int(found["count"][:9])
            if streams and count != len(streams):
                where = ", ".join(str(group.line) for group in streams)
                yield line.number, f"{found[0]!r} here, but there are {len(streams)} (lines {where})"


def _beginnings(draft: Draft, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """One line lets a stage begin after everything, another after the first."""
    for stage in [group for group in draft.groups.values() if group.stage][:STAGES]:
        word = stage.title.split()[-1].lower()
        said = [line for line in lines if word in f"{' '.join(line.above[-2:])} {line.text}".lower()]
        early = [line for line in said if word in line.text.lower() and FIRST.search(line.text[:LONGEST])]
        late = [
            line
            for line in said
            if word in line.text.lower()
            and AFTER_ALL.search(line.text[:LONGEST])
            and not FIRST.search(line.text[:LONGEST])
        ]
        if not early or not late:
            continue
        way = (
            "each of its points waits for those that it names"
            if begin_early(draft, stage, lines)
            else "it waits for all"
        )
        for one in early:
            yield one.number, f"{one.text!r}, but line {late[0].number} says {late[0].text!r}; in the plan {way}"


def _statuses(_draft: Draft, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """The document's own status, said twice and not alike."""
    said = [line for line in lines if line.key == "status" and len(line.above) <= 2]
    for first, other in pairwise(said):
        if first.text.lower() != other.text.lower():
            yield other.number, f"status {other.text!r} here, but line {first.number} says {first.text!r}"


def _durations(draft: Draft, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """The head's estimate and the timeline's end."""
    if draft.estimate is None or not draft.timeline:
        return
    at, event, _, line = max(draft.timeline)
    if FINISHED.search(event) and at != draft.estimate:
        head = next((one.number for one in lines if "duration" in one.key or "estimate" in one.key), 0)
        yield line, f"ends after {spell_duration(at)}, but line {head} estimates {spell_duration(draft.estimate)}"


def _ends(draft: Draft) -> Iterator[tuple[int, str]]:
    """A workstream's estimate and the moment at which the timeline has it done."""
    for at, _, done, line in draft.timeline:
        for name in done:
            group = draft.groups[name]
            if group.estimate is not None and not (group.needs or group.stage) and group.estimate != at:
                said = f"{group.title} is done after {spell_duration(at)}, but line {group.line} estimates"
                yield line, f"{said} {spell_duration(group.estimate)}"
