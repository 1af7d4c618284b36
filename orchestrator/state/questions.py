"""Questions that agents put to people while they work, and what people answer. Nobody waits for either. Pure."""

from dataclasses import replace
from typing import Final

from orchestrator.records import dataclass

ASKS: Final = "asks a person: "
"""How a note begins by which an agent asks a person."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person answered. id: by which who gives it twice is known; by, user, channel: as of an `Answer`; at:
    wall clock seconds.
    """

    id: str
    text: str
    by: str
    user: str
    channel: str
    at: float


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a task. number: from 1 within the task; at: wall clock seconds; reply: None while nobody
    answered.
    """

    task: str
    number: int
    attempt: int
    text: str
    at: float
    reply: Reply | None = None

    @property
    def name(self) -> str:
        """By which people and agents name it: GROUP.task/NUMBER."""
        return f"{self.task}/{self.number}"


Questions = tuple[Question, ...]


def noted(before: Questions, task: str, attempt: int, text: str, at: float) -> Questions:
    """The questions after a note, which may be one."""
    if not text.startswith(ASKS):
        return before
    return (*before, Question(task, len(before) + 1, attempt, text.removeprefix(ASKS), at))


def answered(before: Questions, number: int, reply: Reply) -> Questions:
    """The questions after an answer."""
    return tuple(replace(each, reply=reply) if each.number == number else each for each in before)


def open_one(questions: Questions, number: int) -> Question | None:
    """The question of that number while nobody has answered it."""
    return next((each for each in questions if each.number == number and each.reply is None), None)


def told(question: Question, reply: Reply) -> str:
    """The answer as a note of the task."""
    return f"{reply.by} answers {question.name}: {reply.text}"
