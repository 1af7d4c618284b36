"""Rounds as data: what an agent handed in, and what became of it."""

from dataclasses import dataclass
from typing import Final

from orchestrator.evidence.verdict import Verdict

SILENT: Final = "silent for "
"""How a note begins by which we, and not the agent, say that it has said nothing for long."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One turn of an agent, as it was seen from outside.

    driver: how it was driven. name: what the agent calls itself, with its version, "" where it does not say. session: by which it can
    be continued, "" where it cannot. stop: the reason it gave for ending its turn; it is told, and never taken for success.
    sandbox: what it was kept in. said: its last words, at most a few thousand characters: a claim.
    refused: what it asked for and was refused, in the order it asked.
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
    """The commit that an agent left. base, commit: full ids. files: what differs from the base, sorted. repo: where it is, as a path."""

    repo: str
    branch: str
    base: str
    commit: str
    files: tuple[str, ...]
    talk: Talk


@dataclass(frozen=True, slots=True)
class Round:
    """One prompt and the judgement of what came of it.

    number counts from 1 within the task; attempt: the one that it was. passed: every criterion of `until` PASSed and every
    instrument ended well. why: in one sentence where it did not. hand_in: None where nothing was handed in.
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
    """What a merge made of one hand-in. commit: of the joined tree, "" where it was not joined. why: it was not, in one sentence."""

    task: str
    hand_in: str
    commit: str
    why: str = ""
    verdicts: tuple[Verdict, ...] = ()
