"""Kill the orchestrator with SIGKILL around claims, hand-ins and approvals, carry the run on, and check that no word
was lost or forged.

    python -m benchmarks.agents.claims                 1,000 kills
    python -m benchmarks.agents.claims --kills 30 --seed 7

Two agents that come by themselves compete for a task, and a person says yes to what was handed in, all while
orchestrators are killed. Each kill falls within 30 ms of the beginning of a claim, of a hand-in or of an approval, in
turn. Checked after each run (the first miss ends the series with exit code 1):

- the run, carried on, ends with exit code 0;
- no attempt was claimed twice, and nobody holds a claim that the journal does not have;
- each commit that was acknowledged to its claimant was handed in, by the journal;
- each approval that was acknowledged is in the journal, and none is there that nobody gave.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import yaml

from orchestrator.api.running import run
from orchestrator.desk import Desk, Said
from orchestrator.engine.options import RunOptions
from orchestrator.errors import OrchestratorError
from orchestrator.mcpserver.caller import Caller, ticket
from orchestrator.mcpserver.known import Known
from orchestrator.runs import Runs
from orchestrator.state.events import HandedIn, PersonAnswered, TurnClaimed
from orchestrator.state.people import Word

STAGES: Final = ("claim", "hand in", "approve")
SPREAD: Final = 0.03
"""Seconds after the beginning of a call within which the kill falls."""
LONGEST: Final = 120.0
PLAN: Final = {
    "schema": 1, "id": "claims", "title": "Claims",
    "agents": {
        "X": {"specialty": "writing", "driver": "pull", "silent": "30s"},
        "CI": {"specialty": "the rest", "driver": "command", "capacity": 4},
        "LEAD": {"specialty": "deciding", "driver": "human"},
    },
    "workstreams": {"A": {"title": "A", "lead": "CI", "tasks": [
        {"id": "it", "title": "It", "agent": "X", "brief": "Write.", "workspace": {"repo": ".", "base": "main"},
        "writes": ["src/**"], "rounds": 2},
        {"id": "look", "title": "Look", "agent": "LEAD", "approve": {"ask": "Good?", "of": "it"}},
        {"id": "after", "title": "After", "command": ["true"]},
        {"id": "beside", "title": "Beside", "command": ["sleep", "0.1"], "needs": ["it"]},
    ]}},
}  # fmt: skip


class MissError(Exception):
    """Something that must always hold did not."""


@dataclass(slots=True)
class Told:
    """What was acknowledged to whom, and what was tried. begun: set when a call of a kind begins. refused: the
    latest approval that was. broken: what an agent's or a person's side raised that is no answer.
    """

    claims: list[str] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    approvals: list[str] = field(default_factory=list)
    begun: dict[str, threading.Event] = field(default_factory=lambda: {name: threading.Event() for name in STAGES})
    refused: str = ""
    broken: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def claimant(told: Told, name: str) -> None:
    """Claim, write, hand in, again and again."""
    known = Known(Path(".orchestrate").absolute())
    caller = Caller(known, "X", "mcp http")
    while not told.over.wait(0.01):
        try:
            if not caller.next_tasks():
                continue
            told.begun["claim"].set()
            taken = caller.claim(name=name)
            told.claims.append(taken["claim"])
            Path(taken["workspace"], "src/a.txt").write_text(f"{taken['claim']}\n", "utf-8")
            told.begun["hand in"].set()
            given = caller.hand_in(taken["claim"])
            if given["commit"]:
                told.commits.append(given["commit"])
        except (OrchestratorError, OSError):
            continue
        except Exception:  # noqa: BLE001 - a defect of ours, which would only look like a run that waits for ever
            told.broken.append(traceback.format_exc())
    known.close()


def approver(told: Told) -> None:
    """Say yes to whatever is asked."""
    desk = Desk(Path(".orchestrate"), Path.cwd())
    while not told.over.wait(0.02):
        try:
            for each in desk.inbox():
                told.begun["approve"].set()
                given = desk.answer(each.run, each.task, Said(Word.APPROVED, "cli", by="Ada"))
                told.approvals.append(given.id)
        except (OrchestratorError, OSError) as error:
            told.refused = f"{time.strftime('%H:%M:%S')} {error!r}"
        except Exception:  # noqa: BLE001 - as above
            told.broken.append(traceback.format_exc())


def zygote(there: Connection) -> None:
    """Fork an orchestrator whenever that is asked for; this process has no threads, so that it may."""
    while there.recv():
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = run("plan.yaml", options=RunOptions(page=False, jobs=4, keep_going=True)).exit_code
            finally:
                os._exit(code)
        there.send(pid)
        there.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def one_run(here: Connection, stage: str, delay: float) -> Told:
    """One run that is killed once, around `stage`, and carried on to its end. Raises MissError."""
    told = Told()
    workers = [threading.Thread(target=claimant, args=(told, f"agent {n}")) for n in (1, 2)]
    workers.append(threading.Thread(target=approver, args=(told,)))
    for each in workers:
        each.start()
    try:
        here.send(True)
        victim = here.recv()
        if told.begun[stage].wait(LONGEST):
            time.sleep(delay)
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(victim, signal.SIGKILL)
        code = here.recv()
        deadline = time.monotonic() + LONGEST
        while code not in {0, 1, 3} and time.monotonic() < deadline:
            here.send(True)
            here.recv()
            code = here.recv()
    finally:
        told.over.set()
        for each in workers:
            each.join()
    if told.broken:
        raise MissError(f"a side of the conversation failed: {told.broken[0]}{_story()}")
    if code != 0:
        raise MissError(
            f"the run ended with exit code {code}; the last approval that was refused: {told.refused}{_story()}"
        )
    return told


def _story() -> str:
    """The last events of the latest run, for who looks into a miss."""
    runs = Runs()
    last = runs.events(runs.latest)[-12:]
    return "".join(f"\n  {one.at:.3f} {one.event.kind} {getattr(one.event, 'task', '')}" for one in last)


def check(told: Told) -> None:
    """Raises MissError where the journal says something else than who was told."""
    runs = Runs()
    events = [each.event for each in runs.events(runs.latest)]
    claims = Counter((each.task, each.attempt) for each in events if isinstance(each, TurnClaimed))
    if twice := [each for each, times in claims.items() if times > 1]:
        raise MissError(f"claimed twice: {twice}")
    holders = Counter((ticket(each).task, ticket(each).attempt) for each in told.claims)
    if forged := [each for each, times in holders.items() if times > 1 or each not in claims]:
        raise MissError(f"held by several, or by nobody that the journal knows: {forged}")
    handed = {each.hand_in.commit for each in events if isinstance(each, HandedIn)}
    if lost := set(told.commits) - handed:
        raise MissError(f"acknowledged and lost: commits {lost}")
    answers = {each.answer.id for each in events if isinstance(each, PersonAnswered)}
    if lost := set(told.approvals) - answers:
        raise MissError(f"acknowledged and lost: approvals {lost}")
    if len(answers) > len(told.approvals) + 1:  # the one whose reply the kill cut off
        raise MissError(f"{len(answers)} approvals are recorded, and {len(told.approvals)} were given")


def project(folder: Path) -> None:
    """A repository with the plan in it."""
    (folder / "src").mkdir()
    (folder / "src/a.txt").write_text("a\n", "utf-8")
    (folder / "plan.yaml").write_text(yaml.safe_dump(PLAN, sort_keys=False), "utf-8")
    for words in (
        ("init", "-q", "-b", "main", "."),
        ("add", "src"),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)


def main(argv: Sequence[str] | None = None) -> int:
    """The series; 1 at the first miss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    dice = random.Random(asked.seed)
    here, there = Pipe()
    began = time.monotonic()
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder))
        os.chdir(folder)
        if os.fork() == 0:
            here.close()
            os.dup2(os.open(os.devnull, os.O_RDWR), 2)
            try:
                zygote(there)
            finally:
                os._exit(0)
        there.close()
        try:
            for number in range(asked.kills):
                stage, delay = STAGES[number % len(STAGES)], dice.uniform(0, SPREAD)
                try:
                    check(one_run(here, stage, delay))
                except MissError as miss:
                    print(f"kill {number} around {stage} after {delay * 1000:.1f} ms: {miss}")
                    return 1
                if (number + 1) % 10 == 0:
                    print(f"{number + 1} kills, no miss, {time.monotonic() - began:.0f} s", flush=True)
        finally:
            here.send(False)
            os.chdir(before)
    print(f"{asked.kills} kills around {', '.join(STAGES)}: no claim held twice, no hand-in or approval lost or forged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
