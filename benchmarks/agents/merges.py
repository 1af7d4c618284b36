"""Random schedules of the merge queue: clashes, regressions, a target that others move, and kills; then what must
always hold is checked.

    python -m benchmarks.agents.merges                    200 schedules
    python -m benchmarks.agents.merges --schedules 20     fewer
    python -m benchmarks.agents.merges --seed 7 --only 3  one of a series again

Each schedule makes a repository with a number in each of four files, and two to four hand-ins that change some of them.
Each hand-in has an instrument that adds the numbers up, and must find at most LIMIT on the joined tree; two that are
good alone may be too much together. The queue runs in a process of its own, which is killed at random moments and
started again; meanwhile somebody else may move the target. Checked after each (the first miss ends the series with exit
code 1 and names the schedule):

- no false merge: each merge on the target is git's own clean merge of its parents, and holds for all hand-ins that are
  in;
- no lost commit: each hand-in's branch is where it was, and what others committed is in the target's history;
- each move of the target was a fast-forward;
- what the queue says is joined is joined, and what it says is not joined is not;
- a worktree that has the target checked out shows it, with nothing changed.
"""

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from orchestrator.agents.git import AUTHOR
from orchestrator.agents.merging import carry_merge
from orchestrator.engine.levels import demand_at
from orchestrator.evidence.measurement import Evidence
from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.agentwork import Checkout, Merge, ToJoin
from orchestrator.executors.order import AttemptResult, WorkOrder
from orchestrator.graph.load import load_text
from orchestrator.state.rounds import HandIn, Talk

LIMIT: Final = 10
FILES: Final = 4
TRIES: Final = 40
TOTAL: Final = Metric("total", "points", Better.LOWER)
COUNT: Final = (
    'n=0; for f in "$ORCHESTRATE_CHECKOUT"/n/*; do n=$((n + $(tail -n 1 "$f"))); done; printf '
    """'{"kind":"measurement","metric":"total","unit":"points","values":[%s],"cases":1,"method":"added up"}\\n' $n >> "$ORCHESTRATE_EVIDENCE\""""  # noqa: E501
)
PLAN: Final = load_text(
    yaml.safe_dump(
        {
            "schema": 1, "id": "merges", "title": "Merges",
            "agents": {"X": {"specialty": "adding", "driver": "command", "program": ["true"]}},
            "workstreams": {
                "A": {
                    "title": "A", "lead": "X",
                    "tasks": [
                        {"id": "add", "title": "Add", "brief": "Add.", "writes": ["n/**"], "until": ["A.few"],
                        "needs": []},
                        {"id": "count", "title": "Count", "measures": "add", "command": ["true"],
                        "metrics": [{"name": "total", "unit": "points", "better": "lower"}]},
                    ],
                    "success_criteria": [{"id": "few", "title": "Few", "metric": "total",
                    "target": f"<= {LIMIT} points"}],
                }
            },
        },
        sort_keys=False,
    ),
    "merges.yaml",
)  # fmt: skip
DEMAND: Final = demand_at(PLAN.plan, "A.few", TOTAL)


class MissError(Exception):
    """Something that must always hold did not."""


