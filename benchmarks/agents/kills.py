"""Kill the orchestrator of an agent's three rounds with SIGKILL, resume, and check that nothing was lost, repeated or
left behind.

    python -m benchmarks.agents.kills                       every journal boundary, and 200 random moments
    python -m benchmarks.agents.kills --moments 30 --no-boundaries
    python -m benchmarks.agents.kills --only 12             one moment of the series again

The agent is a script over the Agent Client Protocol in its sandbox. It adds one to a number in each round, notes each
turn in its home, and leaves a process behind; an instrument demands that the number is 3; then the merge queue joins
it. Checked after each kill and resume (the first miss ends the series with exit code 1):

- three seconds after the kill no process of the run is alive;
- the end is that of a run left alone: three rounds, the last accepted, joined, exit code 0; each round was judged once;
- the ledger has each turn that was begun, and the agent took at most those: one less for each kill at the most;
- each commit that a branch had at a kill is in a branch at the end; no worktree, workspace or checkout is left.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from orchestrator.agents import script
from orchestrator.agents.carry import Carry
from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import JOURNAL_FILE, resume_run, start_run
from orchestrator.engine.session import Effects
from orchestrator.executors.processes import ProcessExecutor
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.events import Envelope, RoundJudged, RunFinished, TaskStarted
from orchestrator.state.fold import fold
from orchestrator.state.ledger import spent_on

GONE: Final = 3.0
PLACES: Final = ("workspace", "workspace.gone", "checkout", "cache", "evidence")
LONGEST: Final = 120.0
TASK: Final = "A.add"
STEPS: Final = [
    {"say": "at work"},
    {"run": "n=$(cat src/n); echo $((n + 1)) > src/n; echo turn >> $HOME/turns"},
    {"leave": "sleep 300"},
    {"sleep": 0.1},
]
COUNT: Final = (
    """printf '{"kind":"measurement","metric":"number","unit":"points","values":[%s],"cases":1,"method":"read"}\\n' """
    '$(cat "$1/src/n") >> "$ORCHESTRATE_EVIDENCE"'
)


class MissError(Exception):
    """Something that must always hold did not."""


class Mortal(SqliteJournal):
    """A journal whose process is killed at one append: before it is durable (`durable` False), or right after."""

    left = 0
    durable = False

    def append(self, run: str, envelopes: Any) -> None:  # noqa: ANN401 - as JournalPort
        """See JournalPort; does not return from the last one."""
        self.left -= 1
        if self.left == 0 and not self.durable:
            os.kill(os.getpid(), signal.SIGKILL)
        super().append(run, envelopes)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def made(folder: Path) -> LoadedPlan:
    """The plan, its repository and the agent's script."""
    repo = folder / "repo"
    (repo / "src").mkdir(parents=True)
    (repo / "src/n").write_text("0\n")
    for words in (
        ("init", "-q", "-b", "main", "."),
        ("add", "-A"),
        ("-c", "user.name=k", "-c", "user.email=k@k", "commit", "-qm", "0"),
    ):
        subprocess.run(["git", *words], cwd=repo, check=True)
    subprocess.run(["git", "checkout", "-q", "--detach"], cwd=repo, check=True)
    (folder / "script.yaml").write_text(yaml.safe_dump({"rounds": [STEPS]}))
    workspace = {"repo": "repo", "base": "main"}
    group = {
        "title": "A", "lead": "X",
        "tasks": [
            {"id": "add", "title": "Add", "brief": "Add one.", "workspace": workspace, "writes": ["src/**"],
            "until": ["A.three"], "rounds": 3, "needs": []},
            {"id": "count", "title": "Count", "measures": "add", "command": ["sh", "-c", COUNT, "sh", "${checkout}"],
            "metrics": [{"name": "number", "unit": "points", "better": "higher"}]},
            {"id": "join", "title": "Join", "merge": ["add"], "into": "main"},
        ],
        "success_criteria": [{"id": "three", "title": "Three", "metric": "number", "target": ">= 3 points"}],
    }  # fmt: skip
    agent = {
        "specialty": "adding",
        "driver": "acp",
        "program": [sys.executable, str(script.__file__), str(folder / "script.yaml")],
    }
    plan = {"schema": 1, "id": "agent-kills", "title": "Kills", "agents": {"X": agent}, "workstreams": {"A": group}}
    return load_text(yaml.safe_dump(plan, sort_keys=False), "kills.yaml")


