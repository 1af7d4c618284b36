"""The engine's bars beside its peers in one run.

    python -m venv .bench-peers && .bench-peers/bin/pip install -r benchmarks/engine/peers.txt python -m
    benchmarks.engine.bars --peers .bench-peers [--only PART...] [--repeat 5] [--workdir DIR] [--workflows FILE...]
    [--json FILE]

Every figure is a median of `--repeat` runs, in which ours and the peers' take turns. Three readings of what a task
costs: "engine" is ours alone, from the first task's start to the last one's end by its journal; "beyond one task" is
what the whole command took beyond the same command on one job, over the other jobs, and so without the start of the
program; "whole command" is all of it, start and report included, over the jobs. Ours and a peer's are only ever
compared in the same reading, as the median of the quotients of runs side by side. "beyond" is how long a task was under
way beyond its payload, median and 95th percentile. Peak memory is that of the largest process. `--workdir` must lie on
the disk whose syncs are to count: not on tmpfs.

Parts: wide, layers, power, loading, scale, shell, resume, one, help, makespan, shapes, workflows. `--workflows` names
instances in WfCommons' WfFormat, such as those of https://github.com/wfcommons/WfInstances.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.engine import ours, starting
from benchmarks.engine.accounting import Shares, shares_of
from benchmarks.engine.loading import load_seconds
from benchmarks.engine.measure import Cost, cost_of
from benchmarks.engine.peers import PEERS
from benchmarks.engine.plans import wide_plan
from benchmarks.engine.resuming import resume_seconds
from benchmarks.engine.shapes import SHAPES, Shape
from benchmarks.engine.shapes import wide as wide_jobs
from benchmarks.engine.turns import BEYOND, READINGS, Turn, over
from benchmarks.engine.workflows import shape_of

US: Final = 1e6
MIB: Final = 2**20
OURS: Final = "ours"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. bar: what it is held against, in the same unit, None where it is only told."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    said: str = ""

    def __str__(self) -> str:
        held = "" if self.bar is None else f"  {'meets' if self.value <= self.bar else 'MISSES'} {self.bar:,.4g}"
        return f"{self.what:58} {self.value:12,.4g} {self.unit:6}{held}  {self.said}".rstrip()


class Bench:
    """Runs shapes in turn, each in a fresh folder, and remembers what they cost."""

    def __init__(self, workdir: Path, peers: Path, repeat: int, instances: tuple[Path, ...]) -> None:
        self.workdir = workdir
        self.peers = peers
        self.repeat = repeat
        self.instances = instances
        self.lines: list[Line] = []

    def say(self, line: Line) -> None:
        """Print a figure and keep it."""
        print(line, flush=True)
        self.lines.append(line)

    def folder(self) -> Path:
        """A fresh folder to run in.

        One with many files is not removed while others are to be timed: ext4 without a journal passes over each inode
        that was freed in the last minutes, one by one (`recently_deleted` in fs/ext4/ialloc.c), and so who makes a file
        pays for what was removed before.
        """
        return Path(tempfile.mkdtemp(dir=self.workdir))

    def mine(self, shape: Shape, **how: str | int) -> ours.Ran:
        """One run of ours. What it leaves stays until the end: see `folder`."""
        return ours.run(shape, self.folder(), **how)  # type: ignore[arg-type]

    def peer(self, name: str, shape: Shape) -> Cost:
        """One run of a peer."""
        folder, peer = self.folder(), PEERS[name]
        peer.prepare(shape, folder)
        return cost_of(peer.command(shape, self.peers), folder)

    def shares(self, name: str, shape: Shape) -> Shares:
        """Whose processor time one run of a peer takes, or one of ours where no peer is named."""
        folder = self.folder()
        if name:
            PEERS[name].prepare(shape, folder)
            return shares_of(PEERS[name].command(shape, self.peers), folder)
        ours.write_plan(shape, folder)
        return shares_of(ours.command(executor="processes"), folder, ours.ENV)

    def has(self, name: str) -> bool:
        """Whether the peer is installed; says so where it is not."""
        there = PEERS[name].available(self.peers)
        if not there:
            print(f"{name} is not installed in {self.peers}: left out")
        return there

    def turns(self, name: str, peers: tuple[str, ...], **how: str | int) -> dict[str, list[Turn]]:
        """Ours and the peers by turns, each on one job and on the shape's."""
        shape, one = SHAPES[name](), SHAPES["one"]()
        tasks = len(shape.jobs)
        found: dict[str, list[Turn]] = {who: [] for who in (OURS, *peers)}
        for _ in range(self.repeat):
            alone, ran = self.mine(one, **how), self.mine(shape, **how)
            found[OURS].append(Turn(alone.cost, ran.cost, tasks, ran))
            for peer in peers:
                found[peer].append(Turn(self.peer(peer, one), self.peer(peer, shape), tasks))
        return found