@dataclass(slots=True)
class Schedule:
    """One repository with its hand-ins."""

    folder: Path
    chance: random.Random
    checked_out: bool = False
    rival: bool = False
    kills: int = 0

    @property
    def repo(self) -> Path:
        """Where the repository is."""
        return self.folder / "repo"

    def git(self, *words: str, env: dict[str, str] | None = None) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *words], cwd=self.repo, check=True, capture_output=True, env={**os.environ, **AUTHOR, **(env or {})}
        )
        return done.stdout.decode().strip()

    def commit(self, parent: str, numbers: dict[int, int], message: str) -> str:
        """A commit on the parent with some of the numbers changed."""
        index = {"GIT_INDEX_FILE": str(self.folder / f"index-{threading.get_ident()}")}
        self.git("read-tree", parent, env=index)
        for name, number in numbers.items():
            blob = self.folder / f"blob-{threading.get_ident()}"
            blob.write_text(f"# file {name}\n#\n#\n{number}\n")
            stored = self.git("hash-object", "-w", str(blob))
            self.git("update-index", "--add", "--cacheinfo", f"100644,{stored},n/{name}", env=index)
        return self.git("commit-tree", self.git("write-tree", env=index), "-p", parent, "-m", message)

    def made(self) -> Merge:
        """The repository, and the queue that is to be joined."""
        self.repo.mkdir(parents=True)
        self.git("init", "-q", "-b", "trunk", ".")
        self.git("config", "core.logAllRefUpdates", "always")
        self.git("commit", "-q", "--allow-empty", "-m", "empty")
        base = self.commit(self.git("rev-parse", "HEAD"), dict.fromkeys(range(FILES), 1), "base")
        self.git("update-ref", "refs/heads/main", base)
        if self.checked_out:
            self.git("checkout", "-q", "main")
        queue = tuple(self._hand_in(name, base) for name in range(self.chance.randint(2, 4)))
        return Merge(self.repo, "main", queue)

    def _hand_in(self, name: int, base: str) -> ToJoin:
        chosen = self.chance.sample(range(FILES + 2), self.chance.randint(1, 2))
        commit = self.commit(base, {each: self.chance.randint(0, 4) for each in chosen}, f"hand-in {name}")
        self.git("update-ref", f"refs/heads/given/{name}", commit)
        hand_in = HandIn(str(self.repo), f"given/{name}", base, commit, (), Talk("acp"))
        checkout = Checkout(self.repo, commit, base, (), self.folder / f"checkout-{name}")
        instrument = WorkOrder(
            run="merges", task=f"A.count{name}", attempt=1, folder=self.folder / "unused", project=self.folder,
            cache=self.folder / "cache",
            command=("sh", "-c", COUNT), metrics=(TOTAL,), checkout=checkout,
        )  # fmt: skip
        return ToJoin(f"A.add{name}", hand_in, (instrument,), (DEMAND,))

    def total(self, commit: str) -> int:
        """The numbers of a commit, added up, as the instrument should find them."""
        names = self.git("ls-tree", "--name-only", commit, "n/").splitlines()
        return sum(int(self.git("show", f"{commit}:{name}").splitlines()[-1]) for name in names)


def carried(schedule: Schedule, merge: Merge) -> AttemptResult:
    """Join, with kills, until it comes to an end."""
    for attempt in range(1, TRIES):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            _child(schedule, merge, attempt, write)
        os.close(write)
        killed = attempt <= schedule.kills
        if killed:
            time.sleep(schedule.chance.uniform(0.0, 0.5))
            os.kill(pid, signal.SIGKILL)
        with os.fdopen(read, "rb") as file:
            said = file.read()
        os.waitpid(pid, 0)
        if said:
            result = pickled(said)
            if result.failure is None:
                return result
            if "moved" not in result.failure.message:
                raise MissError(f"it stopped: {result.failure.message}")
        elif not killed:
            raise MissError("the queue broke")
    raise MissError("it came to no end")


def pickled(said: bytes) -> AttemptResult:
    """What the child told."""
    import pickle  # noqa: PLC0415 - from our own child only

    found = pickle.loads(said)
    assert isinstance(found, AttemptResult)
    return found


def _child(schedule: Schedule, merge: Merge, attempt: int, write: int) -> None:
    import pickle  # noqa: PLC0415 - from our own child only

    code = 1
    try:
        order = WorkOrder(
            run="merges", task="A.join", attempt=attempt, folder=schedule.folder / f"join-{attempt}",
            project=schedule.folder, cache=schedule.folder / "cache", merge=merge,
        )  # fmt: skip
        result = carry_merge(order, threading.Event(), lambda _told: None)
        with os.fdopen(write, "wb") as file:
            pickle.dump(result, file)
        code = 0
    except BaseException:  # noqa: BLE001 - the child must not return into the parent's code
        import traceback  # noqa: PLC0415 - only for a child that fails

        traceback.print_exc()
    finally:
        os._exit(code)


def others(schedule: Schedule, done: threading.Event, made: list[str]) -> None:
    """Somebody else commits to the target now and then; a number of theirs may clash, or be too much."""
    chance = random.Random(schedule.chance.random())
    while not done.wait(chance.uniform(0.05, 0.6)) and len(made) < 3:
        tip = schedule.git("rev-parse", "refs/heads/main")
        new = schedule.commit(tip, {chance.randrange(FILES + 4): chance.randint(0, 2)}, "another's")
        moved = subprocess.run(
            ["git", "update-ref", "refs/heads/main", new, tip], cwd=schedule.repo, check=False, capture_output=True
        )
        if moved.returncode == 0:
            made.append(new)


