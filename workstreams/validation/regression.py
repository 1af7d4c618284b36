"""Regressions of the merged profile against the baseline: ratio, speed and memory, each judged by its whole interval.

A regression is a comparison whose whole 95 % interval lies more than 5 % on the worse side of the baseline. Ratios are exact.
An interval that only reaches over the border is undecided: it is no regression, and no case that was examined either, so that a
criterion that expects all cases stays unproven.
"""

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.intervals import of_median, seed_of
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.evidence.sequential import level_of_look
from orchestrator.runner import Runner, TaskContext
from workstreams import corpus
from workstreams.integration.points import TUNED
from workstreams.parameters import size, whole
from workstreams.profiling.inputs import input_file
from workstreams.sampling import Job, SampleResult, Spec, interleave, order_taken
from workstreams.tables import Cell, markdown_table
from workstreams.upstream import needed_artifact, scratch, write_json, write_text

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
BORDER: Final = 5.0
ROLES: Final = {"baseline": "baseline", "merged": "treatment", "control": "control"}
MOST_TIMES: Final = 4
LEVEL: Final = level_of_look(0.95, MOST_TIMES)
"""Of each look at a comparison that grows while it is undecided, so that all looks together are at 95 %."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison. worse: how much worse than the baseline, in %, by its median; low, high: its interval; below 0 is better."""

    quantity: str
    name: str
    worse: float
    low: float
    high: float
    samples: int

    @property
    def verdict(self) -> str:
        """By the whole interval."""
        if self.low > BORDER:
            return "regression"
        return "undecided" if self.high > BORDER else "no regression"


def finding(quantity: str, name: str, merged: Sequence[float], baseline: Sequence[float]) -> Finding:
    """Of paired arms in which less is better."""
    worse = [100 * (ours / theirs - 1) for ours, theirs in zip(merged, baseline, strict=True)]
    found = of_median(worse, LEVEL, seed_of(f"{quantity} {name}"))
    return Finding(quantity, name, found.value, found.low, found.high, len(worse))


