"""Whether a run still proves what its report says. It judges again from the stored evidence and checks every artifact.

Pure, except for the argument `digest`, which reads files. There is a finding for every criterion and every artifact.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from orchestrator.engine.contract import Judged, describe, judge_under_contract
from orchestrator.engine.people import People
from orchestrator.engine.testimony import Contradiction
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.model import TaskGraph
from orchestrator.journal.seals import Seal, SealState
from orchestrator.plan.handins import briefed, for_people, measured_by
from orchestrator.plan.model import Plan
from orchestrator.state.loosened import Loosened
from orchestrator.state.people import Word, differences
from orchestrator.state.run import RunState
from orchestrator.state.transitions import Status

Digest = Callable[[str], str | None]
CLOSE = 1e-9  # relative; another release of numpy may round a bootstrap's quantile differently


class Standing(StrEnum):
    """How the evidence compares with what was journalled. MISSING: a file is gone, or a verdict was never given.

    UNCHECKED: nobody can tell here.
    """

    MATCHES = "matches"
    DIFFERS = "differs"
    STALE = "stale"
    MISSING = "missing"
    UNCHECKED = "unchecked"


STANDS: Final = frozenset({Standing.MATCHES, Standing.UNCHECKED})
"""What does not speak against the evidence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """subject: a criterion's id, an artifact's path, or the run. detail: one sentence for people."""

    subject: str
    standing: Standing
    detail: str


def verify(
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest
) -> tuple[Finding, ...]:
    """As `compared`, judged here. metrics: as they are declared, by name."""
    return compared(plan, graph, state, judge_under_contract(plan, graph, state, metrics, digest), digest)


def compared(plan: Plan, graph: TaskGraph, state: RunState, judged: Judged, digest: Digest) -> tuple[Finding, ...]:
    """The run itself where it did not finish, criteria in the plan's order, agents' hand-ins, approvals, then artifacts
    in the graph's. No repository is needed.

    judged: of now. digest: sha256 of a path below the run's folder.
    """
    criteria = (_with_commit(plan, state, verdict) for verdict in judged.verdicts)
    return (
        *_unfinished(state),
        *_contract(judged.loosened, state),
        *criteria,
        *_hand_ins(plan, state),
        *_approvals(plan, graph, state),
        *_files(graph, state, digest),
    )


def _contract(now: Sequence[Loosened], state: RunState) -> Iterator[Finding]:
    """By what the contract was loosened, held against what the journal says of it."""
    then = {(one.what, one.seq): one for one in state.loosened}
    for one in now:
        kept = then.pop((one.what, one.seq), None)
        if kept is None:
            yield Finding("contract", Standing.MISSING, f"{describe(one)}; the journal does not say so")
        elif (kept.accepted, _outcome(kept)) != (one.accepted, _outcome(one)):
            yield Finding("contract", Standing.DIFFERS, f"{describe(one)}; it was: {describe(kept)}")
        else:
            yield Finding("contract", Standing.MATCHES, describe(one))
    for one in then.values():
        yield Finding("contract", Standing.DIFFERS, f"it is not so any more: {describe(one)}")


def _outcome(one: Loosened) -> tuple[object, ...] | None:
    return None if one.former is None else _gist(one.former)


def sealed(found: Seal) -> tuple[Finding, ...]:
    """What the seals of the run's events say."""
    standings = {SealState.SOUND: Standing.MATCHES, SealState.BROKEN: Standing.DIFFERS}
    return (Finding("journal", standings.get(found.state, Standing.UNCHECKED), found.detail),)


def testified(found: Iterable[Contradiction]) -> Iterator[Finding]:
    """What the attempts' own files say against the journal."""
    for one in found:
        yield Finding(one.path, Standing.MISSING if one.gone else Standing.DIFFERS, one.detail)


def _with_commit(plan: Plan, state: RunState, now: Verdict) -> Finding:
    """What became of a verdict, and which commit was measured for it, where it was a hand-in."""
    found = _compared(now, state.verdicts.get(now.criterion))
    commit = measured_commit(plan, state, now.task)
    return replace(found, detail=f"{found.detail}, measured of commit {commit}") if commit else found


def measured_commit(plan: Plan, state: RunState, task: str | None) -> str:
    """The commit that the task measured, in full; "" where it is no instrument, or there is no hand-in."""
    measured = state.tasks.get(measured_by(plan).get(task or "", ""))
    return measured.hand_in.commit if measured is not None and measured.hand_in is not None else ""


