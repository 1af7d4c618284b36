"""The desk: what waits for people in a state folder, and the answers. Command line, page and MCP server use it."""

import os
import pwd
import secrets
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from orchestrator.agents.git import tip
from orchestrator.agents.instructions import read_agents
from orchestrator.engine.answering import Refused, give, give_reply
from orchestrator.engine.people import People
from orchestrator.engine.requests import Replying
from orchestrator.engine.runs import open_journal
from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.graph.load import LoadedPlan, load_plan, load_text
from orchestrator.journal.errors import UnknownRun
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.secrets import MASK
from orchestrator.state.events import Envelope, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.people import Answer, Asked, Word, differences
from orchestrator.state.questions import Question, Reply
from orchestrator.state.run import RunState

NAME_KEPT: Final = 200
COMMENT_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits for a person. since: wall clock seconds; over: nobody answered in time."""

    run: str
    plan: str
    task: str
    title: str
    attempt: int
    asked: Asked
    since: float
    over: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The verbs of the command line that answer it."""
        return ("approve", "reject") if self.asked.gate else ("done", "reject")


@dataclass(frozen=True, slots=True)
class Open:
    """A question that an agent asked while it worked, and that nobody has answered. Nothing waits for it."""

    run: str
    plan: str
    title: str
    question: Question


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says. by: their name, their user's where it is empty. attempt: the question that they were
    shown, 0 for the latest.
    """

    word: Word
    channel: str
    comment: str = ""
    by: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """state: the state folder; project: to which paths in plans are relative. wall: seconds since the epoch."""

    state: Path
    project: Path
    wall: Callable[[], float] = time.time

    def inbox(self, run: str | None = None) -> tuple[Waiting, ...]:
        """What waits for people, over all runs that are not finished or in one, the oldest run first. Raises
        JournalError.
        """
        with self._journal(readonly=True) as journal:
            runs = [each.run for each in journal.runs() if not each.finished and run in {None, each.run}]
            return tuple(one for each in runs for one in self._waiting(journal.read(each)))

    def questions(self, run: str | None = None) -> tuple[Open, ...]:
        """What agents asked while they worked on tasks that are not done yet, over the same runs. Raises
        JournalError.
        """
        with self._journal(readonly=True) as journal:
            runs = [each.run for each in journal.runs() if not each.finished and run in {None, each.run}]
            return tuple(one for each in runs for one in _open(journal.read(each)))

    def reply(self, run: str, task: str, number: int, text: str, channel: str, by: str = "") -> Reply:  # noqa: PLR0913, PLR0917 - who says what to what
        """Answer what an agent asked while it worked. It is durable on return. Raises Refused, JournalError."""
        with self._journal(readonly=False) as journal:
            events = journal.read(run)
            state = fold(events)
            plan = load_text(state.plan_text, state.plan_source, state.settings).plan
            user = _user()
            given = Reply(secrets.token_hex(8), text[:COMMENT_KEPT], _name(by) or user, user, channel, self.wall())
            folder = self.state / "runs" / run
            known = secrets_of_run(plan, self._project(events))
            give_reply(journal, run, folder, Replying(task, number, given), secrets=known, wall=self.wall)
        return given

    def answer(self, run: str, task: str, said: Said) -> Answer:
        """Answer what the task waits for.

        Raises Refused where it does not wait, where what it is about changed since it was asked, or where it is asked
        again meanwhile.
        """
        with self._journal(readonly=False) as journal:
            events = journal.read(run)
            state, loaded, project = fold(events), self._as_it_is(events), self._project(events)
            asked = self._asked(state, task, loaded, project)
            record = state.tasks[task]
            user = _user()
            given = Answer(
                secrets.token_hex(8), said.word, _name(said.by) or user, user, said.channel,
                said.comment[:COMMENT_KEPT], asked.bound, said.attempt or record.attempt, self.wall(),
            )  # fmt: skip
            folder = self.state / "runs" / run
            give(journal, run, folder, task, given, secrets=secrets_of_run(loaded.plan, project), wall=self.wall)
        return given

    def _asked(self, state: RunState, task: str, loaded: LoadedPlan, project: Path) -> Asked:
        """What is asked, if that still holds: the plan, its criteria, its agents' files and the commit are as they
        were. Raises Refused.
        """
        record = state.tasks.get(task)
        if record is None or record.asked is None or task not in state.asking:
            stands = f"it is {record.status}" if record else "the run has no such task"
            raise Refused(
                f"{task} does not wait for a person: {stands}\n  mend: `orchestrate inbox` shows what does",
            )
        if task not in loaded.graph.nodes:
            raise Refused(f"{task}: the plan has no such task any more\n  mend: orchestrate resume {state.run}")
        people = People(loaded.plan, loaded.graph, loaded.digest, read_agents(loaded.plan, project))
        was, now = record.asked.bound, people.bound(state, task)
        if any(MASK in value for value in state.settings.values()):
            now = replace(now, plan=was.plan)  # a setting was a secret, and what it was is not kept
        if changed := differences(was, now):
            raise Refused(
                f"{task}: an answer would be void: {' and '.join(changed)} changed since it was asked\n"
                f"  mend: `orchestrate resume {state.run}` asks again, about what there is now"
            )
        if task in people.void(state, tip):
            raise Refused(f"{task}: an answer would be void: {_moved(state, record.asked.of)}")
        return record.asked

    def _waiting(self, events: Sequence[Envelope]) -> Iterator[Waiting]:
        state = fold(events)
        if not state.asking:
            return
        plan = load_text(state.plan_text, state.plan_source, state.settings)
        for task in state.asking:
            record = state.tasks[task]
            assert record.asked is not None, "it waits for a person"
            over = record.asked.until is not None and self.wall() >= record.asked.until
            title = plan.graph.nodes[task].task.title if task in plan.graph.nodes else task
            yield Waiting(
                state.run, state.plan_id, task, title, record.attempt, record.asked, record.started_at or 0.0, over
            )

    def _as_it_is(self, events: Sequence[Envelope]) -> LoadedPlan:
        """The run's plan as its file has it now; as the journal has it where there is no file. Raises PlanError."""
        if not events:
            raise UnknownRun("")
        begun = [one.event for one in events if isinstance(one.event, RunStarted | RunResumed)]
        last = begun[-1]
        source = next((one.plan_source for one in begun if isinstance(one, RunStarted)), "")
        file = next((one.plan_file for one in reversed(begun) if one.plan_file), "")
        if file and Path(file).is_file():
            return load_plan(Path(file), last.settings)
        kept = load_text(last.plan_text, source, last.settings)
        return replace(kept, digest=last.plan_digest)

    def _project(self, events: Sequence[Envelope]) -> Path:
        """The folder to which the paths of the run's plan are relative: where its plan file was found from."""
        begun = next((one.event for one in events if isinstance(one.event, RunStarted)), None)
        below = f"/{begun.plan_source}" if begun is not None else ""
        if begun is None or not begun.plan_file.endswith(below):
            return self.project
        return Path(begun.plan_file.removesuffix(below) or "/")

    @contextmanager
    def _journal(self, *, readonly: bool) -> Iterator[SqliteJournal]:
        with suppress(OSError):
            if not readonly and not (self.state / "journal.sqlite").exists():
                readonly = True  # which says that there is none, and makes none
        journal = open_journal(self.state, readonly=readonly)
        try:
            yield journal
        finally:
            journal.close()


def _open(events: Sequence[Envelope]) -> Iterator[Open]:
    state = fold(events)
    asked = [one for each in state.tasks.values() if not each.settled for one in each.questions if one.reply is None]
    if asked:
        nodes = load_text(state.plan_text, state.plan_source, state.settings).graph.nodes
        for one in asked:
            yield Open(state.run, state.plan_id, nodes[one.task].task.title, one)


def _moved(state: RunState, of: str) -> str:
    """That a branch is not where what was approved left it, with the two ways on."""
    hand_in = state.tasks[of].hand_in
    again = f"`orchestrate resume {state.run} --force {of}` has it done again"
    if hand_in is None:
        return f"the branch that {of} moved is somewhere else now\n  mend: put it back, or {again}"
    back = f"git -C {shlex.quote(hand_in.repo)} update-ref refs/heads/{hand_in.branch} {hand_in.commit}"
    return f"the branch of what {of} handed in is at another commit now\n  mend: put it back with `{back}`, or {again}"


def _name(text: str) -> str:
    """What a person calls themselves, on one line."""
    return "".join(char if char.isprintable() else " " for char in text[:NAME_KEPT]).strip()


def _user() -> str:
    """The operating system's name of who runs this."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