def encode_seconds(profile: "Profile", data: bytes) -> tuple[float, int]:
    """Wall time and size of one streaming encode in this process."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

    sink = io.BytesIO()
    began = time.perf_counter()
    with StreamingEncoder(sink, profile) as stream:
        stream.write(data)
    return time.perf_counter() - began, len(sink.getvalue())


@dataclass(slots=True)
class SpeedArms:
    """Seconds by arm, paired by round, bytes out, and the arms in the order in which they ran."""

    seconds: dict[str, list[float]]
    sizes: dict[str, int]
    order: list[str]


def speed_arms(plans: "Mapping[str, Profile]", name: str, data: bytes, rounds: int) -> SpeedArms:
    """Interleaved rounds, the order turned each time, the first one to warm up and dropped. While the comparison is undecided
    the same number is added, up to `MOST_TIMES` as many; every sample counts, and every look is corrected for the others.
    """
    arms = SpeedArms({arm: [] for arm in plans}, {}, [])
    for arm, plan in plans.items():
        _, arms.sizes[arm] = encode_seconds(plan, data)
    for turn in range(MOST_TIMES * rounds):
        for arm in list(plans) if turn % 2 else list(plans)[::-1]:
            arms.order.append(ROLES[arm])
            arms.seconds[arm].append(encode_seconds(plans[arm], data)[0])
        done = turn + 1
        if done % rounds == 0 and speed_finding(name, arms).verdict != "undecided":
            break
    return arms


def speed_finding(name: str, arms: SpeedArms) -> Finding:
    """The comparison of wall time."""
    return finding("speed", name, arms.seconds["merged"], arms.seconds["baseline"])


def ratio_finding(name: str, arms: SpeedArms) -> Finding:
    """The comparison of bytes out."""
    return finding("ratio", name, [arms.sizes["merged"]], [arms.sizes["baseline"]])


def inputs(context: TaskContext) -> dict[str, bytes]:
    """The kinds whose ratio and speed are compared; small ones are repeated to the wanted size, blocks apart."""
    wanted = size(context.params, "size", "6MiB")
    tile = min(wanted, 2 << 20)
    made = {name: corpus.GENERATED[name](tile, 1) for name in ("server log", "JSON lines", "CSV table")}
    found = {name: data for name, data in corpus.real(tile).items() if name == "Python sources"}
    return {name: (data * -(-wanted // len(data)))[:wanted] for name, data in (made | found).items()}


def memory_arms(context: TaskContext, profile: Path) -> dict[str, list[SampleResult]]:
    """Peak memory in fresh processes: baseline, merged, baseline again."""
    folder = scratch(context)
    with input_file(folder, "server log", size(context.params, "memory_size", "64MB")) as source:
        names = {"baseline": "baseline", "merged": str(profile), "control": "baseline"}
        target = str(folder / "out.glyph")
        arms = {name: Spec(Job.ENCODE, str(source), target, plan) for name, plan in names.items()}
        return interleave(arms, whole(context.params, "memory_rounds", 3), folder)


def regression(context: TaskContext) -> None:
    """Compare, decide, and leave the table."""
    path = needed_artifact(context, TUNED)
    kinds = compared_kinds(context, path)
    taken = memory_arms(context, path)
    peaks = {arm: [it.peak_rss / 1e6 for it in results] for arm, results in taken.items()}
    findings = [
        found for name, arms in kinds.items() for found in (ratio_finding(name, arms), speed_finding(name, arms))
    ]
    findings.append(finding("memory", "server log", peaks["merged"], peaks["baseline"]))
    pooled = [seconds for arms in kinds.values() for seconds in arms.seconds["baseline"]]
    slower = [1.2 * seconds for seconds in pooled]
    leave(context, findings, [finding("speed", "a fifth slower", slower, pooled)])
    record_speed(context, kinds)
    record_memory(context, peaks)


def compared_kinds(context: TaskContext, merged: Path) -> dict[str, SpeedArms]:
    """Ratio and speed on every kind: baseline, merged, baseline again."""
    from encoder import load_profile  # noqa: PLC0415 - as above
    from encoder.block import warm  # noqa: PLC0415 - as above

    warm()
    baseline = load_profile("baseline")
    plans = {"baseline": baseline, "merged": load_profile(str(merged)), "control": baseline}
    rounds = whole(context.params, "rounds", 7)
    return {name: speed_arms(plans, name, data, rounds) for name, data in inputs(context).items()}


def record_speed(context: TaskContext, kinds: Mapping[str, SpeedArms]) -> None:
    """Wall time of all kinds together."""
    pooled = {arm: [one for arms in kinds.values() for one in arms.seconds[arm]] for arm in ROLES}
    context.compare(
        SPEED,
        treatment=pooled["merged"],
        baseline=pooled["baseline"],
        control=pooled["control"],
        arm_unit="s",
        labels=[name for name, arms in kinds.items() for _ in arms.seconds["merged"]],
        order=[role for arms in kinds.values() for role in arms.order],
        method="StreamingEncoder in one process on every kind, arms interleaved, wall time",
        artifacts=["regressions.json"],
    )


def record_memory(context: TaskContext, peaks: Mapping[str, Sequence[float]]) -> None:
    """Peak memory. peaks: MB by arm, round by round."""
    context.compare(
        MEMORY,
        treatment=peaks["merged"],
        baseline=peaks["baseline"],
        control=peaks["control"],
        arm_unit="MB",
        order=order_taken(ROLES, tuple(peaks), len(peaks["merged"])),
        method="VmHWM of a fresh process per sample, arms interleaved",
        artifacts=["regressions.json"],
    )


def leave(context: TaskContext, findings: Sequence[Finding], planted: Sequence[Finding]) -> None:
    """The count, the list and a table for people. planted: comparisons that must come out as regressions."""
    write_json(
        context, "regressions.json", [asdict(it) | {"verdict": it.verdict} for it in findings], title="Comparisons"
    )
    rows: list[list[Cell]] = [
        [it.quantity, it.name, it.worse, it.low, it.high, it.samples, it.verdict] for it in findings
    ]
    titles = ["quantity", "input", "worse by %", "low", "high", "samples", "verdict"]
    heading = (
        "# Merged profile against the baseline\n\nA regression is a whole 95 % interval more than 5 % on the worse side; "
        "negative is better than the baseline.\n\n"
    )
    write_text(context, "regressions.md", heading + markdown_table(titles, rows), title="Regression report")
    bad = [it for it in findings if it.verdict == "regression"]
    for it in findings:
        if it.verdict != "no regression":
            context.note(
                f"{it.verdict}: {it.quantity} on {it.name}, {it.worse:+.1f} % worse ({it.low:+.1f} to {it.high:+.1f})"
            )
    context.note(f"{len(findings)} comparisons, {len(bad)} regressions")
    context.samples(
        REGRESSIONS,
        [len(bad)],
        cases=sum(it.verdict != "undecided" for it in findings),
        method="ratio (exact), speed and peak memory of the merged profile against the baseline; a regression is a whole 95 % "
        "interval more than 5 % on the worse side, and only a decided comparison is a case",
        artifacts=["regressions.json"],
        negative=[sum(it.verdict == "regression" for it in planted)],
        negative_of="the baseline's own durations, a fifth longer, against themselves",
    )


REGRESSION: Final = Runner(
    "validation.regression", regression, (REGRESSIONS, SPEED, MEMORY), "Regressions against the baseline profile"
)
