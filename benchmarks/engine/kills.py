"""Kill an orchestrator with SIGKILL, at every journal boundary and at random moments, resume, and compare with a run
left alone.

    python -m benchmarks.engine.kills                                    every boundary, and 1,000 moments
    python -m benchmarks.engine.kills --moments 50 --processes 0         as the test suite does
    python -m benchmarks.engine.kills --seed 7 --only 123                one moment of a series again

Each round forks an orchestrator of its own, kills it, looks for survivors, maybe kills the one that resumes too, and
lets the last one finish. Checked after every round (the first miss ends it with exit code 1 and names seed, round and
folder):

- a task whose success was in the journal when the orchestrator died is not started again;
- a task is started at most once more for each time that it was under way when an orchestrator died;
- the end (status, failures and culprit of each task, the verdicts, the exit code) is that of the run left alone;
- five seconds after the kill, no process of the run is alive.

Most rounds run tasks in threads of the orchestrator, which is quick; `--processes` of them give each task its own
process tree.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.engine.kill_runners import RUNNERS, SPEED
from orchestrator.engine.finding import find_interrupted
from orchestrator.engine.options import RunOptions
from orchestrator.engine.prepared import prepare_run
from orchestrator.engine.runs import JOURNAL_FILE, open_journal, resume_run, start_run
from orchestrator.engine.session import Effects
from orchestrator.executors.inline import carry_out_inline
from orchestrator.executors.processes import ProcessExecutor, carry_out
from orchestrator.executors.threads import ThreadExecutor
from orchestrator.executors.tree import find_attempt_processes
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

SURVIVE: Final = 5.0
LONGEST: Final = 120.0

RETRY: Final = {"max": 1, "delay": "2ms"}
TASKS: Final[dict[str, dict[str, Any]]] = {
    "one": {}, "two": {"needs": ["one"]}, "bad": {"retries": RETRY, "with": {"fail": True}},
    "below": {"needs": ["bad"]},
    "off": {"if": False}, "always": {"needs": ["bad", "two", "off"], "trigger_rule": "all_done"},
    "soft": {"continue_on_error": True, "with": {"fail": True}}, "last": {"needs": ["soft", "one"]},
    "wide1": {}, "wide2": {}, "wide3": {"needs": ["wide1", "wide2"]},
}  # fmt: skip
CRITERIA: Final = (
    {"id": "fast", "title": "F", "metric": SPEED.name, "target": ">= 5 MB/s", "from": "one"},
    {"id": "unmeasured", "title": "U", "metric": SPEED.name, "target": ">= 5 MB/s", "from": "below"},
)


def plan() -> LoadedPlan:
    """Every kind of end: success, failure after a retry, tolerated failure, skips for three reasons."""
    tasks = [{"id": task, "title": task, "run": "kill.work", "needs": [], **said} for task, said in TASKS.items()]
    group = {"title": "Group A", "lead": "X", "tasks": tasks, "success_criteria": list(CRITERIA)}
    said = {
        "schema": 1, "id": "kills", "title": "Kills", "agents": {"X": {"specialty": "dying", "capacity": 8}},
        "workstreams": {"A": group},
    }  # fmt: skip
    return load_text(yaml.safe_dump(said, sort_keys=False), "kills.yaml")


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


def orchestrate(folder: Path, loaded: LoadedPlan, *, processes: bool, boundary: tuple[int, bool] | None = None) -> int:
    """What `orchestrate run` does, in this process: continue the run, or start one. Returns its exit code."""
    path = folder / "state" / JOURNAL_FILE
    journal = SqliteJournal(path)
    if boundary is not None:
        journal.close()
        journal = Mortal(path)
        journal.left, journal.durable = boundary
    runners = {runner.name: runner for runner in RUNNERS}
    with ProcessExecutor() if processes else ThreadExecutor() as executor:
        options = RunOptions(state=folder / "state", jobs=3)
        prepared = prepare_run(loaded, runners, options, project=folder, environment={})
        effects = Effects(executor, carry_out if processes else carry_out_inline(runners), programs_here=processes)
        unfinished = find_interrupted(journal, loaded.plan.id)
        if unfinished is None:
            return start_run(prepared, effects, journal).exit_code
        return resume_run(unfinished, prepared, effects, journal).exit_code


def forked(folder: Path, loaded: LoadedPlan, **options: Any) -> int:  # noqa: ANN401 - as orchestrate
    """An orchestrator in a process of its own; its pid. What it says is dropped unless it fails."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        code = orchestrate(folder, loaded, **options)
    except BaseException:  # noqa: BLE001 - the child must not return into the parent's code
        import traceback  # noqa: PLC0415 - only for a child that fails

        (folder / f"trace-{os.getpid()}").write_text(traceback.format_exc())
    finally:
        os._exit(code)