def orchestrate(folder: Path, loaded: LoadedPlan, boundary: tuple[int, bool] | None) -> int:
    """What `orchestrate run` does, in this process: continue the run, or start one. Returns its exit code."""
    journal: SqliteJournal = Mortal(folder / "state" / JOURNAL_FILE)
    if isinstance(journal, Mortal) and boundary is not None:
        journal.left, journal.durable = boundary
    with ProcessExecutor() as executor:
        options = RunOptions(state=folder / "state", jobs=3)
        prepared = prepare_run(loaded, {}, options, project=folder, environment={})
        effects = Effects(executor, Carry())
        unfinished = find_interrupted(journal, loaded.plan.id)
        if unfinished is None:
            return start_run(prepared, effects, journal).exit_code
        return resume_run(unfinished, prepared, effects, journal).exit_code


def forked(folder: Path, loaded: LoadedPlan, boundary: tuple[int, bool] | None = None) -> int:
    """An orchestrator in a process of its own; its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        code = orchestrate(folder, loaded, boundary)
    except BaseException:  # noqa: BLE001 - the child must not return into the parent's code
        (folder / f"trace-{os.getpid()}").write_text(traceback.format_exc())
    finally:
        os._exit(code)


@dataclass(slots=True)
class Round:
    """One run that is killed, maybe several times, and finished."""

    folder: Path
    loaded: LoadedPlan = field(init=False)
    kills: int = 0
    commits: set[str] = field(default_factory=set)
    slowest: float = 0.0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.loaded = made(self.folder)

    def die(self, after: float | None, boundary: tuple[int, bool] | None = None) -> bool:
        """Start or resume it, and kill it; whether it died. Raises MissError where something of it lives on."""
        pid = forked(self.folder, self.loaded, boundary)
        if after is not None:
            time.sleep(after)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self.commits |= set(self.git("for-each-ref", "--format=%(objectname)").split())
        if not os.WIFSIGNALED(status):
            return False
        self.kills += 1
        began = time.monotonic()
        while left := find_attempt_processes(self.run_prefix()):
            if time.monotonic() - began > GONE:
                raise MissError(f"{len(left)} processes live on {GONE:.0f} s after the kill")
            time.sleep(0.02)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return True

    def run_prefix(self) -> str:
        """What the run's processes carry."""
        names = sorted(path.name for path in (self.folder / "state/runs").glob("*"))
        return f"{names[0]}/" if names else "no-such-run/"

    def finish(self) -> None:
        """Resume it to its end and check all."""
        if not self.finished():
            pid = forked(self.folder, self.loaded)
            deadline = time.monotonic() + LONGEST
            while os.waitpid(pid, os.WNOHANG) == (0, 0):
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    raise MissError("the resumed run did not end")
                time.sleep(0.01)
        for trace in self.folder.glob("trace-*"):
            raise MissError(f"an orchestrator failed:\n{trace.read_text()}")
        self.check()

    def finished(self) -> bool:
        """Whether the journal says so."""
        events = self.events()
        return bool(events) and isinstance(events[-1].event, RunFinished)

    def events(self) -> list[Envelope]:
        """The journal of its only run."""
        path = self.folder / "state" / JOURNAL_FILE
        if not path.exists():
            return []
        journal = SqliteJournal(path)
        try:
            runs = list(journal.runs())
            require(len(runs) <= 1, f"{len(runs)} runs where one was resumed")
            return list(journal.read(runs[0].run)) if runs else []
        finally:
            journal.close()

    def check(self) -> None:
        """Raises MissError for whatever does not hold."""
        events = self.events()
        state = fold(events)
        record = state.tasks[TASK]
        require(state.exit_code == 0, f"exit code {state.exit_code}: {[each.story for each in state.tasks.values()]}")
        require([one.passed for one in record.rounds] == [False, False, True], f"rounds: {record.rounds}")
        judged = Counter(one.event.round.number for one in events if isinstance(one.event, RoundJudged))
        require(set(judged.values()) == {1}, f"judged: {judged}")
        started = sum(isinstance(one.event, TaskStarted) and one.event.task == TASK for one in events)
        turns = self.folder / "state/work" / state.run / TASK / "0/home/turns"
        taken = len(turns.read_text().split())
        require(
            spent_on(record).turns == started, f"the ledger has {spent_on(record).turns} turns, {started} were begun"
        )
        require(started - self.kills <= taken <= started, f"{taken} turns were taken, {started} were begun")
        require(self.git("show", "main:src/n") == "3", "the target does not have what was joined")
        alive = set(self.git("rev-list", "--branches").split())
        require(self.commits <= alive, f"lost: {self.commits - alive}")
        require(self.git("worktree", "list").count("\n") == 0, f"a worktree is left: {self.git('worktree', 'list')}")
        left = [path for name in PLACES for path in (self.folder / "state/work").glob(f"*/*/*/{name}")]
        require(not left, f"left: {left}")
        require(not find_attempt_processes(self.run_prefix()), "a process is left")

    def git(self, *words: str) -> str:
        """What git prints."""
        return subprocess.run(
            ["git", *words], cwd=self.folder / "repo", check=True, capture_output=True, text=True
        ).stdout.strip()


