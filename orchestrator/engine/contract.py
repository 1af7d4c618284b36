"""The contract of a run: how it was loosened since the run began, and the verdicts under it. Pure, except for
`digest`.

A plan can be edited between a start and a resume. What `orchestrate diff` calls loosened (`orchestrator.review`) is
shown beside the verdicts, with the verdicts it would have had before. A loosened criterion does not pass, unless a
resume accepted the change.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from orchestrator.engine.judging import Digest, judge_run, verdict_on
from orchestrator.engine.levels import levelled
from orchestrator.engine.promises import declared_metrics
from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.load import load_text
from orchestrator.graph.model import TaskGraph
from orchestrator.plan.model import Plan
from orchestrator.plan.problem import PlanError
from orchestrator.records import dataclass
from orchestrator.review.change import Change, Part
from orchestrator.state.loosened import Loosened
from orchestrator.state.run import RunState, Turn


@dataclass(frozen=True, slots=True)
class Judged:
    """verdicts: in the plan's order. loosened: what the contract asks less than an earlier contract of the run."""

    verdicts: tuple[Verdict, ...]
    loosened: tuple[Loosened, ...]

    @property
    def accepted(self) -> bool:
        """Whether every loosening was accepted."""
        return all(one.accepted for one in self.loosened)


def judge_under_contract(
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest
) -> Judged:
    """Every criterion's verdict, and every loosening of the contract. Arguments are as for `judge_run`."""
    loosened = tuple(loosenings(plan, graph, state, metrics, digest))
    verdicts = judge_run(plan, graph, state, metrics, digest)
    return Judged(tuple(_in_the_light_of(verdict, loosened) for verdict in verdicts), loosened)


def loosenings(
    plan: Plan, graph: TaskGraph, state: RunState, metrics: Mapping[str, Metric], digest: Digest
) -> Iterator[Loosened]:
    """What the current plan asks less than under any earlier turn of the run; each change once."""
    formers = tuple(_formers(state.turns))
    if not formers:
        return
    from orchestrator.review.compare import changes_between  # noqa: PLC0415 - few plans change during a run
    from orchestrator.review.criteria import pair_criteria  # noqa: PLC0415
    from orchestrator.review.render import sentence  # noqa: PLC0415

    told: set[Change] = set()
    for former, since, accepted in formers:
        try:
            old = load_text(former.plan_text, state.plan_source, former.settings)
        except PlanError:
            yield Loosened("the contract before", "it can no longer be read", "", since.seq, since.at, accepted)
            continue
        known = {**declared_metrics(old.graph, {}), **metrics}
        names = {now: was for was, now in pair_criteria(old.plan.criteria, plan.criteria).kept}
        for change in changes_between(old.plan, old.graph, plan, graph):
            if not change.loosens or change.leeway or change in told:
                continue
            told.add(change)
            one = Loosened(sentence(change), change.loosens, "", since.seq, since.at, accepted)
            yield _with_verdict(one, change, names, old.plan, graph, state, known, digest)


def loosened_so_far(plan: Plan, graph: TaskGraph, state: RunState) -> tuple[Loosened, ...]:
    """As it was judged if the run is finished. Until then, what is known so far, without verdicts."""
    if state.finished:
        return state.loosened
    return tuple(replace(one, former=None) for one in loosenings(plan, graph, state, state.metrics, lambda _path: None))


def asks_less(plan: Plan, graph: TaskGraph, digest: str) -> Callable[[RunState], bool]:
    """Whether the plan's criteria ask for less than an earlier run's. digest: the plan's, as a run stores it."""
    known: dict[str, bool] = {digest: False}

    def less(earlier: RunState) -> bool:
        if earlier.plan_digest not in known:
            known[earlier.plan_digest] = _asks_less(earlier, plan, graph)
        return known[earlier.plan_digest]

    return less


def _asks_less(earlier: RunState, plan: Plan, graph: TaskGraph) -> bool:
    from orchestrator.review.compare import changes_between  # noqa: PLC0415 - as above

    try:
        old = load_text(earlier.plan_text, earlier.plan_source, earlier.settings)
    except PlanError:
        return True
    changes = changes_between(old.plan, old.graph, plan, graph)
    return any(change.loosens and change.part is Part.CRITERION for change in changes)


def loosened_in(state: RunState) -> tuple[Loosened, ...]:
    """As `loosened_so_far`, with the plan that the state holds. Raises PlanError if this version cannot read it."""
    if state.finished or not any(_formers(state.turns)):
        return state.loosened
    now = load_text(state.plan_text, state.plan_source, state.settings)
    return loosened_so_far(now.plan, now.graph, state)


def _formers(turns: tuple[Turn, ...]) -> Iterator[tuple[Turn, Turn, bool]]:
    """Every other contract of the run.

    Each comes with the turn that first replaced it by the current contract, and whether that was accepted.
    """
    seen: set[str] = set()
    for place, former in enumerate(turns):
        later = [turn for turn in turns[place + 1 :] if turn.same_contract(turns[-1])]
        if former.same_contract(turns[-1]) or former.plan_digest in seen:
            continue
        seen.add(former.plan_digest)
        yield former, later[0], any(turn.accepted for turn in later)


def _with_verdict(  # noqa: PLR0913, PLR0917 - what a verdict follows from
    one: Loosened,
    change: Change,
    names: Mapping[str, str],
    old: Plan,
    graph: TaskGraph,
    state: RunState,
    metrics: Mapping[str, Metric],
    digest: Digest,
) -> Loosened:
    """Add the verdict on the loosened or removed criterion as it was before."""
    was = names.get(change.name, change.name)
    if change.part is not Part.CRITERION or was not in old.criteria:
        return one
    criterion = levelled(old, was)
    former = verdict_on(graph, state, was, criterion, metrics, digest)
    stays = change.name if change.name in names else ""
    return replace(one, criterion=stays, former=former, metric=metrics.get(criterion.metric))


def _in_the_light_of(verdict: Verdict, loosened: Iterable[Loosened]) -> Verdict:
    """The verdict with the loosenings of its criterion. It stays PASS only if all of them were accepted."""
    mine = [one for one in loosened if one.criterion == verdict.criterion]
    if not mine:
        return verdict
    detail = "; ".join([verdict.detail, *map(describe, mine)])
    if verdict.outcome is Outcome.PASS and not all(one.accepted for one in mine):
        return replace(verdict, outcome=Outcome.UNPROVEN, why=Why.CONTRACT_LOOSENED, detail=detail)
    return replace(verdict, detail=detail)


def describe(one: Loosened) -> str:
    """One sentence: what was loosened, the former verdict, why the new contract asks less, and since when."""
    accepted = "accepted" if one.accepted else "not accepted"
    when = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return f"loosened, {accepted}: {one.what}{_before(one)}; {one.why}; since {when}, event {one.seq}"


def _before(one: Loosened) -> str:
    """The verdict under the former contract; empty if there is none."""
    if one.former is None:
        return ""
    value = "" if one.former.value is None else f" at {one.former.value:.6g} {one.former.unit}"
    return f"; before, it would be {one.former.outcome}, {one.former.why}{value}"
