"""Regressions of the merged profile against the baseline: ratio, speed and memory, each judged by its whole interval.

A regression is a comparison whose whole 95 % interval is more than 5 % on the worse side of the baseline. Ratios are
exact. An interval that contains the border is undecided. It is no regression, and no examined case either. So a
criterion that expects all cases stays unproven, and says which noise of the machine it saw. Speed and memory are
sampled until they are decided or the budget is spent (`workstreams.validation.pairs`).

Speed is decided by processor time, which waiting for a busy machine does not increase. A profile can also be slower by
making its own threads wait. So the wall times of the same encodes are compared too: there, a whole interval on the
worse side is a regression, and any other is no case.
"""

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams import corpus
from workstreams.integration.points import TUNED
from workstreams.parameters import size, whole
from workstreams.profiling.inputs import input_file
from workstreams.sampling import Job, Spec, sample
from workstreams.tables import Cell, markdown_table
from workstreams.upstream import needed_artifact, scratch, write_json, write_text
from workstreams.validation.pairs import ARMS, Finding, Pairs, finding, grow, load, why_undecided

if TYPE_CHECKING:
    from encoder import Profile

REGRESSIONS: Final = Metric(
    "validation.regressions",
    "regressions",
    Better.LOWER,
    description="Comparisons more than 5 % worse by their whole interval",
)
SPEED: Final = Metric(
    "validation.speed",
    "x",
    Better.HIGHER,
    Form.SPEEDUP,
    "Encode time of the baseline over the merged profile, all kinds",
)
MEMORY: Final = Metric(
    "validation.memory_reduction",
    "%",
    Better.HIGHER,
    Form.REDUCTION,
    "Peak resident set, merged profile against baseline",
)
METHOD: Final = (
    "ratio (exact), processor time and peak memory of the merged profile against the baseline; a regression is a whole "
    "95 % interval more than 5 % on the worse side, and only a decided comparison is a case; wall time that is worse "
    "counts too"
)
ROLES: Final = {"baseline": "baseline", "merged": "treatment", "control": "control"}


@dataclass(slots=True)
class Clock:
    """Encodes of one input by an arm's profile. walls: the seconds that passed, by arm. size: bytes of the last."""

    plans: "Mapping[str, Profile]"
    data: bytes
    walls: dict[str, list[float]] = field(default_factory=lambda: {arm: [] for arm in ARMS})
    size: int = 0

    def take(self, arm: str) -> float:
        """Processor time, in seconds, of one streaming encode in this process: all its threads together."""
        from encoder import StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

        sink = io.BytesIO()
        began, spent = time.perf_counter(), time.process_time()
        with StreamingEncoder(sink, self.plans[arm]) as stream:
            stream.write(self.data)
        spent = time.process_time() - spent
        self.walls[arm].append(time.perf_counter() - began)
        self.size = len(sink.getvalue())
        return spent

    def warm_up(self, arm: str) -> int:
        """Bytes of an encode whose times are not kept."""
        self.take(arm)
        self.walls[arm].clear()
        return self.size


