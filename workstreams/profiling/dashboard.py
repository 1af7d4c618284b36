"""The performance dashboard: one HTML page with its charts inside, which opens from disk and needs no network."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Any, Final

from orchestrator import charts
from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.upstream import needed_artifact, needed_json, write_text

CHARTS: Final = Metric("profiling.charts", "charts", Better.NEITHER, description="Charts on the dashboard")
MB: Final = 1_000_000
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """An inline SVG with the figures it was drawn from."""

    svg: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure in large type."""

    name: str
    value: str
    detail: str


def by_size(points: Sequence[Document], key: str, title: str, unit: str) -> Chart:
    """A quantity of the suite against the input's size, a series per kind."""
    kinds = dict.fromkeys(point["kind"] for point in points)
    series = {
        kind: sorted((float(it["size"]), float(it[key])) for it in points if it["kind"] == kind) for kind in kinds
    }
    rows = [(kind, f"{x:g}", f"{y:.4g}") for kind, line in series.items() for x, y in line]
    return Chart(charts.scatter(title, series, "MB of input", unit), ("kind", "MB", unit), rows)


def arms_chart(arms: Mapping[str, Sequence[Document]]) -> Chart:
    """Peak of every sample that has partners, arm by arm."""
    rounds = min(map(len, arms.values()))
    series = {name: [it["peak_rss"] / MB for it in results[:rounds]] for name, results in arms.items()}
    labels = [f"round {number}" for number in range(1, 1 + rounds)]
    rows = [
        (name, label, f"{value:.1f}")
        for name, line in series.items()
        for label, value in zip(labels, line, strict=True)
    ]
    return Chart(charts.bars("Peak memory, before and after", labels, series, "MB"), ("arm", "round", "peak MB"), rows)


def stages_chart(found: Document) -> Chart:
    """Seconds by stage, busy and waiting."""
    stages = [*found["busy"], *found["waiting"]]
    names = [stage["name"].replace("_", " ") for stage in stages]
    svg = charts.bars("Where the threads' time goes", names, {"seconds": [it["seconds"] for it in stages]}, "s")
    rows = [(stage["name"], f"{stage['seconds']:.3f}", stage["meaning"]) for stage in stages]
    return Chart(svg, ("stage", "seconds", "meaning"), rows)


def sites_chart(found: Document) -> Chart:
    """Python's allocations by line."""
    sites = found["allocations"][:8]
    labels = [site["place"] for site in sites]
    svg = charts.bars("Python's memory by line", labels, {"MB": [site["size"] / MB for site in sites]}, "MB")
    rows = [(site["place"], f"{site['size'] / MB:.3f}", str(site["count"])) for site in sites]
    return Chart(svg, ("line", "MB", "blocks"), rows)


def series_chart(path: Path) -> Chart:
    """A time series of the resident set, from its CSV; at most about 200 points are drawn."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = [(float(row["seconds"]), int(row["rss_bytes"]) / MB) for row in rows[:: max(1, len(rows) // 200)]]
    svg = charts.scatter("Resident set over one encode", {"resident set": points}, "s", "MB")
    return Chart(svg, ("seconds", "MB"), [(f"{x:.3f}", f"{y:.1f}") for x, y in points])


def facts_of(points: Sequence[Document], arms: Mapping[str, Sequence[Document]]) -> list[Fact]:
    """The figures that a reader looks for first."""
    tuned, baseline = arms["tuned"], arms["baseline"]
    peak, before = (median(it["peak_rss"] for it in arm) / MB for arm in (tuned, baseline))
    speed = median(it["bytes_in"] / it["seconds"] for it in tuned) / MB
    kept = median(it["settled"][-1] / it["rss_before"] - 1 for it in tuned if it["settled"])
    return [
        Fact("Peak, tuned", f"{peak:.0f} MB", f"baseline {before:.0f} MB"),
        Fact("Throughput, tuned", f"{speed:.0f} MB/s", f"{len(tuned)} samples, median"),
        Fact("Kept 1 s after", f"{100 * kept:+.1f} %", "resident set against before the encode"),
        Fact("Sizes measured", f"{len(points)}", "samples of the suite"),
    ]


def render(facts: Sequence[Fact], shown: Sequence[Chart], *, title: str, summary: str) -> str:
    """The page. Text is escaped; the charts are our own SVG."""
    import jinja2  # noqa: PLC0415 - loaded on use, so that registering runners stays light

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    source = (resources.files("workstreams.profiling") / "dashboard.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(title=title, summary=summary, facts=facts, charts=shown)


def dashboard(context: TaskContext) -> None:
    """Draw everything that the tasks above measured."""
    points, arms = needed_json(context, "suite.json"), needed_json(context, "before-after.json")
    found = needed_json(context, "bottlenecks.json")
    shown = [
        by_size(points, "seconds", "Encode time by input size", "s"),
        by_size(points, "peak", "Peak memory by input size", "MB"),
        arms_chart(arms),
        stages_chart(found),
        sites_chart(found),
        series_chart(needed_artifact(context, "encode-series.csv")),
    ]
    page = render(
        facts_of(points, arms),
        shown,
        title="Memory and performance of the encoder",
        summary="Measured in this run, every sample in a process of its own; the figures stand below each chart.",
    )
    write_text(context, "dashboard.html", page, title="Performance dashboard")
    context.samples(CHARTS, [len(shown)], method="charts drawn on dashboard.html", artifacts=["dashboard.html"])
    context.note(f"dashboard.html holds {len(shown)} charts in {len(page) // 1024} KiB and opens without a network")


DASHBOARD: Final = Runner("profiling.dashboard", dashboard, (CHARTS,), "Performance dashboard, one HTML page")