def compare(
    bench: Bench, name: str, peers: tuple[str, ...], bar: float | None, below: str = "", **how: str | int
) -> None:
    """Ours beside the peers on one shape, per task. below: the peer that ours must also stay below, beyond one task."""
    found = bench.turns(name, tuple(peer for peer in peers if bench.has(peer)), **how)
    label = " ".join((name, *map(str, how.values())))
    _tell_engine(bench, label, [turn.ran for turn in found[OURS] if turn.ran], found[OURS][0].tasks, bar)
    for reading, of in READINGS.items():
        for who, turns in found.items():
            told = _told(who, turns) if reading == BEYOND else ""
            bench.say(Line(f"{label}: {reading}, {who}", median(map(of, turns)) * US, "us", None, told))
        if below in found:
            quotient = median(over(of(one), of(other)) for one, other in zip(found[OURS], found[below], strict=True))
            bench.say(Line(f"{label}: {reading}, ours over {below}", quotient, "x", 1.0 if reading == BEYOND else None))


def _tell_engine(bench: Bench, label: str, ran: Sequence[ours.Ran], tasks: int, bar: float | None) -> None:
    """Ours by its own journal."""
    beyond = f"beyond p50 {median(one.p50 for one in ran) * US:.0f} p95 {median(one.p95 for one in ran) * US:.0f} us"
    peak = f"peak {median(one.cost.rss for one in ran) / MIB:.0f} MiB"
    engine = median(one.makespan for one in ran) / tasks
    bench.say(Line(f"{label}: engine, per task", engine * US, "us", bar, f"{beyond}, {peak}"))


def _told(who: str, turns: Sequence[Turn]) -> str:
    """What else is known of the turns: processor time, the cost of one job, and what the peer keeps."""
    cpu, start = median(turn.processor for turn in turns), median(turn.one.seconds for turn in turns)
    keeps = f", keeps {PEERS[who].durable}" if who in PEERS else ""
    return f"processor {cpu * US:.0f} us, one task {start:.2f} s{keeps}"


def wide(bench: Bench) -> None:
    """No-ops in process, `process` durability."""
    for name in ("wide-1000", "wide-10000", "chain-1000"):
        compare(bench, name, ("doit", "doit-sqlite", "make", "dask"), 120.0, "doit")


def layers(bench: Bench) -> None:
    """10 layers of 100, all to all: 90,000 needs."""
    compare(bench, "layers-10x100", ("doit", "make"), 200.0, "doit")


def power(bench: Bench) -> None:
    """`power` durability: a sync for every commit."""
    for name in ("wide-1000", "wide-10000"):
        compare(bench, name, (), 150.0, durability="power", jobs=256)
    compare(bench, "chain-1000", ("dbos",), None, "dbos", durability="power")


def shapes(bench: Bench) -> None:
    """The other shapes, told without a bar."""
    for name in ("grid-100x100", "diamonds-100x8", "phase-noop"):
        compare(bench, name, (), None)
    compare(bench, "sleep-10ms", ("doit",), None, executor="threads")


