"""What people are asked, and what they answer, as plain data. Pure."""

from dataclasses import fields
from enum import StrEnum
from typing import Final

from orchestrator.records import dataclass


class Word(StrEnum):
    """What a person says. DONE: of a task that a person does; the others of a gate."""

    APPROVED = "approved"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Bound:
    """What an answer holds for, each as a digest; it is void once one of them changes.

    commit: the full id of the commit that is approved, sha256 of its evidence where that is not a commit, "" where it
    is of nothing in particular. plan: of the plan's text and settings; criteria: of all its criteria as they are read;
    agents: of the agents' files.
    """

    commit: str
    plan: str
    criteria: str
    agents: str

    @property
    def told(self) -> str:
        """What it is about, in short: a commit, the digest of evidence, or nothing."""
        kind = "commit" if len(self.commit) == COMMIT else "digest"
        return f"{kind} {self.commit[:12]}" if self.commit else ""


COMMIT: Final = 40
"""Digits of a commit's id. One of a repository with sha256 is told as a digest, which it is."""
WORDS: Final = {
    "commit": "what it is about",
    "plan": "the plan",
    "criteria": "the criteria",
    "agents": "an agent's file",
}
"""The parts of a `Bound`, and what to call them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for a person. gate: it wants a yes or a no; otherwise a person is to do the task. who: the
    agent of the plan that is asked; of: the task that it is about, "" for none.

    until: wall clock seconds after which it is not waited for any more, None for no limit.
    """

    gate: bool
    who: str
    text: str
    of: str
    bound: Bound
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said, and all that is known of that.

    id: by which who gives it twice is known. by: their name, as they gave it; user: of the operating system, on whose
    behalf it came; channel: "cli", "page", "python" or "mcp". void: why it does not hold any more, "" while it does.
    """

    id: str
    word: Word
    by: str
    user: str
    channel: str
    comment: str
    bound: Bound
    attempt: int
    at: float
    void: str = ""


def differences(was: Bound, now: Bound) -> tuple[str, ...]:
    """What changed, in words; () where nothing did. Changed criteria are a changed plan too, and told as the
    criteria alone.
    """
    changed = [each.name for each in fields(Bound) if getattr(was, each.name) != getattr(now, each.name)]
    if "criteria" in changed:
        changed.remove("plan") if "plan" in changed else None
    return tuple(WORDS[name] for name in changed)