def require(holds: bool, what: str) -> None:  # noqa: FBT001 - a plain condition
    """Raises MissError where it does not hold."""
    if not holds:
        raise MissError(what)


def boundaries(base: Path, step: int) -> int:
    """A death before and after each append, or each `step`-th; how many there were."""
    number = kills = 0
    while True:
        for durable in (False, True):
            one = Round(base / f"boundary-{number}-{durable}")
            died = one.die(None, (number + 1, durable))
            one.finish()
            shutil.rmtree(one.folder)
            if not died:
                return kills
            kills += 1
        number += step


def moment(base: Path, number: int, seconds: float, rng: random.Random) -> Round:
    """A death at a random moment, and maybe of those that resume it."""
    one = Round(base / f"moment-{number}")
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not one.die(rng.uniform(0, seconds)):
            break
    one.finish()
    shutil.rmtree(one.folder)
    return one


def main(words: Sequence[str] | None = None) -> int:
    """Run the series that the command line asks for; 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--no-boundaries", action="store_true")
    parser.add_argument("--step", type=int, default=1, help="only each n-th boundary")
    said = parser.parse_args(words)
    base = Path(tempfile.mkdtemp(prefix="agent-kills-"))
    name = "left alone"
    try:
        began = time.monotonic()
        alone = Round(base / "alone")
        alone.finish()
        seconds = time.monotonic() - began
        if not said.no_boundaries and said.only is None:
            name = "boundaries"
            print(f"boundaries: {boundaries(base, said.step)} kills; nothing lost, repeated or left", flush=True)
        kills, slowest = 0, 0.0
        numbers = range(said.moments) if said.only is None else (said.only,)
        for number in numbers:
            name = f"moment {number} of seed {said.seed}"
            one = moment(base, number, seconds, random.Random(f"{said.seed}/{number}"))
            kills, slowest = kills + one.kills, max(slowest, one.slowest)
    except MissError as miss:
        print(f"MISSED, {name}: {miss}\n  in {base}", file=sys.stderr)
        return 1
    print(
        f"random moments: {len(numbers)} runs, {kills} kills; nothing lost, repeated or left; survivors gone within "
        f"{slowest:.1f} s"
    )
    shutil.rmtree(base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