def loading(bench: Bench) -> None:
    """10,000 tasks: parse, validate, graph and preflight, in a fresh process, imports apart."""
    shape = SHAPES["wide-10000"]()
    for form, bar in (("yaml", 3.0), ("json", 0.5)):
        folder = bench.folder()
        took = [load_seconds(shape, folder, form) for _ in range(bench.repeat)]
        shutil.rmtree(folder)
        said = f"processor {median(cpu for _, cpu in took):.2f} s"
        bench.say(Line(f"10,000 tasks, load from {form}", median(wall for wall, _ in took), "s", bar, said))


def scale(bench: Bench) -> None:
    """100,000 independent no-ops, beside 10,000: time per task and memory."""
    ran = {}
    for thousands in (10, 100):
        folder = bench.folder()
        (folder / "plan.json").write_text(json.dumps(wide_plan(thousands)), encoding="utf-8")
        ran[thousands] = ours.run(Shape("many", wide_jobs(thousands * 1000)), folder, jobs=64)
        shutil.rmtree(folder)
    each = {thousands: one.makespan / thousands * 1e3 for thousands, one in ran.items()}
    bench.say(
        Line("100,000 no-ops: engine, per task", each[100], "us", None, f"whole command {ran[100].cost.seconds:.1f} s")
    )
    bench.say(Line("100,000 no-ops: over 10,000, per task", each[100] / each[10], "x", 1.5))
    bench.say(Line("100,000 no-ops: peak memory", ran[100].cost.rss / MIB, "MiB", 1024.0))


def shell(bench: Bench) -> None:
    """The program `true` 1,000 times, each in a process of its own."""
    if not bench.has("make"):
        return
    shape, one = SHAPES["true-1000"](), SHAPES["true-one"]()
    pairs = []
    for _ in range(bench.repeat):  # what is subtracted and what is compared lie side by side in time
        mine = bench.mine(shape, executor="processes").cost.seconds - bench.mine(one, executor="processes").cost.seconds
        theirs = bench.peer("make", shape).seconds - bench.peer("make", one).seconds
        pairs.append((mine / (len(shape.jobs) - 1), theirs / (len(shape.jobs) - 1)))
    bench.say(Line("true, 1,000 times: per task", median(mine for mine, _ in pairs) * US, "us"))
    bench.say(Line("true, 1,000 times: make, per task", median(theirs for _, theirs in pairs) * US, "us"))
    bench.say(Line("true, 1,000 times: over make", median(mine / theirs for mine, theirs in pairs), "x", 1.5))
    shell_shares(bench, shape, one)


def shell_shares(bench: Bench, shape: Shape, one: Shape) -> None:
    """Whose processor time that is, ours and make's, per task."""
    taken: dict[str, list[list[float]]] = {"": [], "make, ": []}
    for _ in range(bench.repeat):
        for name, rows in taken.items():
            many, single = (bench.shares(name.rstrip(", "), what) for what in (shape, one))
            rows.append(
                [getattr(many, part) - getattr(single, part) for part in ("first", "others", "programs", "all")]
            )
    each = {
        name: [median(column) / (len(shape.jobs) - 1) for column in zip(*rows, strict=True)]
        for name, rows in taken.items()
    }
    for name, (first, others, programs, whole) in each.items():
        said = f"itself {first * US:.0f}, launchers {others * US:.0f}, programs {programs * US:.0f}"
        bench.say(Line(f"true, 1,000 times: {name}processor time per task", whole * US, "us", None, said))
    bench.say(Line("true, 1,000 times: processor time over make", each[""][-1] / each["make, "][-1], "x"))


