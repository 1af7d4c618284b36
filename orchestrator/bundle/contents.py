"""What is in a bundle. Everything except the artifacts follows from the events, so it can be made again and compared.

| file | what |
|---|---|
| `bundle.json` | format, run, and the version that wrote it |
| `plan.yaml` | the plan's text as it was run last |
| `events.jsonl` | the journal of the run, a line each, with its checksums |
| `evidence/<task>.json` | measurements, artifacts, and circumstances of a task that succeeded |
| `artifacts/<task>/<attempt>/<name>` | the files, by their paths below the run's folder |
| `statements/<criterion>.intoto.json` | the verdict as an in-toto statement |
| `report.md` | the whole report in one text |
| `SHA256SUMS` | of every other file, for `sha256sum -c` |
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orchestrator.bundle.archive import Made
from orchestrator.bundle.lines import events_text
from orchestrator.bundle.statement import json_text, statement
from orchestrator.evidence.measurement import Artifact, Evidence
from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.journal.codec import plain
from orchestrator.plan.handins import measured_by
from orchestrator.plan.model import Plan
from orchestrator.report import build_report, render_markdown
from orchestrator.report.verify import measured_commit
from orchestrator.state.events import Envelope, RunResumed, RunStarted
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState

FORMAT: Final = 1
ABOUT, PLAN, EVENTS, REPORT, SUMS = "bundle.json", "plan.yaml", "events.jsonl", "report.md", "SHA256SUMS"
ARTIFACTS: Final = "artifacts/"


def events_made(run: str, envelopes: Sequence[Envelope]) -> tuple[Made, str]:
    """The events' text, to be made when it is written, and its sha256."""
    size, digest = 0, hashlib.sha256()
    for piece in events_text(run, envelopes):
        size += len(piece)
        digest.update(piece)
    return Made(size, lambda: events_text(run, envelopes)), digest.hexdigest()


def derived(envelopes: Sequence[Envelope], version: str, events: str) -> dict[str, bytes]:
    """Every other file of the bundle that follows from the events, by name; the report by this version's templates.

    version: of the program that writes it. events: sha256 of their text. Raises PlanError, IllegalTransition where the
    events contradict themselves.
    """
    state, loaded = fold(envelopes), plan_in(envelopes)
    files = {
        ABOUT: json_text({"format": FORMAT, "run": state.run, "version": version}),
        PLAN: state.plan_text.encode(),
        REPORT: render_markdown(build_report(loaded.plan, loaded.graph, envelopes)).encode(),
    }
    for task, evidence in evidence_of(state):
        files[_evidence_file(task)] = json_text({"task": task, **plain(evidence)})
    for verdict in state.verdicts.values():
        files[f"statements/{verdict.criterion}.intoto.json"] = _statement(loaded.plan, state, verdict, files, events)
    return files


def plan_in(envelopes: Sequence[Envelope]) -> LoadedPlan:
    """The plan of the run as its events have it. Raises PlanError."""
    begun = [one.event for one in envelopes if isinstance(one.event, RunStarted | RunResumed)]
    source = next((event.plan_source for event in begun if isinstance(event, RunStarted)), PLAN)
    return load_text(begun[-1].plan_text, source, begun[-1].settings)


def evidence_of(state: RunState) -> Iterator[tuple[str, Evidence]]:
    """The tasks that left evidence, with it."""
    return ((task, record.evidence) for task, record in state.tasks.items() if record.evidence is not None)


def artifacts_of(state: RunState) -> dict[str, Artifact]:
    """Every artifact of the run by its path below the run's folder."""
    return {each.path: each for _, evidence in evidence_of(state) for each in evidence.artifacts}


def sums(digests: Mapping[str, str]) -> bytes:
    """The text of SHA256SUMS: two blanks between digest and name, sorted by name (sha256sum(1))."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode("utf-8", "surrogateescape")


def sha256(content: bytes) -> str:
    """Lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def _evidence_file(task: str) -> str:
    return f"evidence/{task}.json"


def _statement(plan: Plan, state: RunState, verdict: Verdict, files: Mapping[str, bytes], events: str) -> bytes:
    """About the files that the figure was computed from and the evidence; about the events where nothing was
    measured.
    """
    record = state.tasks.get(verdict.task or "")
    known = {each.name: each for each in record.evidence.artifacts} if record and record.evidence else {}
    about = [(f"{ARTIFACTS}{known[n].path}", known[n].sha256) for n in verdict.artifacts if n in known]
    evidence = _evidence_file(verdict.task or "")
    about.append((evidence, sha256(files[evidence])) if evidence in files else (EVENTS, events))
    commit = measured_commit(plan, state, verdict.task)
    hand_ins = {f"hand-in of {measured_by(plan)[verdict.task]}": commit} if commit and verdict.task else {}
    return statement(verdict, about, {PLAN: sha256(files[PLAN])}, hand_ins)
