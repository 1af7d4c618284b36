"""Rounds as data: what an agent handed in, and the result."""

from typing import Final

from orchestrator.evidence.verdict import Verdict
from orchestrator.records import dataclass

SILENT: Final = "silent for "
"""The beginning of a note in which we, not the agent, report that the agent has been silent for long."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One turn of an agent, as seen from outside.

    driver: the driver of the turn. name: the agent's own name with its version, "" if it does not say. session: by
    which it can be continued, "" if it cannot. stop: the reason it gave for ending its turn, which never counts as
    success. sandbox: the sandbox that it ran in. said: its last words, at most a few thousand characters: a claim.
    refused: its refused requests, in order.
    """

    driver: str
    name: str = ""
    session: str = ""
    stop: str = ""
    sandbox: str = ""
    said: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandIn:
    """The commit that an agent left.

    base, commit: full ids. files: what differs from the base, sorted. repo: the path of the repository.
    """

    repo: str
    branch: str
    base: str
    commit: str
    files: tuple[str, ...]
    talk: Talk


@dataclass(frozen=True, slots=True)
class Round:
    """One prompt and the judgement of its result.

    number: counts from 1 within the task. attempt: the round's attempt. passed: every criterion of `until` PASSed and
    every instrument ended well. why: one sentence if it did not pass. hand_in: None if nothing was handed in.
    """

    number: int
    attempt: int
    passed: bool
    why: str
    verdicts: tuple[Verdict, ...] = ()
    hand_in: HandIn | None = None
    talk: Talk | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """What a merge made of one hand-in.

    commit: of the joined tree, "" if it was not joined. why: why it was not, in one sentence.
    """

    task: str
    hand_in: str
    commit: str
    why: str = ""
    verdicts: tuple[Verdict, ...] = ()
