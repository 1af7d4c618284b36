"""One line of plain text for each thing that happens."""

from typing import assert_never

from orchestrator.cli.output import counted, duration, with_way_on
from orchestrator.evidence.measurement import Evidence
from orchestrator.evidence.verdict import Verdict
from orchestrator.state import events as e
from orchestrator.state.failure import Failure


def describe(event: e.Event) -> str:  # noqa: C901, PLR0911, PLR0912 - one case for each event
    """What happened, on one line, the subject in a column of its own."""
    match event:
        case e.RunStarted(run=run, fingerprints=tasks):
            return f"run      {run}: {counted(len(tasks), 'task')} of {event.plan_source}"
        case e.RunResumed(fingerprints=tasks):
            return f"resume   {counted(len(tasks), 'task')}"
        case e.TaskStarted(task=task, attempt=attempt):
            return f"start    {task}" + (f" (attempt {attempt})" if attempt > 1 else "")
        case e.AttemptLaunched(task=task, launch=launch):
            return f"launched {task} as process {launch.process.pid}"
        case e.TaskNoted(task=task, text=text):
            return f"note     {task}: {text}"
        case e.TaskSucceeded(task=task, usage=usage, evidence=evidence):
            return f"done     {task} in {duration(usage.seconds)}{_left(evidence)}"
        case e.TaskSampled(task=task, attempt=attempt, criteria=criteria):
            return (
                f"sampled  {task}: attempt {attempt} leaves {', '.join(criteria)} undecided; it runs again for more "
                f"samples"
            )
        case e.TaskReused(task=task, source=run, evidence=evidence):
            return f"reuse    {task} from {run}{_left(evidence)}"
        case e.AttemptFailed(task=task, attempt=attempt, failure=failure, delay=delay):
            return f"retry    {task} in {duration(delay)}: attempt {attempt} failed: {_failure(failure)}"
        case e.TaskRequeued(task=task):
            return f"again    {task}"
        case e.TaskFailed(task=task, failure=failure, tolerated=tolerated):
            return with_way_on(
                f"{'bear' if tolerated else 'FAILED':8} {task}: {_failure(failure)}", f"(orchestrate logs {task})"
            )
        case e.TaskInterrupted(task=task, reason=reason):
            return f"stopped  {task}: {reason}"
        case e.TaskSkipped(task=task, reason=reason):
            return f"skipped  {task}: {reason}"
        case e.TaskCancelled(task=task, reason=reason):
            return f"cancel   {task}: {reason}"
        case e.TaskInvalidated(task=task, reason=reason):
            return f"redo     {task}: {reason}"
        case e.HandedIn(task=task, hand_in=hand_in):
            return (
                f"handed   {task}: commit {hand_in.commit[:12]}, {counted(len(hand_in.files), 'file')} changed; now "
                f"it is measured"
            )
        case e.SpendReserved(task=task, reserved=one):
            return f"reserve  {task}: up to {one.tokens:,} tokens of {one.model}"
        case e.SpendSettled(task=task, settled=one):
            return f"spent    {task}: " + (
                f"{one.input_tokens + one.output_tokens:,} tokens" if one.known else "unknown; charged as reserved"
            )
        case e.RoundJudged(task=task, round=one):
            return f"round    {task}: round {one.number} " + ("is accepted" if one.passed else f"is refused: {one.why}")
        case e.RoundReturned(task=task, reason=reason):
            return f"back     {task}: {reason}"
        case e.HandInJoined(joined=one):
            return f"joined   {one.task} as {one.commit[:12]}" if one.commit else f"apart    {one.task}: {one.why}"
        case e.TurnClaimed(task=task, attempt=attempt, claim=one):
            return f"claimed  {task}: by {one.name} for {one.agent} ({one.channel}), attempt {attempt}"
        case e.PersonAsked(task=task, asked=asked):
            return f"asked    {task}: {asked.who} is asked: {asked.text}"
        case e.PersonAnswered(task=task, answer=one):
            said = f": {one.comment}" if one.comment else ""
            return f"answer   {task}: {one.word.value} by {one.by} ({one.channel}){said}"
        case e.QuestionAnswered(task=task, number=number, reply=one):
            return f"answer   {task}/{number}: {one.text} ({one.by}, {one.channel})"
        case e.RunExpected(seconds=seconds, basis=basis):
            return f"expect   about {duration(seconds)} on this machine (by {basis})"
        case e.ProgressReported(settled=settled, total=total, running=running):
            return f"progress {settled} of {total} tasks settled; running: {', '.join(running) or 'nothing'}"
        case e.CriterionJudged(verdict=verdict):
            return _verdict(verdict)
        case e.RunInterrupted(reason=reason):
            return f"stopped  {reason}"
        case e.RunWaits(tasks=tasks):
            return f"waits    for people: {', '.join(tasks)}"
        case e.RunFinished(exit_code=code):
            return f"finished with exit code {code}"
        case _:
            assert_never(event)


def _failure(failure: Failure) -> str:
    return f"{failure.cause.value}: {failure.message}"


def _verdict(verdict: Verdict) -> str:
    return f"{verdict.outcome.value:8} {verdict.criterion}: {verdict.detail}"


def _left(evidence: Evidence) -> str:
    """How much evidence it left, where it left any."""
    kinds = (("measurement", len(evidence.measurements)), ("artifact", len(evidence.artifacts)))
    told = [counted(count, word) for word, count in kinds if count]
    return f" ({', '.join(told)})" if told else ""
