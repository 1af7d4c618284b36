"""Before and after: the baseline profile and the tuned one on the same 100 MB, paired, with a control."""

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import size, whole
from workstreams.profiling.inputs import input_file
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, interleave, order_taken, sample
from workstreams.tables import Cell, csv_text
from workstreams.upstream import scratch, write_json, write_text

MB: Final = 1_000_000
PEAK: Final = Metric(
    "profiling.peak_100mb", "MB", Better.LOWER, description="Peak resident set while encoding 100 MB, tuned profile"
)
RETAINED: Final = Metric(
    "profiling.retained",
    "%",
    Better.LOWER,
    description="Resident set 1 s after the encode over the one before it, less one",
)
REDUCTION: Final = Metric(
    "profiling.peak_reduction", "%", Better.HIGHER, Form.REDUCTION, "Peak resident set, tuned against baseline"
)
SPEEDUP: Final = Metric("profiling.speedup", "x", Better.HIGHER, Form.SPEEDUP, "Encode time, baseline over tuned")
OUTPUT: Final = Metric(
    "profiling.output_reduction",
    "%",
    Better.HIGHER,
    Form.REDUCTION,
    "Bytes out, tuned against baseline",
    exact=True,
)
ROLES: Final = {"baseline": "baseline", "tuned": "treatment", "control": "control"}
SETTLE: Final = (0.1, 0.5, 1.0)
"""Seconds after the encode at which the resident set is read again."""

METHOD: Final = "StreamingEncoder from file to file, a fresh process per sample, arms interleaved; "
FILES: Final = ("before-after.csv",)
"""The artifacts of the measurements."""
SAMPLE_FIELDS: Final = (
    "seconds",
    "peak_rss",
    "rss_before",
    "rss_after",
    "settled",
    "bytes_in",
    "bytes_out",
    "pipeline",
)
COLUMNS: Final = ("arm", "round", "seconds", "peak_rss", "rss_before", "rss_after", "rss_settled", "bytes_out")

Arms = Mapping[str, Sequence[SampleResult]]


def retained(result: SampleResult) -> float:
    """How much the last resident set is above the one before the encode, in %; negative if it is below."""
    return 100 * (result.settled[-1] / result.rss_before - 1)


def record(context: TaskContext, arms: Arms) -> None:
    """All measurements from the three arms."""
    record_tuned(context, arms["tuned"])
    paired = {name: taken[: len(arms["baseline"])] for name, taken in arms.items()}
    peaks = {name: [it.peak_rss / MB for it in taken] for name, taken in paired.items()}
    seconds = {name: [it.seconds for it in taken] for name, taken in paired.items()}
    record_pairs(context, REDUCTION, "MB", peaks, "VmHWM")
    record_pairs(context, SPEEDUP, "s", seconds, "wall time of the encode")
    context.compare(
        OUTPUT,
        treatment=[arms["tuned"][0].bytes_out],
        baseline=[arms["baseline"][0].bytes_out],
        arm_unit="bytes",
        exact=True,
        method=METHOD + "size of the output",
        artifacts=FILES,
    )


def record_tuned(context: TaskContext, tuned: Sequence[SampleResult]) -> None:
    """Memory with the tuned profile alone: its peak, and what stays."""
    context.samples(
        PEAK, [it.peak_rss / MB for it in tuned], method=METHOD + "VmHWM of the whole process", artifacts=FILES
    )
    context.samples(
        RETAINED,
        [retained(it) for it in tuned],
        method=METHOD + "VmRSS 1 s after the encoder is closed against VmRSS before it was made, kernels loaded",
        artifacts=FILES,
    )
    context.claim(PEAK, max(it.peak_rss for it in tuned) / MB, "the peak with the tuned profile is no more than that")


def record_pairs(context: TaskContext, metric: Metric, unit: str, values: Mapping[str, list[float]], how: str) -> None:
    """The tuned arm against the baseline, round by round, with the baseline's second arm as the control.

    values: by arm, in `unit`. how: which figure of each sample they are.
    """
    context.compare(
        metric,
        treatment=values["tuned"],
        baseline=values["baseline"],
        control=values["control"],
        arm_unit=unit,
        order=order_taken(ROLES, tuple(values), len(values["tuned"])),
        method=METHOD + how,
        artifacts=FILES,
    )


def before_after(context: TaskContext) -> None:
    """Three arms, several rounds; then the tuned arm alone, as what stays of its memory needs no partner."""
    folder = scratch(context)
    compile_kernels(folder)
    rounds = whole(context.params, "rounds", 5)
    with input_file(folder, "server log", size(context.params, "size", "100MB")) as source:
        target = str(folder / "out.glyph")
        arms = {
            "baseline": Spec(Job.ENCODE, str(source), target, "baseline"),
            "control": Spec(Job.ENCODE, str(source), target, "baseline"),
            "tuned": Spec(Job.ENCODE, str(source), target, "tuned", settle=SETTLE),
        }
        taken = interleave(arms, rounds, folder)
        further = whole(context.params, "tuned_rounds", rounds) - rounds
        taken["tuned"] += [sample(arms["tuned"], folder) for _ in range(further)]
    leave(context, taken)
    record(context, taken)


def leave(context: TaskContext, taken: Arms) -> None:
    """Every sample, as JSON and as a table."""
    document = {
        name: [{field: getattr(it, field) for field in SAMPLE_FIELDS} for it in results]
        for name, results in taken.items()
    }
    write_json(context, "before-after.json", document, title="Every sample of both arms and the control")
    rows = [row(name, number, it) for name, results in taken.items() for number, it in enumerate(results, 1)]
    write_text(context, "before-after.csv", csv_text(COLUMNS, rows), title="Before and after")


def row(arm: str, number: int, it: SampleResult) -> tuple[Cell, ...]:
    """One sample under `COLUMNS`. The last resident set is empty if none was read."""
    settled = it.settled[-1] if it.settled else ""
    return arm, number, it.seconds, it.peak_rss, it.rss_before, it.rss_after, settled, it.bytes_out


BEFORE_AFTER: Final = Runner(
    "profiling.before_after",
    before_after,
    (PEAK, RETAINED, REDUCTION, SPEEDUP, OUTPUT),
    "Baseline against tuned on 100 MB",
)
