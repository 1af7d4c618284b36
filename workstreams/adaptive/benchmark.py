"""Scenarios: ratio of the adaptive profile against the fixed baseline strategy, by kind."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.integrate import PROFILE
from workstreams.adaptive.kinds import Kind, collect
from workstreams.adaptive.trial import at_level
from workstreams.tables import csv_text, markdown_table
from workstreams.upstream import needed_artifact, write_text

if TYPE_CHECKING:
    from encoder import Profile

GAIN: Final = Metric(
    "adaptive.compression_gain",
    "%",
    Better.HIGHER,
    Form.INCREASE,
    "Ratio of the adaptive profile over the fixed baseline strategy's; the mean over all kinds",
    exact=True,
)
REAL_GAIN: Final = Metric(
    "adaptive.real_gain",
    "%",
    Better.HIGHER,
    Form.INCREASE,
    "The same over kinds of real data, which nobody here made",
    exact=True,
)
SAME_LEVEL_GAIN: Final = Metric(
    "adaptive.same_level_gain",
    "%",
    Better.HIGHER,
    Form.INCREASE,
    "The same with the baseline's back-end level for all: what choosing the tree type alone gives",
    exact=True,
)
SCENARIO_GAIN: Final = Metric(
    "adaptive.scenario_gain",
    "%",
    Better.HIGHER,
    Form.INCREASE,
    "The same over mixed, small and compressed inputs",
    exact=True,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One input under the three profiles: bytes in, bytes out, and wall seconds of the first two."""

    name: str
    real: bool
    size: int
    baseline: int
    adaptive: int
    same_level: int
    baseline_seconds: float
    adaptive_seconds: float


def scenarios(kinds: Sequence[Kind]) -> list[Kind]:
    """Inputs that are no kind by themselves, but are made of several kinds."""
    from encoder import encode  # noqa: PLC0415 - runners load the encoder when they run

    lines = {kind.name: kind.data for kind in kinds}
    part = 1 << 19
    return [
        Kind("every kind, one after the other", real=False, data=b"".join(kind.data[:part] for kind in kinds)),
        Kind("log lines between JSON lines", real=False, data=_interleaved(lines["server log"], lines["JSON lines"])),
        Kind("a small file of 8 KiB", real=False, data=lines["JSON lines"][: 8 << 10]),
        Kind("what is compressed already", real=False, data=encode(lines["prose"], "baseline")),
    ]


def _interleaved(first: bytes, second: bytes) -> bytes:
    pairs = zip(first[: 1 << 19].splitlines(keepends=True), second[: 1 << 19].splitlines(keepends=True), strict=False)
    return b"".join(line for pair in pairs for line in pair)


def profiles(path: str) -> "dict[str, Profile]":
    """The baseline, the derived profile, and the derived one with the baseline's level."""
    from encoder import load_profile  # noqa: PLC0415 - as above

    baseline, adaptive = load_profile("baseline"), load_profile(path)
    same = replace(adaptive, strategies=at_level(adaptive.strategies, baseline.strategy.level))
    return {"baseline": baseline, "adaptive": adaptive, "same_level": same}


def run_kind(kind: Kind, plans: "Mapping[str, Profile]") -> Row:
    """Encode under each profile, in one thread."""
    from encoder import encode  # noqa: PLC0415 - as above

    sizes, seconds = {}, {}
    for name, plan in plans.items():
        began = time.perf_counter()
        sizes[name] = len(encode(kind.data, plan))
        seconds[name] = time.perf_counter() - began
    return Row(
        kind.name,
        kind.real,
        len(kind.data),
        sizes["baseline"],
        sizes["adaptive"],
        sizes["same_level"],
        seconds["baseline"],
        seconds["adaptive"],
    )


def table(rows: Sequence[Row]) -> tuple[list[str], list[list[str | int | float]]]:
    """Titles and rows for people."""
    titles = [
        "input",
        "origin",
        "bytes",
        "baseline x",
        "adaptive x",
        "gain %",
        "gain at the same level %",
        "time share",
    ]
    return titles, [
        [
            row.name,
            "real" if row.real else "made",
            row.size,
            row.size / row.baseline,
            row.size / row.adaptive,
            100 * (row.baseline / row.adaptive - 1),
            100 * (row.baseline / row.same_level - 1),
            row.adaptive_seconds / row.baseline_seconds,
        ]
        for row in rows
    ]


def record(context: TaskContext, metric: Metric, rows: Sequence[Row], *, same_level: bool = False) -> None:
    """Both arms of a gain. They are exact, because the output's bytes depend only on the input and the profile."""
    context.compare(
        metric,
        treatment=[row.size / (row.same_level if same_level else row.adaptive) for row in rows],
        baseline=[row.size / row.baseline for row in rows],
        arm_unit="x",
        exact=True,
        labels=[row.name for row in rows],
        cases=len(rows),
        method="bytes in over bytes out of encoder.encode on each input, derived adaptive profile against the "
        "baseline profile",
        artifacts=["scenarios.csv"],
    )


def benchmark(context: TaskContext) -> None:
    """Every kind and every scenario under the three profiles."""
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    plans = profiles(str(needed_artifact(context, PROFILE)))
    kinds = collect(context, "2MiB")
    by_kind = [run_kind(kind, plans) for kind in kinds]
    mixed = [run_kind(kind, plans) for kind in scenarios(kinds)]
    titles, cells = table([*by_kind, *mixed])
    write_text(context, "scenarios.csv", csv_text(titles, cells), title="Ratio by input")
    heading = (
        "# Adaptive compression against the fixed baseline strategy\n\nExact: the same bytes on every machine.\n\n"
    )
    write_text(context, "adaptive-report.md", heading + markdown_table(titles, cells), title="Performance report")
    record(context, GAIN, by_kind)
    record(context, REAL_GAIN, [row for row in by_kind if row.real])
    record(context, SAME_LEVEL_GAIN, by_kind, same_level=True)
    record(context, SCENARIO_GAIN, mixed)
    gains = [100 * (row.baseline / row.adaptive - 1) for row in by_kind]
    context.claim(GAIN, fmean(gains), "the selector gains that much on average over the kinds")
    for row in (*by_kind, *mixed):
        context.note(f"{row.name}: {100 * (row.baseline / row.adaptive - 1):+.1f} % ratio over the baseline")


BENCHMARK: Final = Runner(
    "adaptive.benchmark", benchmark, (GAIN, REAL_GAIN, SAME_LEVEL_GAIN, SCENARIO_GAIN), "Scenarios against the baseline"
)
