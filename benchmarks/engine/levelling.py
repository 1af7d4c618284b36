"""Levelled schedules beside a plain CP-SAT model, on made problems: who finds the shorter one in the same time.

Usage: python -m benchmarks.engine.levelling [--seconds 10] [--problems 6] [FILE.sm ...]

The problems are made in the manner of PSPLIB's generator (Kolisch, Sprecher and Drexl 1995): 60 and 120 tasks of 1 to
10 units, four counters, scarce and much asked for. Files of PSPLIB itself are taken as they are. Both have the same
seconds and two threads.
"""

import argparse
import random
import statistics
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.graph.project import Project, project_of
from orchestrator.graph.schedule import forecast
from orchestrator.importers.psplib import read_psplib
from orchestrator.levelling import level

COUNTERS = 4
LONGEST = 10


def made(tasks: int, seed: int, factor: float, strength: float) -> str:
    """A problem in PSPLIB's format. factor: share of counters that a task asks for; strength: 0 scarce, 1 plenty."""
    chance = random.Random(seed)
    lengths = [chance.randint(1, LONGEST) for _ in range(tasks)]
    after: list[set[int]] = [set() for _ in range(tasks)]
    for task in range(3, tasks):
        count = 1 if chance.random() < 0.2 else chance.choice([1, 2, 3])
        for need in chance.sample(range(max(0, task - 15), task), k=min(task, count)):
            after[need].add(task)
    asked = [[chance.randint(1, LONGEST) if chance.random() < factor else 0 for _ in range(COUNTERS)] for _ in lengths]
    full = [_capacity(lengths, after, [each[counter] for each in asked], strength) for counter in range(COUNTERS)]
    return _text(lengths, after, asked, full)


def _capacity(lengths: list[int], after: list[set[int]], asked: list[int], strength: float) -> int:
    """Between what the hungriest task asks for and what is asked for at once where every task starts as early as it
    can.
    """
    early = [0] * len(lengths)
    for task, length in enumerate(lengths):
        for one in after[task]:
            early[one] = max(early[one], early[task] + length)
    ends = [start + length for start, length in zip(early, lengths, strict=True)]
    peak = max(
        sum(amount for start, end, amount in zip(early, ends, asked, strict=True) if start <= moment < end)
        for moment in range(max(ends))
    )
    return max(*asked, 1, round(max(asked) + strength * (peak - max(asked))))


def _text(lengths: list[int], after: list[set[int]], asked: list[list[int]], full: list[int]) -> str:
    order = [
        f"{task + 1} 1 {len(after[task])} {' '.join(str(one + 1) for one in sorted(after[task]))}"
        for task in range(len(lengths))
    ]
    requests = [f"{task + 1} 1 {length} {' '.join(map(str, asked[task]))}" for task, length in enumerate(lengths)]
    names = " ".join(f"R {counter + 1}" for counter in range(COUNTERS))
    rule = "*" * 72
    first = ["PRECEDENCE RELATIONS:", "jobnr. #modes #successors successors", *order, rule]
    second = ["REQUESTS/DURATIONS:", f"jobnr. mode duration {names}", "-" * 72, *requests, rule]
    return "\n".join([*first, *second, "RESOURCEAVAILABILITIES:", names, " ".join(map(str, full)), rule, ""])


def plain(project: Project, seconds: float) -> float:
    """The makespan that a plain model finds, in seconds."""
    model: Any = cp_model.CpModel()
    horizon = sum(project.lengths)
    starts = [model.new_int_var(0, horizon, name) for name in project.names]
    spans = [
        model.new_fixed_size_interval_var(start, length, f"{start}")
        for start, length in zip(starts, project.lengths, strict=True)
    ]
    end = model.new_int_var(0, horizon, "end")
    for task, start in enumerate(starts):
        model.add(start + project.lengths[task] <= end)
        for need in project.before[task]:
            model.add(start >= starts[need] + project.lengths[need])
    for counter, full in enumerate(project.full):
        held = [
            (spans[task], amount)
            for task, demand in enumerate(project.demands)
            for one, amount in demand
            if one == counter
        ]
        model.add_cumulative([span for span, _ in held], [amount for _, amount in held], full)
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    solver.solve(model)
    return solver.objective_value * project.unit


def main() -> None:
    """Print one line for each problem, and the mean."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="*", type=Path)
    asked.add_argument("--seconds", type=float, default=10.0)
    asked.add_argument("--problems", type=int, default=6)
    options = asked.parse_args()
    texts = {path.name: path.read_text() for path in options.files}
    for seed in range(0 if texts else options.problems):
        tasks, factor, strength = (60, 120)[seed % 2], (0.5, 0.75, 1.0)[seed % 3], 0.2
        texts[f"made {tasks} tasks, seed {seed}"] = made(tasks, seed, factor, strength)
    ratios = []
    for name, text in texts.items():
        loaded: LoadedPlan = load_text(read_psplib(text, name), name)
        listed = forecast(loaded.plan, loaded.graph).makespan
        ours = level(loaded.plan, loaded.graph, options.seconds)
        theirs = plain(project_of(loaded.plan, loaded.graph), options.seconds)
        ratios.append(ours.schedule.makespan / theirs)
        found = f"ours {ours.schedule.makespan:g} by {ours.method}, bound {ours.bound:g}"
        print(f"{name}: list {listed:g}, {found}, plain CP-SAT {theirs:g}", flush=True)
    print(
        f"ours over plain CP-SAT: mean {statistics.mean(ratios):.4f}, worst {max(ratios):.4f}, {len(ratios)} problems"
    )


if __name__ == "__main__":
    main()
