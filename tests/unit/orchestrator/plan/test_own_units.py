"""Units of a plan's own: declared once, held against themselves alone, and told where nobody declared them."""

import pytest

from orchestrator.plan.load import parse_plan
from orchestrator.plan.problem import PlanError

PLAN = """\
schema: 1
id: own
title: Own
units: {units}
agents: {{ME: {{specialty: x, driver: command}}}}
workstreams:
  A:
    title: A
    lead: ME
    tasks:
      - {{id: t, title: T, command: ["true"], metrics: [{{name: a.n, unit: "{metric}", better: lower}}]}}
    success_criteria:
      - {{id: c, title: C, metric: a.n, target: "< 5 {target}"}}
"""


def problems(units="{}", metric="tokens", target="tokens"):
    text = PLAN.format(units=units, metric=metric, target=target)
    try:
        parse_plan(text, "plan.yaml", runners={})
    except PlanError as error:
        return [f"{one.line}: {one.what} | {one.mend}" for one in error.problems]
    return []


@pytest.mark.parametrize(
    ("units", "unit"),
    [
        ("{}", "tokens"),
        ("{}", "USD"),
        ("{}", "USD/run"),
        ("{}", "tokens/s"),
        ("{widgets: count}", "widgets"),
        ("{widgets: count}", "widgets/s"),
        ("{SEK: money}", "SEK"),
        ('{"drinks/h": rate}', "drinks/h"),
        ('{tokens: count, USD: money, "requests/s": rate}', "requests/s"),
    ],
)
def test_a_known_or_declared_unit_is_one_for_targets_and_metrics(units, unit):
    assert problems(units, unit, unit) == []


def test_a_unit_that_nobody_declared_is_told_at_the_target_and_at_the_metric():
    found = problems("{}", "widgets", "widgets")
    assert [one.split(":")[0] for one in found] == ["11", "13"]
    assert all("'widgets' is not known" in one and "units:" in one for one in found)


def test_a_declared_unit_fits_no_other():
    [one] = problems("{widgets: count}", "MB", "widgets")
    assert "the target is in widgets, the metric a.n in MB" in one


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ("{MB: count}", "'MB' is a known unit, and no count"),
        ("{tokens: money}", "'tokens' is a known unit, and no money"),
        ("{USD: count}", "'USD' is a known unit, and no count"),
        ("{'2x': count}", "is not a word that can be a unit"),
        ("{'a/b': count}", "is not a word that can be a unit"),
        ("{widgets: rate}", "is not a rate"),
        ("{'widgets/parsec': rate}", "'parsec' is not known"),
        ("{widgets: size}", "units.widgets"),
    ],
)
def test_a_declaration_that_cannot_hold_is_told(units, told):
    found = problems(units)
    assert len(found) == 1
    assert told in found[0] or told.startswith("units.")