def _hand_ins(plan: Plan, state: RunState) -> Iterator[Finding]:
    """What agents handed in, by the journal alone: a task that is done was accepted in a round, with the commit
    that it has now.
    """
    for task in briefed(plan):
        record = state.tasks.get(task)
        if record is None or record.status is not Status.SUCCEEDED or record.reused is not None:
            continue
        accepted = next((one for one in reversed(record.rounds) if one.passed), None)
        if accepted is None or record.hand_in is None:
            yield Finding(task, Standing.MISSING, "it is done, and no round of it was accepted")
        elif accepted.hand_in != record.hand_in or any(each.outcome is not Outcome.PASS for each in accepted.verdicts):
            yield Finding(task, Standing.DIFFERS, f"round {accepted.number} was accepted for something else")
        else:
            told = f"round {accepted.number} was accepted with commit {record.hand_in.commit}"
            yield Finding(task, Standing.MATCHES, told)


def _approvals(plan: Plan, graph: TaskGraph, state: RunState) -> Iterator[Finding]:
    """What people approved, by the journal alone: a gate that is done has a yes that holds for plan, criteria and
    commit as they are now.

    Agents' files are not in the journal; that they were the same when it was asked and when it was answered is.
    """
    people = People(plan, graph, state.plan_digest)
    for task, spec in for_people(plan).items():
        record = state.tasks.get(task)
        if record is None or record.status is not Status.SUCCEEDED:
            continue
        answer, wanted = record.answer, Word.DONE if spec.approve is None else Word.APPROVED
        if answer is None or answer.word is not wanted or record.asked is None:
            yield Finding(task, Standing.MISSING, f"it is done, and nobody's answer says {wanted.value}")
            continue
        now = replace(people.bound(state, task), agents=record.asked.bound.agents)
        changed = differences(answer.bound, now) if spec.approve is not None else ()
        told = f"{answer.word.value} by {answer.by} over {answer.channel}"
        if changed:
            yield Finding(task, Standing.DIFFERS, f"{told}, for something else: {' and '.join(changed)} changed")
        else:
            of = f" for commit {answer.bound.commit}" if answer.bound.commit else ""
            yield Finding(task, Standing.MATCHES, f"{told}{of}")


def _unfinished(state: RunState) -> Iterator[Finding]:
    """Nothing stands of a run without an end, not even where its plan has no criteria."""
    if not state.finished:
        yield Finding(state.run, Standing.MISSING, f"it did not finish; carry it on: orchestrate resume {state.run}")


def _compared(now: Verdict, then: Verdict | None) -> Finding:
    if then is None:
        return Finding(now.criterion, Standing.MISSING, f"never judged; now it is {now.outcome}")
    if now.why is Why.STALE:
        return Finding(now.criterion, Standing.STALE, f"it was {then.outcome}; {now.detail}")
    if _gist(now) != _gist(then):
        return Finding(
            now.criterion, Standing.DIFFERS, f"it was {then.outcome}, {then.why}; now {now.outcome}, {now.why}"
        )
    figures = zip((now.value, now.low, now.high), (then.value, then.low, then.high), strict=True)
    if not all(_same(one, other) for one, other in figures):
        return Finding(now.criterion, Standing.DIFFERS, f"its value was {then.value}; now it is {now.value}")
    return Finding(now.criterion, Standing.MATCHES, f"{now.outcome}, {now.why}")


def _gist(verdict: Verdict) -> tuple[object, ...]:
    negative = verdict.negative
    told = None if negative is None else (negative.control, negative.outcome, negative.why)
    draws = tuple((each.task, each.attempt, each.samples, each.ignored) for each in verdict.draws)
    return verdict.outcome, verdict.why, verdict.task, verdict.attempt, verdict.look, verdict.samples, told, draws


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)


def _files(graph: TaskGraph, state: RunState, digest: Digest) -> Iterator[Finding]:
    records = (state.tasks[task] for task in graph.nodes if task in state.tasks)
    for artifact in (each for record in records if record.evidence for each in record.evidence.artifacts):
        found = digest(artifact.path)
        if found is None:
            yield Finding(artifact.path, Standing.MISSING, "the file is gone; run its task again")
        elif found != artifact.sha256:
            detail = f"it changed after it was measured ({artifact.sha256[:12]} to {found[:12]}); run its task again"
            yield Finding(artifact.path, Standing.STALE, detail)
        else:
            yield Finding(artifact.path, Standing.MATCHES, f"sha256 {artifact.sha256[:12]}")
