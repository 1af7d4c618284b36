"""The account of an import: where each line of the source went, and its notes, few enough to read."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from orchestrator.importers.draft import Concern, Draft, Note

MOST: Final = 40
ALWAYS: Final = (
    "size",
    "words about the work",
    "details of tasks",
    "done",
    "column ",
    "working days",
    "nothing says",
    "groups without a lead",
)
"""How kinds begin that are told once, however few notes there are."""
TOLD: Final = 3  # notes of a kind that are told one by one
SHOWN: Final = 3  # texts that a note for many shows
RARE: Final = 0.25  # of a document that is a plan, a larger share of the lines is in the plan


def text_lines(text: str) -> list[int]:
    """The numbers of the lines that carry text: that have a letter or a digit."""
    return [number for number, line in enumerate(text.split("\n"), 1) if any(sign.isalnum() for sign in line)]


def told(notes: Iterable[Note]) -> list[Note]:
    """At most 40 notes: contradictions first, then what was not understood; many of a kind as one, with all their
    lines.
    """
    ordered = in_order(notes)
    for limit in (TOLD, 1):
        folded = [one for kind in _kinds(ordered) for one in _folded(kind, limit)]
        if len(folded) <= MOST:
            return in_order(folded)
    kept, rest = in_order(folded)[: MOST - 1], in_order(folded)[MOST - 1 :]
    lines = sorted({line for note in rest for line in note.lines})
    return [*kept, Note(lines[0], Concern.NOT_UNDERSTOOD, f"{len(lines)} more lines with notes", rest=tuple(lines[1:]))]


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Contradictions first, then what was not understood; by line."""
    rank = {concern: index for index, concern in enumerate(Concern)}
    return sorted(notes, key=lambda note: (rank[note.concern], note.line))


def _kinds(notes: Sequence[Note]) -> list[list[Note]]:
    """The notes by concern and kind; what has no kind stands alone."""
    kinds: dict[tuple[Concern, str], list[Note]] = {}
    for place, note in enumerate(notes):
        kinds.setdefault((note.concern, note.kind or f"#{place}"), []).append(note)
    return list(kinds.values())


def _folded(notes: list[Note], limit: int) -> list[Note]:
    kind = notes[0].kind
    if len(notes) == 1 or (len(notes) <= limit and not kind.startswith(ALWAYS)):
        return notes
    texts = list(dict.fromkeys(note.text for note in notes))
    shown = "; ".join(text[:80] for text in texts[:SHOWN]) + (" \u2026" if len(texts) > SHOWN else "")
    lines = sorted({line for note in notes for line in note.lines if line})
    first, rest = (lines[0], tuple(lines[1:])) if lines else (0, ())
    return [Note(first, notes[0].concern, f"{kind} ({len(notes)}): {shown}", kind, rest)]


def spelled_lines(note: Note) -> str:
    """As in "12", or "12-14, 20" where a note stands for several lines."""
    parts = []
    numbered = enumerate(sorted(set(note.lines)))
    for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        lines = [line for _, line in run]
        parts.append(f"{lines[0]}-{lines[-1]}" if len(lines) > 1 else str(lines[0]))
    return ", ".join(parts[:12]) + (", \u2026" if len(parts) > 12 else "")


def account(draft: Draft, text: str) -> str:
    """As in "57 lines with text: 31 in the plan, 9 in notes, 17 prose; 5 groups, 12 tasks (3 done), 3 criteria"."""
    lines = set(text_lines(text))
    noted = {
        line
        for note in draft.notes
        for line in note.lines
        if note.concern is not Concern.READ_AS and note.concern is not Concern.DONE
    }
    inside = lines & draft.taken
    beside = (lines & noted) - inside
    where = (
        f"{len(lines)} lines with text: {len(inside)} in the plan, {len(beside)} in notes, "
        f"{len(lines - inside - beside)} prose"
    )
    return f"{where}; {counts(draft)}"


def counts(draft: Draft) -> str:
    """Groups, tasks, done ones and criteria of a draft."""
    tasks = [task for group in draft.groups.values() for task in group.tasks]
    done = sum(task.done for task in tasks)
    criteria = sum(len(group.criteria) for group in draft.groups.values())
    groups = f"{len(draft.groups)} group{'' if len(draft.groups) == 1 else 's'}"
    told = f"{len(tasks)} task{'' if len(tasks) == 1 else 's'} ({done} done)"
    return f"{groups}, {told}, {criteria} criteri{'on' if criteria == 1 else 'a'}"


def is_hardly_a_plan(draft: Draft, text: str) -> bool:
    """Whether so few lines of a document of some length, and so few of its headings, are in the plan that it is
    probably none.
    """
    lines = set(text_lines(text)) - draft.code
    headings = draft.headings & draft.taken
    few = len(lines) >= 20 and len(lines & draft.taken) < RARE * len(lines)
    return few and len(headings) * 3 < len(draft.headings)