def end_of(state: RunState) -> tuple[object, ...]:
    """What must not depend on having died."""
    tasks = {
        task: (
            each.status,
            len(each.failures),
            each.culprit,
            each.tolerated,
            each.evidence and each.evidence.measurements,
        )
        for task, each in state.tasks.items()
    }
    return tasks, {name: verdict.outcome for name, verdict in state.verdicts.items()}, state.exit_code


@dataclass(slots=True)
class Miss(Exception):  # noqa: N818 - named after what happened
    """A promise that did not hold."""

    what: str


@dataclass(slots=True)
class Totals:
    """kills that hit a run under way; finished: tasks that were done then; again: of those, started again; in_flight;
    extra starts of those; slowest: seconds until no process of a killed run was alive.
    """

    kills: int = 0
    finished: int = 0
    again: int = 0
    in_flight: int = 0
    extra: int = 0
    slowest: float = 0.0


class Round:
    """One folder, in which orchestrators die and the last one finishes."""

    def __init__(
        self, folder: Path, loaded: LoadedPlan, expected: tuple[object, ...], usual: Counter[str], *, processes: bool
    ) -> None:
        self.folder, self.loaded, self.expected, self.usual, self.processes = folder, loaded, expected, usual, processes
        self.cut_off: Counter[str] = Counter()
        self.done: dict[str, int] = {}
        self.totals = Totals()

    def die(self, seconds: float | None, boundary: tuple[int, bool] | None = None) -> bool:
        """Let an orchestrator run for so long, or to its boundary, and kill it; False where the run had ended
        before.
        """
        pid = forked(self.folder, self.loaded, processes=self.processes, boundary=boundary)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return False
        self.survivors()
        return self.take_note()

    def survivors(self) -> None:
        """Wait until no process of the run is alive; one that stays is a miss."""
        began = time.monotonic()
        runs = [path.name for path in (self.folder / "state" / "runs").glob("*")] if self.processes else []
        while any(find_attempt_processes(f"{run}/") for run in runs):
            if time.monotonic() - began > SURVIVE:
                raise Miss("a process outlived its orchestrator")
            time.sleep(0.05)
        self.totals.slowest = max(self.totals.slowest, time.monotonic() - began)

    def take_note(self) -> bool:
        """What the journal says at this death: who was done, who was under way; False where it says that the run
        has ended.
        """
        state = self.state()
        if state is None:
            return True
        if state.finished:
            return False
        self.totals.kills += 1
        starts = self.starts()
        for task, record in state.tasks.items():
            if record.status is Status.SUCCEEDED:
                self.done.setdefault(task, starts[task])
                self.totals.finished += 1
            elif record.status is Status.RUNNING:
                self.cut_off[task] += 1
                self.totals.in_flight += 1
        return True

    def finish(self) -> None:
        """Resume it to its end, unless it came there before it died, and check everything."""
        state = self.state()
        if state is not None and state.finished:
            self.check()
            return
        pid = forked(self.folder, self.loaded, processes=self.processes)
        deadline = time.monotonic() + LONGEST
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise Miss("the resumed run did not end")
            time.sleep(0.002)
        for trace in self.folder.glob("trace-*"):
            raise Miss(f"an orchestrator failed:\n{trace.read_text()}")
        self.check()

    def check(self) -> None:
        """The promises, from the file that the tasks wrote and from the journal."""
        starts, state = self.starts(), self.state()
        for task, before in self.done.items():
            self.totals.again += starts[task] - before
            if starts[task] != before:
                raise Miss(f"{task} was done, and was started {starts[task] - before} times more")
        for task, count in starts.items():
            if count > self.usual[task] + self.cut_off[task]:
                raise Miss(
                    f"{task} was started {count} times; {self.usual[task]} are usual, it was cut off "
                    f"{self.cut_off[task]} times"
                )
            self.totals.extra += max(0, count - self.usual[task])
        if state is None or end_of(state) != self.expected:
            raise Miss(f"it ended otherwise: {state and end_of(state)}")

    def starts(self) -> Counter[str]:
        """How often each task began to work, by its own account."""
        ran = self.folder / "ran"
        return Counter(ran.read_text(encoding="utf-8").split() if ran.exists() else ())

    def state(self) -> RunState | None:
        """The latest run as the journal has it; None before there is one."""
        if not (self.folder / "state" / JOURNAL_FILE).exists():
            return None
        journal = open_journal(self.folder / "state")
        try:
            runs = journal.runs()
            if len(runs) > 1:
                raise Miss(f"{len(runs)} runs where one was resumed")
            return fold(journal.read(runs[0].run)) if runs else None
        finally:
            journal.close()


