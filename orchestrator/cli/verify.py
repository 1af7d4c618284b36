"""`orchestrate verify`: judge a run again from its stored evidence, and check every artifact."""

from dataclasses import asdict
from pathlib import Path

from orchestrator.api import plan_of
from orchestrator.cli.faults import Exit
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.engine.judging import declared_metrics, file_digest, judge_run
from orchestrator.engine.outcome import exit_code
from orchestrator.registry import load_registry
from orchestrator.report.verify import Finding, Standing, verify
from orchestrator.state.fold import fold


def verify_run(state: Path, name: str | None, *, as_data: bool) -> int:
    """Print a finding for every criterion and artifact. Raises UsageError, JournalError.

    The exit code is what a run with the verdicts of now has; where that would be 0 and something does not match, it is 3.
    """
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        loaded = plan_of(journal, run)
        told = fold(journal.read(run))
    metrics = {**declared_metrics(loaded.graph, load_registry()), **told.metrics}
    digest = file_digest(state / "runs" / run)
    findings = verify(loaded.plan, loaded.graph, told, metrics, digest)
    stands = all(one.standing is Standing.MATCHES for one in findings)
    code = exit_code(told.tasks.values(), judge_run(loaded.plan, loaded.graph, told, metrics, digest))
    code = code if stands else code or Exit.UNPROVEN
    if as_data:
        say(as_json({"run": run, "ok": stands, "exit_code": code, "findings": [asdict(one) for one in findings]}))
    else:
        say(_text(run, findings, stands=stands))
    return code


def _text(run: str, findings: tuple[Finding, ...], *, stands: bool) -> str:
    head = "the evidence stands as it was judged" if stands else "the evidence does not stand as it was judged"
    rows = table(("", "criterion or artifact", ""), ((one.standing.value, one.subject, one.detail) for one in findings))
    return f"{run}: {head}\n\n{rows}" if findings else f"{run}: {head}"
