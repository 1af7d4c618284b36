"""Label each claim of a text, first by the evidence, then by the text itself. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.audit.changes import Flags, check_changes
from orchestrator.audit.goals import check_goals
from orchestrator.audit.match import Held, hold
from orchestrator.audit.model import Asked, Audit, Claim, Finding, Ground, Label, Measured, Reading, Role
from orchestrator.audit.read import read_claims
from orchestrator.audit.repeats import check_constants, spread
from orchestrator.audit.sums import check_sums


@dataclass(frozen=True, slots=True)
class Known:
    """What a text is held against. measured: what a run found; asked: what a plan demands; against: the run's name,
    "" for none.
    """

    measured: Sequence[Measured] = ()
    asked: Sequence[Asked] = ()
    against: str = ""


NOTHING: Final = Known()
UNHELD: Final = dict.fromkeys(Role, Label.NONE) | {Role.ESTIMATE: Label.ESTIMATE, Role.GOAL: Label.GOAL}
"""The label of a claim that nothing speaks of."""
SAID_SO: Final = "the text says so itself"


def audit(source: str, text: str, ground: Ground, known: Known = NOTHING) -> Audit:
    """Every claim of the text with its label. ground: the files there are."""
    reading = read_claims(text)
    flags = inconsistencies(reading)
    held = dict(hold(reading, known.measured, known.asked))
    refuted = {place: one.why for place, one in held.items() if one.label is Label.CONTRADICTED}
    for place, why in spread(reading, refuted, constants={}).items():  # told again where its words alone say too little
        held.setdefault(place, Held(Label.CONTRADICTED, f"{why}, which evidence contradicts", ""))
    findings = tuple(
        [
            _finding(claim, flags.get(place, ""), held.get(place), ground)
            if claim.file or place in flags or place in held
            else Finding(claim, UNHELD[claim.role], SAID_SO if claim.role is Role.ESTIMATE else "")
            for place, claim in enumerate(reading.claims)
        ]
    )
    return Audit(source, findings, known.against, _headline(findings, held, known.measured))


def inconsistencies(reading: Reading) -> Flags:
    """Why claims contradict the text that they stand in, by their places."""
    constants = check_constants(reading)
    flags = check_changes(reading) | check_goals(reading) | check_sums(reading)
    return flags | constants | spread(reading, flags, constants=constants)


def _finding(claim: Claim, flag: str, held: Held | None, ground: Ground) -> Finding:
    if claim.file:
        return _file(claim, ground)
    if held is None or (flag and held.label is not Label.CONTRADICTED):
        return Finding(claim, Label.INCONSISTENT, flag, held.beside if held else "")
    return Finding(claim, held.label, held.why, held.beside)


def _file(claim: Claim, ground: Ground) -> Finding:
    path, _, test = claim.file.partition("::")
    if not ground.has(path):
        return Finding(claim, Label.MISSING, "there is no such file")
    if test and not ground.has_test(path, test):
        return Finding(claim, Label.MISSING, f"{path} holds no such test")
    return Finding(claim, Label.MEASURED, "it is there; what is in it was not looked at" if not test else "it is there")


def _headline(
    findings: Sequence[Finding], held: Mapping[int, Held], measured: Sequence[Measured]
) -> tuple[tuple[Measured, tuple[Finding, ...]], ...]:
    """What was measured with the claims about it, in the run's order."""
    by_metric: dict[str, list[Finding]] = {}
    for place, one in held.items():
        if one.metric:
            by_metric.setdefault(one.metric, []).append(findings[place])
    return tuple((one, tuple(by_metric[one.metric])) for one in measured if one.metric in by_metric)
