"""MENTOR: the evidence of all tasks above, ranked into recommendations for the next phase."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.documents import read_json
from workstreams.upstream import artifact_above, write_text

COUNT: Final = Metric(
    "oversight.recommendations", "recommendations", Better.NEITHER, description="Recommendations drawn from evidence"
)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """weight: how much there is to gain, in % of the quantity concerned; it gives the ranking. basis: the evidence."""

    weight: float
    text: str
    basis: str


Documents = Mapping[str, Any]


def from_stages(found: Documents) -> list[Recommendation]:
    """The busiest stage limits what any other work can gain (Amdahl)."""
    stages = found["bottlenecks.json"]["busy"]
    top = stages[0]
    text = (
        f"Work on the stage '{top['name']}' first ({top['meaning']}): all other stages together are "
        f"{100 - top['share']:.0f} % of busy time."
    )
    return [Recommendation(top["share"], text, "bottlenecks.json")]


def from_memory(found: Documents) -> list[Recommendation]:
    """How much of the peak exists before the first byte."""
    tuned = found["before-after.json"]["tuned"]
    idle = max(it["rss_before"] / it["peak_rss"] for it in tuned)
    text = (
        f"Shrink the standing cost: interpreter, imports and compiled kernels are {100 * idle:.0f} % of the tuned "
        f"profile's peak "
        "at 100 MB, and no pool setting touches them."
    )
    return [Recommendation(100 * idle, text, "before-after.json")]


def from_kinds(found: Documents) -> list[Recommendation]:
    """Kinds for which no tree type helps: the next tokeniser to write."""
    sizes = found["ratios.json"]["bytes_out"]
    plain = [kind for kind, out in sizes.items() if min(out.values()) >= 0.99 * min(out["text"], out["opaque"])]
    if not plain:
        return []
    text = (
        f"No tree type gains on {', '.join(plain)}: a tokeniser or a stronger back end for these would widen the "
        f"adaptive gain."
    )
    return [Recommendation(100 * len(plain) / len(sizes), text, "ratios.json")]


def from_levels(found: Documents) -> list[Recommendation]:
    """What the strongest back-end level would still save, and what it costs."""
    rows = found["levels.json"]
    made = []
    for tree in dict.fromkeys(row["tree"] for row in rows):
        own = sorted((row for row in rows if row["tree"] == tree), key=lambda row: row["level"])
        low, high = own[0], own[-1]
        saved = 100 * (1 - high["size"] / low["size"])
        if saved >= 2 and high["time_share"] > 1:
            text = (
                f"{tree}: zstd {high['level']} would save {saved:.1f} % of the bytes over zstd {low['level']} at "
                f"{high['time_share']:.2f} times the baseline's time; offer it as a profile for archives."
            )
            made.append(Recommendation(saved, text, "levels.json"))
    return made


def from_regressions(found: Documents) -> list[Recommendation]:
    """Comparisons that are worse, or that could not be decided."""
    made = []
    for it in found["regressions.json"]:
        if it["verdict"] != "no regression":
            text = (
                f"Look into {it['quantity']} on {it['name']}: {it['verdict']}, {it['worse']:+.1f} % ({it['low']:+.1f} "
                f"to {it['high']:+.1f}) against the baseline."
            )
            made.append(Recommendation(abs(it["high"]), text, "regressions.json"))
    return made


def from_conflicts(found: Documents) -> list[Recommendation]:
    """Settings that two workstreams wanted differently were decided by ownership, not by measuring."""
    return [
        Recommendation(
            10.0,
            f"Measure {it['path']} again on the merged build: {it['kept_from']} chose {it['kept']!r}, "
            f"{it['refused_from']} {it['refused']!r}.",
            "conflicts.json",
        )
        for it in found["conflicts.json"]
    ]


RULES: Final[Mapping[str, tuple[Callable[[Documents], list[Recommendation]], ...]]] = {
    "bottlenecks.json": (from_stages,),
    "before-after.json": (from_memory,),
    "ratios.json": (from_kinds,),
    "levels.json": (from_levels,),
    "regressions.json": (from_regressions,),
    "conflicts.json": (from_conflicts,),
}
"""Artifact → the rules that read it. A rule whose artifact is missing says nothing."""


def rank(found: Documents) -> list[Recommendation]:
    """Everything that the documents support, the largest weight first. Pure."""
    made = [it for name, rules in RULES.items() if name in found for rule in rules for it in rule(found)]
    return sorted(made, key=lambda it: (-it.weight, it.text))


def thin_evidence(measurements: Sequence[Measurement]) -> list[str]:
    """Metrics with fewer than three values that are not counts of something exact: what to measure more of."""
    return sorted({it.metric for it in measurements if it.cases is None and _values(it) < 3 and not _exact(it)})


def _values(measurement: Measurement) -> int:
    match measurement.data:
        case Samples(values=values):
            return len(values)
        case Comparison(treatment=treatment):
            return len(treatment)
        case Trend(x=x):
            return len(x)


def _exact(measurement: Measurement) -> bool:
    return isinstance(measurement.data, Comparison) and measurement.data.exact


def recommendations(context: TaskContext) -> None:
    """Read what is there, rank it, report it."""
    paths = {name: artifact_above(context, name) for name in RULES}
    ranked = rank({name: read_json(path) for name, path in paths.items() if path is not None})
    lines = "".join(f"{number}. {it.text} (from `{it.basis}`)\n" for number, it in enumerate(ranked, 1))
    thin = thin_evidence([it for task in context.inputs.values() for it in task.measurements])
    more = f"\nFew samples, to be measured more: {', '.join(f'`{name}`' for name in thin)}.\n" if thin else ""
    heading = (
        "# Recommendations for Phase 4A.4\n\nRanked by how much there is to gain, each from a file of this run.\n\n"
    )
    write_text(context, "recommendations.md", heading + lines + more, title="Recommendations for Phase 4A.4")
    for it in ranked:
        context.note(f"recommendation: {it.text}")
    context.samples(
        COUNT,
        [len(ranked)],
        cases=len(ranked),
        method="rules over the artifacts of the tasks above, ranked by weight",
        artifacts=["recommendations.md"],
    )


RECOMMENDATIONS: Final = Runner("oversight.recommendations", recommendations, (COUNT,), "Ranked recommendations")