def inputs(context: TaskContext) -> dict[str, bytes]:
    """The kinds whose ratio and speed are compared. Small ones are repeated to the wanted size, blocks apart."""
    wanted = size(context.params, "size", "6MiB")
    tile = min(wanted, 2 << 20)
    made = {name: corpus.GENERATED[name](tile, 1) for name in ("server log", "JSON lines", "CSV table")}
    found = {name: data for name, data in corpus.real(tile).items() if name == "Python sources"}
    return {name: (data * -(-wanted // len(data)))[:wanted] for name, data in (made | found).items()}


def regression(context: TaskContext) -> None:
    """Compare, decide, and leave the table."""
    path = needed_artifact(context, TUNED)
    ratios, speeds, clocks = compared_kinds(context, path)
    memory = memory_pairs(context, path)
    pairs = [*speeds, memory]
    findings = [*ratios, *(each.found for each in pairs if each.found), *longer_waits(speeds, clocks)]
    pooled = [seconds for each in speeds for seconds in each.values["baseline"]]
    slower = [1.2 * seconds for seconds in pooled]
    undecided = [why_undecided(each) for each in pairs if not each.decided]
    leave(context, findings, [finding("speed", "a fifth slower", slower, pooled)], undecided)
    record_speed(context, speeds, clocks)
    record_memory(context, memory)


def compared_kinds(context: TaskContext, merged: Path) -> tuple[list[Finding], list[Pairs], list[Clock]]:
    """Ratio and speed on every kind: baseline, merged, baseline again."""
    from encoder import load_profile  # noqa: PLC0415 - as above
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    baseline = load_profile("baseline")
    plans = {"baseline": baseline, "merged": load_profile(str(merged)), "control": baseline}
    ratios, speeds, clocks = [], [], []
    for name, data in inputs(context).items():
        clock = Clock(plans, data)
        ratios.append(finding("ratio", name, [clock.warm_up("merged")], [clock.warm_up("baseline")]))
        speeds.append(Pairs("speed", name, clock.take))
        clocks.append(clock)
    grow(speeds, whole(context.params, "rounds", 6), whole(context.params, "budget", 90), time.monotonic)
    return ratios, speeds, clocks


def longer_waits(speeds: Sequence[Pairs], clocks: Sequence[Clock]) -> list[Finding]:
    """The wall times that are a regression."""
    found = [
        finding("wall time", each.name, clock.walls["merged"], clock.walls["baseline"], each.looks)
        for each, clock in zip(speeds, clocks, strict=True)
    ]
    return [it for it in found if it.verdict == "regression"]


def memory_pairs(context: TaskContext, profile: Path) -> Pairs:
    """Peak memory in fresh processes, MB: baseline, merged, baseline again."""
    folder = scratch(context)
    with input_file(folder, "server log", size(context.params, "memory_size", "48MB")) as source:
        names = {"baseline": "baseline", "merged": str(profile), "control": "baseline"}
        target = str(folder / "out.glyph")

        def peak(arm: str) -> float:
            return sample(Spec(Job.ENCODE, str(source), target, names[arm]), folder).peak_rss / 1e6

        pairs = Pairs("memory", "server log", peak)
        rounds, budget = whole(context.params, "memory_rounds", 3), whole(context.params, "memory_budget", 60)
        grow([pairs], rounds, budget, time.monotonic)
        return pairs


def record_speed(context: TaskContext, speeds: Sequence[Pairs], clocks: Sequence[Clock]) -> None:
    """Wall time of all kinds together."""
    pooled = {arm: [one for clock in clocks for one in clock.walls[arm]] for arm in ROLES}
    context.compare(
        SPEED,
        treatment=pooled["merged"],
        baseline=pooled["baseline"],
        control=pooled["control"],
        arm_unit="s",
        labels=[each.name for each in speeds for _ in each.values["merged"]],
        order=[ROLES[arm] for each in speeds for arm in each.order],
        method="StreamingEncoder in one process on every kind, arms interleaved, wall time",
        artifacts=["regressions.json"],
    )


def record_memory(context: TaskContext, memory: Pairs) -> None:
    """Peak memory."""
    context.compare(
        MEMORY,
        treatment=memory.values["merged"],
        baseline=memory.values["baseline"],
        control=memory.values["control"],
        arm_unit="MB",
        order=[ROLES[arm] for arm in memory.order],
        method="VmHWM of a fresh process per sample, arms interleaved",
        artifacts=["regressions.json"],
    )


def leave(
    context: TaskContext, findings: Sequence[Finding], planted: Sequence[Finding], undecided: Sequence[str] = ()
) -> None:
    """The count, the list and a table for people.

    planted: comparisons that must be found as regressions. undecided: why some are.
    """
    write_json(
        context, "regressions.json", [asdict(it) | {"verdict": it.verdict} for it in findings], title="Comparisons"
    )
    write_text(context, "regressions.md", table_of(findings), title="Regression report")
    bad = [it for it in findings if it.verdict == "regression"]
    for it in bad:
        context.note(
            f"regression: {it.quantity} on {it.name}, {it.worse:+.1f} % worse ({it.low:+.1f} to {it.high:+.1f})"
        )
    for said in undecided:
        context.note(said)
    context.note(f"{len(findings)} comparisons, {len(bad)} regressions")
    context.samples(
        REGRESSIONS,
        [len(bad)],
        cases=sum(it.verdict != "undecided" for it in findings),
        method="; ".join([*undecided, load(), METHOD] if undecided else [METHOD]),
        artifacts=["regressions.json"],
        negative=[sum(it.verdict == "regression" for it in planted)],
        negative_of="the baseline's own durations, a fifth longer, against themselves",
    )


def table_of(findings: Sequence[Finding]) -> str:
    """Every comparison, for people."""
    rows: list[list[Cell]] = [
        [it.quantity, it.name, it.worse, it.low, it.high, it.samples, it.verdict] for it in findings
    ]
    titles = ["quantity", "input", "worse by %", "low", "high", "samples", "verdict"]
    heading = (
        "# Merged profile against the baseline\n\nA regression is a whole 95 % interval more than 5 % on the worse "
        "side; negative is better than the baseline.\n\n"
    )
    return heading + markdown_table(titles, rows)


REGRESSION: Final = Runner(
    "validation.regression", regression, (REGRESSIONS, SPEED, MEMORY), "Regressions against the baseline profile"
)
