"""Draws: measurements of attempts that are not their task's result, and their effect on a verdict. Pure.

An attempt that failed, was interrupted or was repeated on demand has sampled the same quantity as the attempt that
counts. So its samples are pooled with those that count. The verdict is the weaker of two: that of the samples that
count, and that of all together. It is UNPROVEN if one draw has as many samples as the criterion demands and misses by
itself. With k draws the pooled level is 1 - (1 - level) / k, so repeating until it fits does not pay (Bonferroni 1936).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from orchestrator.evidence import intervals
from orchestrator.evidence.criterion import WEAKEST_FIRST, Candidate, judge
from orchestrator.evidence.demand import Demand
from orchestrator.evidence.draw import Draw
from orchestrator.evidence.estimate import estimate
from orchestrator.evidence.measurement import Evidence, Measurement
from orchestrator.evidence.pooling import pool
from orchestrator.evidence.rules.rule import Refusal
from orchestrator.evidence.sequential import level_of_look
from orchestrator.evidence.verdict import Drawn, Outcome, Verdict, Why

LISTED: Final = 12
"""Draws that a verdict's sentence names; the others are counted."""


def judge_with_draws(
    demand: Demand, candidates: Sequence[Candidate], draws: Sequence[tuple[Draw, str]], ignored: str = ""
) -> Verdict:
    """The verdict over what stands and what was drawn besides, which it names.

    draws: each with the reason why it does not count, empty where it does. ignored: why none of them counts, as the
    plan says.
    """
    verdict = judge(demand, candidates)
    told = tuple(_told(demand, draw, why or ignored) for draw, why in draws)
    if not told:
        return verdict
    counted = [draw for draw, why in draws if not (why or ignored)]
    together = verdict if not counted or not candidates else _together(demand, candidates, counted, verdict)
    return replace(together, draws=told, detail=f"{together.detail}; {_sentence(demand, told)}")


def _together(demand: Demand, candidates: Sequence[Candidate], counted: Sequence[Draw], alone: Verdict) -> Verdict:
    """All samples as one, and never better than what stands by itself."""
    name = demand.metric.name
    measured = [draw for draw in counted if _of(draw, name)]
    found = judge(_stricter(demand, len(measured)), _pooled(candidates, measured, name))
    weakest = min((found, alone), key=lambda each: WEAKEST_FIRST.index(each.outcome))
    if weakest is found and found.why is Why.INCONCLUSIVE and alone.outcome is Outcome.PASS:
        return replace(found, why=Why.MEASURED_AGAIN, detail="all that was measured together reaches over the target")
    if weakest.outcome is not Outcome.PASS:
        return weakest
    missed = next((draw for draw in measured if _misses(demand, draw)), None)
    if missed is not None:
        detail = f"{missed.task}, attempt {missed.attempt}, misses the target by itself"
        return replace(weakest, outcome=Outcome.UNPROVEN, why=Why.MEASURED_AGAIN, detail=detail)
    silent = [draw for draw in counted if draw.by_itself and not _of(draw, name)]
    if silent:
        detail = f"{_attempts(len(silent))} ended before anything of {name} was recorded, so what they saw is not known"
        return replace(weakest, outcome=Outcome.UNPROVEN, why=Why.MEASURED_AGAIN, detail=detail)
    return weakest


def _stricter(demand: Demand, draws: int) -> Demand:
    """Sequential sampling pays for its looks already, and draws are looks like others."""
    return demand if demand.max_samples is not None else replace(demand, level=level_of_look(demand.level, 1 + draws))


def _pooled(candidates: Sequence[Candidate], draws: Sequence[Draw], metric: str) -> list[Candidate]:
    """The measurements of each task with its draws in front, as further attempts."""
    found: list[Candidate] = []
    for task in dict.fromkeys(each.task for each in candidates):
        mine = [each for each in candidates if each.task == task and each.measurement.metric == metric]
        ours = [(draw.attempt, Evidence(_of(draw, metric))) for draw in draws if draw.task == task]
        if not mine or not ours:
            found += mine
            continue
        standing = (mine[0].attempt, Evidence(tuple(each.measurement for each in mine)))
        together = pool((*ours, standing)).measurements
        stale = any(each.stale for each in mine)
        found += [Candidate(task, mine[0].attempt, measurement, stale) for measurement in together]
    return found


def _of(draw: Draw, metric: str) -> tuple[Measurement, ...]:
    """What it recorded of the metric. Its files are not those that stand, and are left out."""
    return tuple(replace(each, artifacts=()) for each in draw.measured if each.metric == metric and each.size)


def _misses(demand: Demand, draw: Draw) -> bool:
    complete = [each for each in _of(draw, demand.metric.name) if each.size >= demand.samples]
    return any(judge(demand, [Candidate(draw.task, draw.attempt, each)]).outcome is Outcome.FAIL for each in complete)


def _told(demand: Demand, draw: Draw, why: str) -> Drawn:
    """The draw as the verdict names it, in the target's unit."""
    found = [
        estimate(demand.metric, each, demand.unit, demand.level, intervals.seed_of(demand.criterion))
        for each in _of(draw, demand.metric.name)
    ]
    usable = [each for each in found if not isinstance(each, Refusal)]
    values = (usable[0].value, usable[0].low, usable[0].high) if usable else (None, None, None)
    return Drawn(draw.task, draw.attempt, draw.ended, why, sum(each.n for each in found), *values)


def _sentence(demand: Demand, told: Sequence[Drawn]) -> str:
    counting = [each for each in told if not each.ignored]
    parts = [f"{_attempts(len(counting))} besides: {_list(demand, counting)}"] if counting else []
    for why in dict.fromkeys(each.ignored for each in told if each.ignored):
        set_aside = [each for each in told if each.ignored == why]
        parts.append(f"not counted ({why}): {_list(demand, set_aside)}")
    return "; ".join(parts)


def _list(demand: Demand, told: Sequence[Drawn]) -> str:
    """The figures of each task by how its attempts ended: "A.t, attempts 1, 2 (exit: …): 8, 7 ms"."""
    grouped: dict[tuple[str, str], list[Drawn]] = {}
    for each in told[:LISTED]:
        grouped.setdefault((each.task, each.ended), []).append(each)
    shown = [f"{task}, {_numbers(some)} ({ended}): {_figures(demand, some)}" for (task, ended), some in grouped.items()]
    return "; ".join([*shown, *([f"and {len(told) - LISTED} more"] if len(told) > LISTED else [])])


def _numbers(some: Sequence[Drawn]) -> str:
    return f"attempt{'' if len(some) == 1 else 's'} {', '.join(str(each.attempt) for each in some)}"


def _figures(demand: Demand, some: Sequence[Drawn]) -> str:
    return (
        f"{', '.join(map(_figure, some))} {demand.unit}" if any(each.samples for each in some) else "nothing measured"
    )


def _figure(each: Drawn) -> str:
    if each.value is None:
        return "nothing usable" if each.samples else "nothing"
    return f"{each.value:.6g}"


def _attempts(count: int) -> str:
    return f"{count} attempt{'' if count == 1 else 's'}"
