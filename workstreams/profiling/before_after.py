"""Before and after: the baseline profile and the tuned one on the same 100 MB, paired, with a control."""

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.parameters import size, whole
from workstreams.profiling.inputs import input_file
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, interleave, order_taken
from workstreams.tables import csv_text
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
    "profiling.output_reduction", "%", Better.HIGHER, Form.REDUCTION, "Bytes out, tuned against baseline"
)
ROLES: Final = {"baseline": "baseline", "tuned": "treatment", "control": "control"}
SETTLE: Final = (0.1, 0.5, 1.0)
"""Seconds after the encode at which the resident set is looked at again."""

Arms = Mapping[str, Sequence[SampleResult]]


def retained(result: SampleResult) -> float:
    """How much the resident set at the last look is above the one before the encode, in %; below it is negative."""
    return 100 * (result.settled[-1] / result.rss_before - 1)


def record(context: TaskContext, arms: Arms) -> None:
    """All measurements from the three arms."""
    tuned, baseline, control = arms["tuned"], arms["baseline"], arms["control"]
    order = order_taken(ROLES, tuple(arms), len(tuned))
    method = "StreamingEncoder from file to file, a fresh process per sample, arms interleaved; "
    context.samples(
        PEAK,
        [it.peak_rss / MB for it in tuned],
        method=method + "VmHWM of the whole process",
        artifacts=["before-after.csv"],
    )
    context.samples(
        RETAINED,
        [retained(it) for it in tuned],
        method=method + "VmRSS 1 s after the encoder is closed against VmRSS before it was made, kernels loaded",
        artifacts=["before-after.csv"],
    )
    context.claim(PEAK, max(it.peak_rss for it in tuned) / MB, "the peak with the tuned profile is no more than that")
    context.compare(
        REDUCTION,
        treatment=[it.peak_rss / MB for it in tuned],
        baseline=[it.peak_rss / MB for it in baseline],
        control=[it.peak_rss / MB for it in control],
        arm_unit="MB",
        order=order,
        method=method + "VmHWM",
        artifacts=["before-after.csv"],
    )
    context.compare(
        SPEEDUP,
        treatment=[it.seconds for it in tuned],
        baseline=[it.seconds for it in baseline],
        control=[it.seconds for it in control],
        arm_unit="s",
        order=order,
        method=method + "wall time of the encode",
        artifacts=["before-after.csv"],
    )
    context.compare(
        OUTPUT,
        treatment=[tuned[0].bytes_out],
        baseline=[baseline[0].bytes_out],
        arm_unit="bytes",
        exact=True,
        method=method + "size of the output",
        artifacts=["before-after.csv"],
    )


def before_after(context: TaskContext) -> None:
    """Three arms, several rounds."""
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
    document = {
        name: [
            {
                "seconds": it.seconds,
                "peak_rss": it.peak_rss,
                "rss_before": it.rss_before,
                "rss_after": it.rss_after,
                "settled": it.settled,
                "bytes_in": it.bytes_in,
                "bytes_out": it.bytes_out,
                "pipeline": it.pipeline,
            }
            for it in results
        ]
        for name, results in taken.items()
    }
    write_json(context, "before-after.json", document, title="Every sample of both arms and the control")
    titles = ("arm", "round", "seconds", "peak_rss", "rss_before", "rss_after", "rss_settled", "bytes_out")
    rows = [
        (
            name,
            number,
            it.seconds,
            it.peak_rss,
            it.rss_before,
            it.rss_after,
            it.settled[-1] if it.settled else "",
            it.bytes_out,
        )
        for name, results in taken.items()
        for number, it in enumerate(results, 1)
    ]
    write_text(context, "before-after.csv", csv_text(titles, rows), title="Before and after")
    record(context, taken)


BEFORE_AFTER: Final = Runner(
    "profiling.before_after",
    before_after,
    (PEAK, RETAINED, REDUCTION, SPEEDUP, OUTPUT),
    "Baseline against tuned on 100 MB",
)
