"""Criteria of a draft: read from a line, or from a row of the summary, and which row is about which criterion."""

import re
from typing import Final

from orchestrator.importers.demands import Demands, find_demands, read_demands
from orchestrator.importers.draft import Concern, Draft, DraftCriterion, DraftGroup
from orchestrator.importers.outline import Line

LONGEST: Final = 300
BARE: Final = re.compile(r"\d[\d.,]{0,12}\s?[^\W\d_]{0,12}(?:/[a-z]{1,8})?%?")
"""A figure with no word or sign that asks anything of it."""
TRYING: Final = re.compile(r"valid|test|quality|release|launch|accept|recette|abnahme", re.IGNORECASE)


def read_criteria(draft: Draft, line: Line, text: str, about: str = "") -> list[DraftCriterion]:
    """The criteria of a text, and notes on what in it is none."""
    demands = read_demands(text, about)
    for why in demands.refused:
        draft.note(line.number, Concern.NOT_UNDERSTOOD, f"{text[:LONGEST]}: {why}", "figures that are no criterion")
    if not demands.read and not demands.refused:
        draft.note(
            line.number,
            Concern.NOT_UNDERSTOOD,
            f"{text[:LONGEST]}: a criterion without a figure",
            "criteria without a figure",
        )
    for demand in demands.read:
        if demand.aloud:
            said = f"{text[:LONGEST]}: {demand.target}; {demand.aloud}"
            draft.note(line.number, Concern.READ_AS, said, "criteria with a reading")
    if len(demands.read) > 1:
        figures = " and ".join(demand.target for demand in demands.read)
        draft.note(
            line.number,
            Concern.READ_AS,
            f"{text[:LONGEST]}: {len(demands.read)} criteria, {figures}",
            "several criteria in a line",
        )
    return [DraftCriterion(text[:LONGEST], line.number, demand.target) for demand in demands.read]


def criteria_of(draft: Draft, metric: str, target: str) -> list[tuple[str, DraftCriterion]]:
    """The criteria that a row of the summary is about, with their groups: the same figure, asked for in the
    same direction, and a word in common.
    """
    figures = {demand.number for demand in find_demands(target, metric)} | {
        demand.number for demand in find_demands(target)
    }
    words, way = _stems(metric), {demand.target[0] for demand in find_demands(target, metric)}
    return [
        (name, one)
        for name, group in draft.groups.items()
        for one in group.criteria
        if one.target.partition(" ")[2] in figures
        and words & _stems(one.title)
        and not (way and one.target[0] not in {"=", *way})
    ]


def _stems(text: str) -> set[str]:
    return {word[:4] for word in re.findall(r"[a-z]{4,}", text.lower())}


def home_of_criteria(draft: Draft) -> DraftGroup | None:
    """The group that takes what is asked of the whole: the one that tests, or the last."""
    groups = list(draft.groups.values())
    return next((one for one in reversed(groups) if TRYING.search(one.title[:LONGEST])), groups[-1] if groups else None)


def _demands_of_row(metric: str, target: str, baseline: str) -> Demands:
    """What a row demands: two bare figures, before and after, say by themselves which way is better."""
    if not any(sign.isdigit() for sign in target):
        return Demands()
    if BARE.fullmatch(target.strip()) and BARE.fullmatch(baseline.strip()):
        moved = read_demands(f"from {baseline} to {target}", metric)
        if moved.read:
            return moved
    return read_demands(target, metric)


def name_summary_criteria(draft: Draft) -> None:
    """A row of the summary belongs to the criterion of the same figure and a word in common; else it gets one of
    its own.
    """
    for metric, target, line in draft.metrics:
        if criteria_of(draft, metric, target):
            continue
        demands = _demands_of_row(metric, target, draft.baselines.get(line, ""))
        counted = f"{target} {metric.split()[-1] if metric.split() else ''}"
        said = demands.read or ([] if demands.refused or not target[:1].isdigit() else find_demands(counted, metric))
        group = home_of_criteria(draft)
        if not said or group is None:
            why = f" ({demands.refused[0]})" if demands.refused else ""
            text = f"{metric}: {target}: no criterion has this figure{why}"
            draft.note(line, Concern.NOT_UNDERSTOOD, text, "rows of the summary")
            continue
        group.criteria.append(DraftCriterion(metric, line, said[0].target))
        text = f"{metric}: {target}: no criterion has this figure; {group.title} gets one: {said[0].target}"
        draft.note(line, Concern.READ_AS, f"{text}; {said[0].aloud}" if said[0].aloud else text, "rows of the summary")
