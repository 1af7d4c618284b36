"""`orchestrate inbox`, `approve`, `reject`, `done`: what waits for people, and their answers."""

import dataclasses
import shlex
from collections.abc import Iterable
from pathlib import Path

from orchestrator.cli.clock import clock
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, quoted, say
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.desk import Desk, Open, Said, Waiting
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

STATE = Path(".orchestrate")


def show_inbox(state: Path, name: str | None, *, as_data: bool) -> None:
    """List what waits for people, over all runs or in one. Raises UsageError, JournalError."""
    with opened_journal(state) as journal:
        run = None if name is None else find_run(journal, name).run
    desk = Desk(state, Path.cwd())
    found, asked = desk.inbox(run), desk.questions(run)
    if as_data:
        say(as_json([*(_data(one, state) for one in found), *(_question_data(one, state) for one in asked)]))
        return
    parts = [waiting_text(found, state), "\n".join(line for one in asked for line in _question_lines(one, state))]
    say("\n".join(filter(None, parts)) or "nothing waits for people")


def answer(state: Path, name: str, task: str, said: Said, *, as_data: bool) -> None:
    """Give an answer on the command line. Raises UsageError, Refused, JournalError."""
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
    given = Desk(state, Path.cwd()).answer(run, task, said)
    with opened_journal(state) as journal:
        alive = journal.owned(run) is not None
        stands = fold(journal.read(run))
    if as_data:
        say(as_json({"run": run, "task": task, "under_way": alive, **dataclasses.asdict(given)}))
        return
    of = f" at {given.bound.told}" if given.bound.told else ""
    now = what_now(stands, task, _option(state), alive=alive)
    say(plain(f"{task} of run {run} is {said.word.value} by {given.by}{of}\n{now}"))


def what_now(stands: RunState, task: str, option: str, *, alive: bool) -> str:
    """What becomes of an answer. stands: the run after it; alive: whether an orchestrator has the run."""
    if stands.finished:
        return f"the run took it, and is finished with exit code {stands.exit_code}"
    if alive:
        return "the run goes on"
    if stands.tasks[task].status is Status.ANSWERED:
        return f"carry the run on with: orchestrate resume {stands.run}{option}"
    return f"the run took it, and stopped: {stands.interrupted or 'its orchestrator died'}"


def reply(state: Path, name: str, question: str, text: str, by: str, *, as_data: bool) -> None:  # noqa: PLR0913 - as on the command line
    """Answer an agent's question on the command line. Raises UsageError, Refused, JournalError."""
    task, _, number = question.rpartition("/")
    if not task or not number.isdecimal():
        raise UsageError(f"{question!r} names no question\n  mend: `orchestrate inbox` has its name, GROUP.task/NUMBER")
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
    given = Desk(state, Path.cwd()).reply(run, task, int(number), text, "cli", by)
    if as_data:
        say(as_json({"run": run, "task": task, "number": int(number), **dataclasses.asdict(given)}))
    else:
        say(
            plain(
                f"{question} of run {run} is answered by {given.by}\nthe agent finds it when it looks, and in its "
                f"next brief"
            )
        )


def waiting_text(found: Iterable[Waiting], state: Path) -> str:
    """What waits, each with the commands that answer it."""
    return "\n".join(line for one in found for line in _lines(one, state))


def _lines(one: Waiting, state: Path) -> Iterable[str]:
    until = f", until {clock(one.asked.until)}" if one.asked.until is not None else ""
    over = "; the time to answer is over" if one.over else ""
    of = f" of {one.asked.of}" if one.asked.of else ""
    about = f" ({one.asked.bound.told})" if one.asked.of and one.asked.bound.told else ""
    yield quoted(f"{one.task}: {one.asked.who} is asked{of}{about}: {one.asked.text}")
    yield f"  since {clock(one.since)}{until}{over}"
    for command in commands(one, state):
        yield f"  {command}"


def commands(one: Waiting, state: Path) -> tuple[str, ...]:
    """The command lines that answer it."""
    words = (f"orchestrate {word} {one.run} {one.task}{_option(state)}" for word in one.words)
    return tuple(f"{each} --comment WHY" if " reject " in each else each for each in words)


def _option(state: Path) -> str:
    return "" if state == STATE else f" --state {shlex.quote(str(state))}"


def _question_lines(one: Open, state: Path) -> Iterable[str]:
    yield quoted(f"{one.question.name}: its agent asks: {one.question.text}")
    yield f"  since {clock(one.question.at)}; it works on meanwhile"
    yield f"  {_reply_command(one, state)}"


def _reply_command(one: Open, state: Path) -> str:
    return f"orchestrate answer {one.run} {one.question.name}{_option(state)} --text TEXT"


def _question_data(one: Open, state: Path) -> dict[str, object]:
    """With the same keys as what waits."""
    asked = one.question
    return {
        "run": one.run, "plan": one.plan, "task": asked.task, "title": one.title, "attempt": asked.attempt,
        "asked": None,
        "question": {"name": asked.name, "text": asked.text}, "since": asked.at, "over": False,
        "commands": (_reply_command(one, state),),
    }  # fmt: skip


def _data(one: Waiting, state: Path) -> dict[str, object]:
    return {**dataclasses.asdict(one), "question": None, "commands": commands(one, state)}
