"""`orchestrate compare`: two runs side by side, what got worse first."""

from pathlib import Path

from orchestrator.api.stored import report_of
from orchestrator.cli.faults import Exit
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.journal.codec import plain
from orchestrator.report.compare import MetricChange, RunComparison, compare_runs
from orchestrator.report.markdown import number


def compare_named(state: Path, before: str, after: str | None, level: float, *, as_data: bool) -> int:
    """Print the differences; 1 where a verdict or a metric got worse. after: the latest run unless named.

    Raises UsageError, JournalError.
    """
    with opened_journal(state) as journal:
        runs = [find_run(journal, name).run for name in (before, after)]
        one, other = (report_of(journal, run) for run in runs)
    found = compare_runs(one, other, level)
    if as_data:
        say(as_json({**plain(found), "worse": found.worse}))
    else:
        say(_text(found))
    return Exit.FAIL if found.worse else Exit.PASS


def _text(found: RunComparison) -> str:
    head = f"{found.before} -> {found.after}: {'something got worse' if found.worse else 'nothing got worse'}"
    parts = []
    if found.targets:
        parts.append("the target changed, so that these verdicts do not compare:")
        parts.append(table(("criterion", "before", "after"), found.targets))
    parts.append(head)
    if found.verdicts:
        rows = (
            (one.criterion, _told(one.before), _told(one.after), "worse" if one.worse else "") for one in found.verdicts
        )
        parts.append(table(("verdict", "before", "after", ""), rows))
    columns = ("", "metric", "task", "before", "after", f"change ({100 * found.level:g} %)", "samples")
    parts.append(table(columns, map(_row, found.metrics)) if found.metrics else "neither run measured anything")
    if found.circumstances:
        parts.append(table(("machine", "before", "after"), found.circumstances))
    return "\n\n".join(parts)


def _told(outcome: object) -> str:
    return "-" if outcome is None else str(outcome)


def _row(one: MetricChange) -> tuple[str, ...]:
    before, after = ("-" if value is None else f"{number(value)} {one.unit}" for value in (one.before, one.after))
    change = "-" if one.percent is None else f"{one.percent:+.3g} %"
    if one.low is not None and one.high is not None:
        change += f" ({one.low:+.3g} to {one.high:+.3g})"
    return (one.trend.value, one.metric, one.task, before, after, change, f"{one.samples[0]}, {one.samples[1]}")
