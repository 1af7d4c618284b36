"""Compares criteria: the part of a plan that is the contract."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.evidence.numbers import spelled
from orchestrator.plan.model import Criterion
from orchestrator.review.acceptance import loosened_target
from orchestrator.review.change import Action, Change, Part
from orchestrator.review.pairing import Pairs, moved, pair


def _fewer(what: str) -> Callable[[Criterion, Criterion], str]:
    """Asks for less when the number is smaller, or no longer given."""

    def judge(old: Criterion, new: Criterion) -> str:
        before, after = getattr(old, what) or 0, getattr(new, what) or 0
        return "it demands less evidence" if after < before else ""

    return judge


def _another_measure(old: Criterion, new: Criterion) -> str:  # noqa: ARG001 - one signature for the table
    return "what is measured is another thing, so that the two targets cannot be compared"


@dataclass(frozen=True, slots=True)
class _Term:
    """A field of a criterion. spell: as a plan writes it. loosens: why the new one asks for less, or empty."""

    name: str
    spell: Callable[[Criterion], str]
    loosens: Callable[[Criterion, Criterion], str]


def _spelled_target(criterion: Criterion) -> str:
    within = f" ± {spelled(criterion.tolerance)}" if criterion.tolerance else ""
    return f"{criterion.target}{within}"


def _never(old: Criterion, new: Criterion) -> str:  # noqa: ARG001 - one signature for the table
    return ""


def _optional(value: object) -> str:
    return "" if value is None else str(value)


def _ignored(criterion: Criterion) -> str:
    return criterion.redraws.ignore if criterion.redraws else ""


def _sets_aside(old: Criterion, new: Criterion) -> str:
    return "what other attempts measured no longer counts" if _ignored(new) and not _ignored(old) else ""


TERMS: Final = (
    _Term("metric", lambda one: one.metric, _another_measure),
    _Term("target", _spelled_target, loosened_target),
    _Term("samples", lambda one: str(one.samples), _fewer("samples")),
    _Term("expect", lambda one: _optional(one.expect), _fewer("expect")),
    _Term("level", lambda one: f"{one.level:g}", _fewer("level")),
    _Term("from", lambda one: _optional(one.from_), _another_measure),
    _Term("max_samples", lambda one: _optional(one.max_samples), _never),
    _Term("redraws", _ignored, _sets_aside),
    _Term("title", lambda one: one.title, _never),
)
"""Every field of a criterion that a review compares."""


def pair_criteria(old: Mapping[str, Criterion], new: Mapping[str, Criterion]) -> Pairs:
    """Which criterion is which, by full name "A.peak-memory"; one that only changed its name or group is the same,
    whatever it asks now.
    """
    return pair(
        old,
        new,
        lambda one: one.model_copy(update={"id": "_", "title": "_"}),
        lambda one: (one.id, one.metric),
        lambda one: (one.metric, one.target.operator, one.from_),
    )


def compare_criteria(old: Mapping[str, Criterion], new: Mapping[str, Criterion], pairs: Pairs) -> Iterator[Change]:
    """The changes, by full name; a criterion that only changed its name is no loss."""
    for name in pairs.removed:
        lost = "what it demanded is demanded no more"
        yield Change(Part.CRITERION, Action.REMOVED, name, before=_terms(old[name]), loosens=lost)
    for before, after in pairs.kept:
        if before != after:
            action = Action.MOVED if moved(before, after) else Action.RENAMED
            yield Change(Part.CRITERION, action, before, after=after)
        yield from _terms_changed(after, old[before], new[after])
    for name in pairs.added:
        yield Change(Part.CRITERION, Action.ADDED, name, after=_terms(new[name]))


def _terms(criterion: Criterion) -> str:
    return f"{criterion.metric} {_spelled_target(criterion)}"


def _terms_changed(name: str, old: Criterion, new: Criterion) -> Iterator[Change]:
    for term in TERMS:
        before, after = term.spell(old), term.spell(new)
        if before != after:
            yield Change(Part.CRITERION, Action.CHANGED, name, term.name, before, after, term.loosens(old, new))