def resume(bench: Bench) -> None:
    """10,000 tasks, half done, the orchestrator killed: seconds from taking the run up to its first task's start."""
    took = []
    for _ in range(bench.repeat):
        folder = bench.folder()
        took.append(resume_seconds(SHAPES["wide-10000"](), folder))
        shutil.rmtree(folder)
    said = f"processor {median(cpu for _, cpu in took):.2f} s; loading the plan apart"
    bench.say(Line("10,000 tasks half done: to the first task", median(wall for wall, _ in took), "s", 1.0, said))


def help_(bench: Bench) -> None:
    """`orchestrate --help`."""
    folder = bench.folder()
    took = [cost_of(ours.orchestrate("--help"), folder, ours.ENV) for _ in range(max(5, bench.repeat))]
    said = f"processor {median(one.cpu for one in took):.2f} s"
    bench.say(Line("orchestrate --help", median(one.seconds for one in took), "s", 0.25, said))


def one(bench: Bench) -> None:
    """One command with one criterion, page and all, as it is installed: wall and processor time. Then, of this
    checkout, whose processor time it is and what is imported for it.
    """
    repeat = max(5, bench.repeat)
    starting.cost(bench.folder())  # the first run may compile modules and templates
    took = [starting.cost(bench.folder()) for _ in range(repeat)]
    seconds, processor = ([getattr(each, part) for each in took] for part in ("seconds", "cpu"))
    whose = [starting.shares(bench.folder()) for _ in range(repeat)]
    others = median(each.others for each in whose)
    said = f"the quickest of {repeat}: {min(seconds):.3f} s; launcher and guard {others:.3f} s of processor beside it"
    bench.say(Line("one task: whole command, wall", median(seconds), "s", 0.35, said))
    said = f"the least of {repeat}: {min(processor):.3f} s"
    bench.say(Line("one task: whole command, processor", median(processor), "s", None, said))
    imports = [starting.imported(bench.folder()) for _ in range(repeat)]
    modules = imports[0][1]
    bench.say(Line("one task: modules", sum(modules.values()), ""))
    for package in sorted(modules, key=modules.__getitem__, reverse=True):
        spent = median(seconds[package] for seconds, _ in imports)
        bench.say(Line(f"one task: importing {package}", spent, "s", None, f"{modules[package]} modules"))


def makespan(bench: Bench) -> None:
    """The founding plan's shape with sleeps of half a second, four slots."""
    for name in ("phase", "phase-sleep"):
        shape = SHAPES[name]()
        executor = "threads" if name == "phase" else "processes"
        took = [bench.mine(shape, executor=executor).makespan for _ in range(min(3, bench.repeat))]
        bench.say(Line(f"{name}, {executor}: over the ideal {shape.ideal:g} s", median(took) / shape.ideal, "x", 1.05))


def workflows(bench: Bench) -> None:
    """The graphs of the workflow instances given by --workflows, each job a no-op."""
    for path in bench.instances:
        shape = shape_of(path)
        ran = [bench.mine(shape) for _ in range(bench.repeat)]
        each = median(one.makespan for one in ran) / len(shape.jobs) * US
        said = f"{len(shape.jobs)} tasks, {shape.edges} needs"
        bench.say(Line(f"{path.stem}: engine, per task", each, "us", None, said))


PARTS: Final[Mapping[str, Callable[[Bench], None]]] = {
    "wide": wide, "layers": layers, "power": power, "loading": loading, "scale": scale, "shell": shell,
    "resume": resume,
    "one": one, "help": help_, "makespan": makespan, "shapes": shapes, "workflows": workflows,
}  # fmt: skip


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path(".bench-peers"))
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--workdir", type=Path)
    parser.add_argument("--workflows", nargs="*", type=Path, default=[])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.workdir) as workdir:
        bench = Bench(Path(workdir), asked.peers.absolute(), asked.repeat, tuple(asked.workflows))
        for name in asked.only:
            print(f"\n{name}: {PARTS[name].__doc__}", flush=True)
            PARTS[name](bench)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(line) for line in bench.lines], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
