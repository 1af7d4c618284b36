"""A plan in the making: what a reader of foreign formats fills in, and its notes on what it could not."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

SMALL_WORDS: Final = frozenset(
    {"a", "an", "and", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"}
)


class Concern(StrEnum):
    """What a note is about."""

    CONTRADICTION = "contradiction"
    NOT_UNDERSTOOD = "not understood"
    READ_AS = "read as"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should look at. line: in the source, from 1; 0 for the whole."""

    line: int
    concern: Concern
    text: str


@dataclass(slots=True)
class DraftTask:
    """needs: as the source names them; None where it says nothing, so that order decides."""

    title: str
    line: int
    key: str = ""
    agent: str = ""
    estimate: float | None = None
    needs: list[str] | None = None


@dataclass(slots=True)
class DraftCriterion:
    """target: in a plan's words. row: the summary's row that it was made for, if any."""

    title: str
    line: int
    target: str


@dataclass(slots=True)
class DraftGroup:
    """A workstream or a stage. needs: ids of groups."""

    id: str
    title: str
    line: int
    stage: bool = False
    goal: str = ""
    lead: str = ""
    supporting: list[str] = field(default_factory=list)
    estimate: float | None = None
    needs: list[str] = field(default_factory=list)
    tasks: list[DraftTask] = field(default_factory=list)
    deliverables: list[tuple[str, int]] = field(default_factory=list)
    criteria: list[DraftCriterion] = field(default_factory=list)


@dataclass(slots=True)
class DraftAgent:
    """specialty may be empty until another line gives it. line: where it is first named; 0 where no line is known."""

    specialty: str = ""
    duty: str = ""
    line: int = 0


@dataclass(slots=True)
class Draft:
    """The plan so far; `write_plan` makes a plan's text of it."""

    source: str
    id: str = "imported"
    title: str = ""
    summary: str = ""
    date: str = ""
    estimate: float | None = None
    agents: dict[str, DraftAgent] = field(default_factory=dict)
    groups: dict[str, DraftGroup] = field(default_factory=dict)
    metrics: list[tuple[str, str, int]] = field(default_factory=list)
    timeline: list[tuple[float, str, list[str], int]] = field(default_factory=list)
    progress: tuple[float, float | None] | None = None
    next_steps: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, line: int, concern: Concern, text: str) -> None:
        """Tell a person."""
        self.notes.append(Note(line, concern, text))

    def agent(self, name: str, *, specialty: str = "", duty: str = "", line: int = 0) -> str:
        """The agent of that name, as a plan can spell it, known from now on.

        What is said first about it counts, and what says otherwise is told.
        """
        name = _spelled(name)
        agent = self.agents.setdefault(name, DraftAgent(line=line))
        for said, before in ((specialty, agent.specialty), (duty, agent.duty)):
            if said and before and said.lower() not in before.lower():
                self.note(
                    line, Concern.CONTRADICTION, f"{name} is {said!r} here, and {before!r} before; the first counts"
                )
        agent.specialty = agent.specialty or specialty
        agent.duty = agent.duty or duty
        return name


def _spelled(name: str) -> str:
    """Letters, digits, - and _ of ASCII, beginning with a letter: José Pérez -> Jose-Perez."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:64]
    return found if found[:1].isalpha() else f"agent-{found}".rstrip("-")[:64]


def place_name(group: str, place: int) -> str:
    """What `DraftTask.needs` may call the task at a place of a group, from 0, whatever its title is."""
    return f"{group}#{place}"


def identifier(text: str, taken: Collection[str] = (), *, words: int = 4, fallback: str = "x") -> str:
    """A plan's identifier from a title: its first significant words, lower case, joined by "-", not yet taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in SMALL_WORDS][:words]
    base = "-".join(found)[:48] or fallback
    base = base if base[0].isalpha() else f"{fallback}{base}"
    name, count = base, 2
    while name in taken:
        name, count = f"{base}-{count}", count + 1
    return name