@dataclass(frozen=True, slots=True)
class Alone:
    """The run that nobody kills: what it comes to, how often its tasks start, and how long it takes, by kind of
    executor.
    """

    expected: tuple[object, ...]
    usual: Counter[str]
    seconds: float
    commits: int


def leave_alone(base: Path, loaded: LoadedPlan, *, processes: bool) -> Alone:
    """Run it undisturbed. The commits are counted by having the last of ever more boundaries not reached."""
    folder = base / f"alone-{processes}"
    folder.mkdir()
    began = time.monotonic()
    calm = Round(folder, loaded, (), Counter(), processes=processes)
    os.waitpid(forked(folder, loaded, processes=processes), 0)
    seconds = time.monotonic() - began
    state = calm.state()
    if state is None or not state.finished:
        raise Miss("the run that nobody kills did not finish")
    return Alone(end_of(state), calm.starts(), seconds, state.seq)


def boundaries(base: Path, loaded: LoadedPlan, alone: Alone, *, processes: bool) -> Iterator[Totals]:
    """A death before and after each append of a run."""
    for commit in range(1, alone.commits + 1):
        for durable in (False, True):
            folder = base / f"boundary-{processes}-{commit}-{durable}"
            folder.mkdir()
            one = Round(folder, loaded, alone.expected, alone.usual, processes=processes)
            died = one.die(None, (commit, durable))
            one.finish()
            shutil.rmtree(folder)
            yield one.totals
            if not died:
                return


def moment(base: Path, loaded: LoadedPlan, alone: Alone, number: int, rng: random.Random, *, processes: bool) -> Totals:  # noqa: PLR0913 - a round's circumstances
    """A death at a random moment of a run, and of up to two of those that resume it."""
    folder = base / f"moment-{number}"
    folder.mkdir()
    one = Round(folder, loaded, alone.expected, alone.usual, processes=processes)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not one.die(rng.uniform(0, alone.seconds)):
            break
    one.finish()
    shutil.rmtree(folder)
    return one.totals


def total(many: Iterator[Totals]) -> tuple[int, Totals]:
    """How many rounds, and their sums."""
    rounds, whole = 0, Totals()
    for one in many:
        rounds += 1
        whole.kills += one.kills
        whole.finished += one.finished
        whole.again += one.again
        whole.in_flight += one.in_flight
        whole.extra += one.extra
        whole.slowest = max(whole.slowest, one.slowest)
    return rounds, whole


def tell(name: str, rounds: int, whole: Totals) -> None:
    """One line of figures."""
    print(
        f"{name}: {rounds} rounds, {whole.kills} kills of a run under way; {whole.finished} tasks were done then, "
        f"{whole.again} ran again; "
        f"{whole.in_flight} were under way, {whole.extra} extra starts; survivors gone within {whole.slowest:.1f} s",
        flush=True,
    )


def main() -> int:
    """Run the series that the command line asks for; 1 where a promise did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=1000)
    parser.add_argument(
        "--processes", type=int, default=60, help="how many of the moments give each task its own process"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="only this moment of the series")
    parser.add_argument("--no-boundaries", action="store_true")
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="kills-"))
    os.environ["ORCHESTRATE_RUNNERS"] = "benchmarks.engine.kill_runners:RUNNERS"
    loaded, name = plan(), "setting up"
    try:
        kinds = {False: leave_alone(base, loaded, processes=False)}
        if given.processes:
            kinds[True] = leave_alone(base, loaded, processes=True)
        if not given.no_boundaries and given.only is None:
            for processes, alone in kinds.items():
                name = f"every boundary, {'processes' if processes else 'threads'}"
                tell(name, *total(boundaries(base, loaded, alone, processes=processes)))
        for processes, alone in kinds.items():
            first, last = (0, given.processes) if processes else (given.processes, given.moments)
            numbers = [number for number in range(first, last) if given.only in {None, number}]
            name = f"random moments, {'processes' if processes else 'threads'}, seed {given.seed}"
            tell(
                name,
                *total(
                    moment(base, loaded, alone, number, random.Random(f"{given.seed}/{number}"), processes=processes)
                    for number in numbers
                ),
            )
    except Miss as miss:
        print(f"MISSED, {name}: {miss.what}\n  in the latest folder of {base}", file=sys.stderr)
        return 1
    shutil.rmtree(base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
