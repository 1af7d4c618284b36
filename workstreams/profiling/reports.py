"""Memory usage reports: what the suite and the comparison measured, as Markdown."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from orchestrator.runner import Runner, TaskContext
from workstreams.tables import markdown_table
from workstreams.upstream import needed_json, write_text

MB: Final = 1_000_000
Document = Mapping[str, Any]


def size_report(points: Sequence[Document]) -> str:
    """Memory and time by kind and size."""
    rows = []
    for point in points:
        size, seconds, peak = point["size"], point["seconds"], point["peak"]
        ratio = size * MB / point["out"]
        rows.append(
            [point["kind"], size, len(point["times"]), seconds, size / seconds, peak, peak - point["idle"], ratio]
        )
    titles = ["kind", "MB", "encodes", "fastest seconds", "MB/s", "peak MB", "above idle MB", "ratio x"]
    return (
        "# Memory by input size\n\nTuned profile. Peak: of the first encode, in a fresh process, by the operating "
        "system (VmHWM). "
        "Idle is the interpreter with imports and kernels, before the first byte. Seconds: the fastest of the "
        "encodes, taken in "
        "rounds over all sizes.\n\n" + markdown_table(titles, rows)
    )


def comparison_report(arms: Mapping[str, Sequence[Document]]) -> str:
    """Before and after in one table: medians and spread."""
    rows = []
    for name, results in arms.items():
        peaks, seconds = [it["peak_rss"] / MB for it in results], [it["seconds"] for it in results]
        settled = [it["settled"][-1] / MB for it in results if it["settled"]]
        rows.append(
            [
                name,
                len(results),
                median(peaks),
                f"{min(peaks):.0f} to {max(peaks):.0f}",
                median(it["rss_before"] / MB for it in results),
                median(settled) if settled else "not taken",
                median(seconds),
                f"{min(seconds):.2f} to {max(seconds):.2f}",
                results[0]["bytes_out"],
            ]
        )
    titles = ["arm", "samples", "peak MB", "range", "before MB", "1 s after MB", "seconds", "range", "bytes out"]
    return (
        "# Before and after\n\nThe baseline profile, itself again as a control, and the tuned profile, on the same "
        "input in "
        "interleaved fresh processes. Medians.\n\n" + markdown_table(titles, rows)
    )


def reports(context: TaskContext) -> None:
    """Render both from the tasks above."""
    write_text(
        context,
        "memory-report.md",
        size_report(needed_json(context, "suite.json")),
        title="Memory profile by input size",
    )
    write_text(
        context,
        "before-after.md",
        comparison_report(needed_json(context, "before-after.json")),
        title="Before/after comparison",
    )
    context.note("two reports: memory by size, and before against after")


REPORTS: Final = Runner("profiling.reports", reports, (), "Memory usage reports")