def check(schedule: Schedule, merge: Merge, result: AttemptResult, theirs: Sequence[str]) -> None:
    """Raises MissError for whatever does not hold."""
    tip = schedule.git("rev-parse", "refs/heads/main")
    moves = schedule.git("reflog", "show", "--format=%H", "main").splitlines()
    for new, old in itertools.pairwise(moves):
        require(_within(schedule, old, new), f"the target was no fast-forward: {old[:8]} to {new[:8]}")
    for each in merge.queue:
        at = schedule.git("rev-parse", f"refs/heads/{each.hand_in.branch}")
        require(at == each.hand_in.commit, f"{each.task} lost its commit")
    for each_one in theirs:
        require(_within(schedule, each_one, tip), "what somebody else committed is lost")
    joined = {one.task: one for one in result.joined}
    require(len(joined) == len(merge.queue), "not every hand-in was told of")
    for each in merge.queue:
        is_in = _within(schedule, each.hand_in.commit, tip)
        require(bool(joined[each.task].commit) == is_in, f"{each.task} is told of wrongly: {joined[each.task]}")
        require(bool(joined[each.task].why) != is_in, f"{each.task} has no reason")
    for commit in schedule.git("rev-list", "--first-parent", "--merges", tip).splitlines():
        ours, parents = schedule.total(commit), schedule.git("show", "-s", "--format=%P", commit).split()
        require(ours <= LIMIT, f"a false merge: {commit[:8]} comes to {ours}")
        clean = schedule.git("merge-tree", "--write-tree", *parents).splitlines()[0]
        require(clean == schedule.git("rev-parse", f"{commit}^{{tree}}"), f"{commit[:8]} is not git's own merge")
    if schedule.checked_out:
        require(schedule.git("status", "--porcelain") == "", "the worktree does not show the target")


def _within(schedule: Schedule, older: str, newer: str) -> bool:
    said = subprocess.run(["git", "merge-base", "--is-ancestor", older, newer], cwd=schedule.repo, check=False)
    return said.returncode == 0


def require(holds: bool, what: str) -> None:  # noqa: FBT001 - a plain condition
    """Raises MissError where it does not hold."""
    if not holds:
        raise MissError(what)


def play(seed: int, number: int, folder: Path) -> tuple[int, int, int]:
    """One schedule; how many were joined, how many not, and how often others moved the target. Raises MissError."""
    chance = random.Random(f"{seed}/{number}")
    checked_out = chance.random() < 0.3
    schedule = Schedule(
        folder, chance, checked_out, not checked_out and chance.random() < 0.5, chance.choice((0, 0, 1, 2, 3))
    )
    merge = schedule.made()
    done, theirs = threading.Event(), list[str]()
    rival = threading.Thread(target=others, args=(schedule, done, theirs))
    if schedule.rival:
        rival.start()
    try:
        result = carried(schedule, merge)
    finally:
        done.set()
        if schedule.rival:
            rival.join()
    check(schedule, merge, result, theirs)
    count = sum(bool(one.commit) for one in result.joined)
    assert result.evidence == Evidence()
    return count, len(merge.queue) - count, len(theirs)


def main(words: Sequence[str] | None = None) -> int:
    """Play the series and print what came of it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    said = parser.parse_args(words)
    totals = [0, 0, 0]
    numbers = range(said.schedules) if said.only is None else (said.only,)
    with tempfile.TemporaryDirectory(prefix="merges-") as top:
        for number in numbers:
            try:
                found = play(said.seed, number, Path(top) / str(number))
            except MissError as miss:
                sys.stdout.write(f"schedule {number} of seed {said.seed}: {miss}\n")
                return 1
            totals = [before + one for before, one in zip(totals, found, strict=True)]
    joined, refused, moved = totals
    sys.stdout.write(
        f"{len(numbers)} schedules: {joined} hand-ins joined, {refused} given back, the target moved {moved} times by "
        f"others; "
        "0 false merges, 0 lost commits, every move a fast-forward\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
