"""A draft of a plan. Importers fill it in, and note what they could not read."""

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
    TO_MEASURE = "to be measured"
    MISSING = "missing"
    DONE = "done"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should look at. line: in the source, from 1; 0 for the whole.

    kind: notes of one kind are told together where there are many. rest: the lines of further notes that this one
    stands for.
    """

    line: int
    concern: Concern
    text: str
    kind: str = ""
    rest: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """All lines that it is about."""
        return (self.line, *self.rest)


class Names:
    """Gives names that are not given yet, each in a time that does not grow with how many there are. reserved:
    names that none may be.
    """

    def __init__(self, reserved: Collection[str] = ()) -> None:
        self.reserved = reserved
        self.given: dict[str, None] = {}
        self.counts: dict[str, int] = {}

    def is_free(self, name: str) -> bool:
        """Whether nobody has it."""
        return name not in self.given and name not in self.reserved

    def give(self, base: str) -> str:
        """The name itself where it is free, else with the next number behind it."""
        name, count = base, self.counts.get(base, 1)
        while not self.is_free(name):
            count += 1
            name = f"{base}-{count}"
        self.counts[base] = count
        self.given[name] = None
        return name

    def give_title(self, title: str, *, words: int = 4, fallback: str = "x") -> str:
        """An identifier of a title."""
        return self.give(identifier(title, words=words, fallback=fallback))


@dataclass(slots=True)
class DraftTask:
    """needs: as the source names them; None where it says nothing, so that order decides.

    done: the source says that it is. ref: what `needs` may call it besides its key and title. beside: it waits for what
    the task before it waits for, not for that. story: the user story that it belongs to. row: it is a table's.
    numbered: its list is, as 1, 2, 2.1. given_up: nobody will do it.
    """

    title: str
    line: int
    key: str = ""
    agent: str = ""
    estimate: float | None = None
    needs: list[str] | None = None
    done: bool = False
    ref: str = ""
    beside: bool = False
    story: str = ""
    row: bool = False
    numbered: bool = False
    given_up: bool = False


@dataclass(slots=True)
class DraftDeliverable:
    """task: the one that leaves it behind; None for the last of its group."""

    title: str
    line: int
    task: DraftTask | None = None
    done: bool = False


@dataclass(slots=True)
class DraftCriterion:
    """target: in a plan's words. row: the summary's row that it was made for, if any."""

    title: str
    line: int
    target: str


@dataclass(slots=True)
class DraftGroup:
    """A workstream or a stage. needs: ids of groups. within: the group that it is a part of; "" for none. key: its
    number in a table.
    """

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
    deliverables: list[DraftDeliverable] = field(default_factory=list)
    within: str = ""
    key: str = ""
    done: bool = False
    criteria: list[DraftCriterion] = field(default_factory=list)


@dataclass(slots=True)
class DraftAgent:
    """specialty may be empty until another line gives it. line: where it is first named; 0 where no line is known."""

    specialty: str = ""
    duty: str = ""
    line: int = 0


@dataclass(slots=True)
class Draft:
    """The plan so far; `write_plan` makes a plan's text of it.

    criteria, deliverables: of the whole, which some group has to take. taken: the source's lines that are in the plan.
    headings, code: the lines of the source that are such.
    """

    source: str
    id: str = "imported"
    title: str = ""
    summary: str = ""
    date: str = ""
    lead: str = ""
    estimate: float | None = None
    agents: dict[str, DraftAgent] = field(default_factory=dict)
    groups: dict[str, DraftGroup] = field(default_factory=dict)
    metrics: list[tuple[str, str, int]] = field(default_factory=list)
    baselines: dict[int, str] = field(default_factory=dict)
    timeline: list[tuple[float, str, list[str], int]] = field(default_factory=list)
    progress: tuple[float, float | None] | None = None
    next_steps: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    criteria: list[DraftCriterion] = field(default_factory=list)
    deliverables: list[DraftDeliverable] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    names: Names = field(default_factory=Names)
    headings: set[int] = field(default_factory=set)
    code: set[int] = field(default_factory=set)

    def note(self, line: int, concern: Concern, text: str, kind: str = "") -> None:
        """Tell a person."""
        self.notes.append(Note(line, concern, text, kind))

    def new_group(self, name: str, title: str, line: int) -> DraftGroup:
        """A group of that name, or of the name with a number behind it; it is in the draft from now on."""
        own = self.names.give(name)
        self.groups[own] = DraftGroup(own, title, line)
        return self.groups[own]

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
    found = [word for word in re.findall(r"[a-z0-9]+", plain[:400]) if word not in SMALL_WORDS][:words]
    base = "-".join(found)[:48].rstrip("-") or fallback
    base = base if base[0].isalpha() else f"{fallback}{base}"
    if base not in taken:
        return base
    return Names(taken).give(base)


def task_ids(draft: Draft, group: DraftGroup) -> list[str]:
    """Ids of a group's tasks; none is a group's, which would then be out of reach from inside."""
    names = Names(draft.groups)
    for task in group.tasks:
        own = re.sub(r"[^A-Za-z0-9_-]", "-", task.key)[:48]
        own = own if own[:1].isalpha() else f"t{own}"
        base = identifier(task.title, fallback="t")
        base = f"{base}-task" if base in draft.groups else base
        names.give(own if task.key and names.is_free(own) else base)
    return list(names.given)
