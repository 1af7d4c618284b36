"""A run's spans from its events: run → workstream → task → attempt → round → call of a model. Pure: the same journal
gives the same spans.

They do not contain what agents were told or what they said.
"""

import math
from collections.abc import Callable, Iterable, Iterator

from orchestrator.evidence.verdict import Verdict
from orchestrator.graph.load import LoadedPlan
from orchestrator.plan.handins import briefed
from orchestrator.state import events as e
from orchestrator.state.failure import Failure
from orchestrator.state.rounds import Round, Talk
from orchestrator.state.spending import Reserved, Settled
from orchestrator.tracing import model as m
from orchestrator.tracing.model import Span, SpanEvent
from orchestrator.tracing.moments import Moments

RUN = "run"


def spans_of(loaded: LoadedPlan, envelopes: Iterable[e.Envelope], masked: Callable[[str], str]) -> tuple[Span, ...]:
    """The spans, each after the one around it. masked: takes secrets out of a text."""
    trace = _Trace(loaded, masked)
    for envelope in envelopes:
        trace.hear(envelope)
    return trace.spans()


class _Trace:
    def __init__(self, loaded: LoadedPlan, masked: Callable[[str], str]) -> None:
        self._plan, self._graph = loaded.plan, loaded.graph
        self._doers = frozenset(briefed(loaded.plan))
        self._masked = masked
        self._moments = Moments()
        self._spans: dict[str, Span] = {}
        self._open: dict[str, float] = {}
        self._fences: dict[str, int] = {}
        self._rounds: dict[str, int] = {}

    def spans(self) -> tuple[Span, ...]:
        """All of them; what is still open lasts until the last event."""
        for key in self._open:
            self._spans[key].end = self._moments.now
            self._spans[key].attributes["orchestrate.open"] = True
        run = self._spans.get(RUN)
        if run is not None:
            run.end = self._moments.now
        return tuple(self._spans.values())

    def hear(self, envelope: e.Envelope) -> None:  # noqa: C901, PLR0912 - one case for each kind of event
        """Take the next event in."""
        now = self._moments.at(envelope)
        match envelope.event:
            case e.RunStarted() as event:
                self._begin_run(event, now)
            case e.RunResumed():
                self._note("orchestrate.resumed", now)
            case e.RunWaits() as event:
                self._note("orchestrate.waits", now, **{"orchestrate.tasks": ", ".join(event.tasks)})
            case e.RunInterrupted() as event:
                self._note("orchestrate.interrupted", now, **{"orchestrate.reason": self._masked(event.reason)})
            case e.RunFinished() as event:
                self._end_run(event)
            case e.CriterionJudged() as event:
                self._evaluated(self._group(event.verdict.criterion, now), [event.verdict], now)
            case e.TaskStarted() as event:
                self._begin_attempt(event.task, event.attempt, envelope.fence, now)
            case e.PersonAsked() as event:
                span = self._begin_attempt(event.task, event.attempt, envelope.fence, now)
                span.attributes["orchestrate.waits_for"] = event.asked.who
            case e.PersonAnswered() as event:
                self._answered(event, now)
            case e.SpendReserved() as event:
                self._begin_call(event.task, event.attempt, event.reserved, now)
            case e.SpendSettled() as event:
                self._end_call(event.task, event.attempt, event.settled, now)
            case e.HandedIn() as event:
                self._handed_in(event)
            case e.RoundJudged() as event:
                self._judged(event.task, event.attempt, event.round, now)
            case e.TaskSkipped() as event:
                self._task(event.task, now).attributes["orchestrate.status"] = "skipped"
            case e.TaskReused() as event:
                task = self._task(event.task, now)
                task.attributes |= {"orchestrate.status": "reused", "orchestrate.source": event.source}
            case e.AttemptFailed() | e.TaskFailed() as event:
                self._end_attempt(event.task, event.attempt, "failed", now, event.failure)
            case e.TaskSucceeded() | e.TaskSampled() as event:
                self._end_attempt(event.task, event.attempt, "succeeded", now)
            case e.RoundReturned() as event:
                self._end_attempt(event.task, event.attempt, "returned", now)
            case e.TaskInterrupted() as event:
                lost = self._fences.get(_attempt_key(event.task, event.attempt)) != envelope.fence
                self._end_attempt(event.task, event.attempt, "interrupted", self._moments.before if lost else now)
            case e.TaskCancelled() as event:
                self._cancelled(event.task, now)
            case _:
                pass

    def _begin_run(self, event: e.RunStarted, now: int) -> None:
        attributes: dict[str, m.Value] = {
            m.OPERATION: m.WORKFLOW,
            m.AGENT_NAME: event.plan_id,
            "orchestrate.run": event.run,
            "orchestrate.plan.title": self._masked(self._plan.title),
            "orchestrate.plan.digest": event.plan_digest,
        }
        self._spans[RUN] = Span(RUN, None, f"{m.WORKFLOW} {event.plan_id}", now, now, attributes)

    def _end_run(self, event: e.RunFinished) -> None:
        run = self._spans[RUN]
        run.attributes["orchestrate.exit_code"] = event.exit_code
        run.error = "a task failed or a criterion FAILed" if event.exit_code == 1 else ""

    def _note(self, name: str, now: int, **attributes: m.Value) -> None:
        self._spans[RUN].events.append(SpanEvent(name, now, attributes))

    def _group(self, reference: str, now: int) -> Span:
        """The workstream or stage that a task or criterion is of; it lasts until now at least."""
        name = reference.partition(".")[0]
        if name not in self._spans:
            group = self._plan.groups.get(name)
            kind = "stage" if name in self._plan.stages else "workstream"
            attributes: dict[str, m.Value] = {"orchestrate.group": name}
            if group is not None:
                attributes |= {"orchestrate.title": self._masked(group.title), "orchestrate.lead": group.lead}
            self._spans[name] = Span(name, RUN, f"{kind} {name}", now, now, attributes)
        self._spans[name].end = now
        return self._spans[name]

    def _task(self, task: str, now: int) -> Span:
        group = self._group(task, now)
        if task not in self._spans:
            attributes: dict[str, m.Value] = {"orchestrate.task": task}
            if node := self._graph.nodes.get(task):
                attributes |= {"orchestrate.title": self._masked(node.task.title), "orchestrate.agent": node.agent}
            self._spans[task] = Span(task, group.key, f"task {task}", now, now, attributes)
        self._spans[task].end = now
        return self._spans[task]

    def _begin_attempt(self, task: str, attempt: int, fence: int, now: int) -> Span:
        key = _attempt_key(task, attempt)
        attributes: dict[str, m.Value] = {"orchestrate.task": task, "orchestrate.attempt": attempt}
        self._task(task, now)
        self._spans[key] = Span(key, task, f"attempt {attempt} of {task}", now, now, attributes)
        self._open[key], self._fences[key] = now, fence
        if task in self._doers:
            self._begin_round(task, key, now)
        return self._spans[key]

    def _begin_round(self, task: str, attempt_key: str, now: int) -> None:
        number = self._rounds.get(task, 0) + 1
        agent = self._graph.nodes[task].agent if task in self._graph.nodes else ""
        attributes: dict[str, m.Value] = {m.OPERATION: m.AGENT, m.AGENT_NAME: agent, "orchestrate.round": number}
        if agent in self._plan.agents and self._plan.agents[agent].specialty:
            attributes[m.AGENT_DESCRIPTION] = self._masked(self._plan.agents[agent].specialty)
        key = _round_key(attempt_key)
        self._spans[key] = Span(key, attempt_key, f"{m.AGENT} {agent}", now, now, attributes)
        self._open[key] = now

    def _handed_in(self, event: e.HandedIn) -> None:
        span = self._spans.get(_round_key(_attempt_key(event.task, event.attempt)))
        if span is not None:
            span.attributes |= {"orchestrate.commit": event.hand_in.commit, **dict(_of_talk(event.hand_in.talk))}

    def _judged(self, task: str, attempt: int, judged: Round, now: int) -> None:
        self._rounds[task] = judged.number
        span = self._spans.get(_round_key(_attempt_key(task, attempt)))
        if span is None:
            return
        if span.key not in self._open:  # it was accepted, and a merge or a person sends it back
            told: dict[str, m.Value] = {"orchestrate.round": judged.number, "orchestrate.why": self._masked(judged.why)}
            span.events.append(SpanEvent("orchestrate.sent_back", now, told))
            self._evaluated(span, judged.verdicts, now)
            return
        span.attributes |= {"orchestrate.round": judged.number, "orchestrate.passed": judged.passed}
        span.attributes |= dict(_of_talk(judged.talk)) if judged.talk else {}
        if judged.why:
            span.attributes["orchestrate.why"] = self._masked(judged.why)
        self._evaluated(span, judged.verdicts, now)
        self._close(span.key, now)

    def _begin_call(self, task: str, attempt: int, reserved: Reserved, now: int) -> None:
        around = _round_key(_attempt_key(task, attempt))
        if around not in self._spans:
            return
        provider = m.PROVIDERS.get(reserved.provider, reserved.provider)
        attributes: dict[str, m.Value] = {m.OPERATION: m.CHAT, m.PROVIDER: provider, m.MODEL: reserved.model}
        key = f"{around}/call {reserved.call}"
        self._spans[key] = Span(key, around, f"{m.CHAT} {reserved.model}", now, now, attributes, client=True)
        self._spans[around].attributes |= {m.PROVIDER: provider, m.MODEL: reserved.model}
        self._open[key] = now

    def _end_call(self, task: str, attempt: int, settled: Settled, now: int) -> None:
        around = _round_key(_attempt_key(task, attempt))
        call = self._spans.get(f"{around}/call {settled.call}")
        if call is None:
            return
        self._close(call.key, now)
        if not settled.known:
            call.attributes["orchestrate.usage.known"] = False
            return
        told = {
            m.INPUT_TOKENS: settled.input_tokens,
            m.OUTPUT_TOKENS: settled.output_tokens,
            m.CACHED_TOKENS: settled.cached_tokens,
        }
        call.attributes |= told
        spent = self._spans[around].attributes
        spent |= {name: int(spent.get(name, 0)) + count for name, count in told.items()}
        if settled.cost is not None:
            call.attributes["orchestrate.cost.usd"] = settled.cost
            spent["orchestrate.cost.usd"] = float(spent.get("orchestrate.cost.usd", 0.0)) + settled.cost

    def _answered(self, event: e.PersonAnswered, now: int) -> None:
        span = self._spans.get(_attempt_key(event.task, event.attempt))
        if span is not None:
            told: dict[str, m.Value] = {
                "orchestrate.by": self._masked(event.answer.by),
                "orchestrate.channel": event.answer.channel,
            }
            span.events.append(SpanEvent(f"orchestrate.{event.answer.word.value}", now, told))

    def _end_attempt(self, task: str, attempt: int, status: str, now: int, failure: Failure | None = None) -> None:
        key = _attempt_key(task, attempt)
        self._task(task, now).attributes["orchestrate.status"] = status
        if key not in self._spans:  # it failed before it was started
            return
        self._spans[key].attributes["orchestrate.status"] = status
        self._spans[task].error = ""
        for each in [one for one in self._open if one == key or one.startswith(f"{key}/")]:
            self._close(each, now)
        if failure is not None:
            self._spans[key].error = self._spans[task].error = self._masked(failure.message)
            self._spans[key].attributes[m.ERROR_TYPE] = failure.cause.value

    def _cancelled(self, task: str, now: int) -> None:
        self._task(task, now).attributes["orchestrate.status"] = "cancelled"
        for each in [one for one in self._open if one.startswith(f"{task}/")]:
            self._close(each, now)

    def _close(self, key: str, now: int) -> None:
        if self._open.pop(key, None) is not None:
            self._spans[key].end = max(now, self._spans[key].start)

    def _evaluated(self, span: Span, verdicts: Iterable[Verdict], now: int) -> None:
        span.events.extend(SpanEvent(m.EVALUATION, now, dict(_evaluation(each, self._masked))) for each in verdicts)


def _evaluation(verdict: Verdict, masked: Callable[[str], str]) -> Iterator[tuple[str, m.Value]]:
    yield m.EVALUATION_NAME, verdict.criterion
    yield m.LABEL, verdict.outcome.value.lower()
    yield m.EXPLANATION, masked(verdict.detail)
    yield "orchestrate.why", verdict.why.value
    yield "orchestrate.unit", verdict.unit
    yield "orchestrate.samples", verdict.samples
    for name, figure in (
        (m.SCORE, verdict.value),
        ("orchestrate.low", verdict.low),
        ("orchestrate.high", verdict.high),
    ):
        if figure is not None and math.isfinite(figure):
            yield name, figure


def _of_talk(talk: Talk) -> Iterator[tuple[str, m.Value]]:
    yield "orchestrate.driver", talk.driver
    if talk.session:
        yield m.CONVERSATION, talk.session
    if talk.stop:
        yield "orchestrate.stop", talk.stop


def _attempt_key(task: str, attempt: int) -> str:
    return f"{task}/{attempt}"


def _round_key(attempt_key: str) -> str:
    return f"{attempt_key}/round"
