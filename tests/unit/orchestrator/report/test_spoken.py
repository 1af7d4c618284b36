"""What agents said of their rounds stands in the ledger beside what that round measured."""

from dataclasses import replace

import pytest

from orchestrator.evidence.verdict import Outcome, Verdict, Why
from orchestrator.graph.load import load_text
from orchestrator.report.build import build_report
from orchestrator.report.model import Agreement
from orchestrator.state import events as e
from orchestrator.state.rounds import Round, Talk

PLAN = """\
schema: 1
id: spoken
title: Spoken
agents: {ME: {specialty: Packing, driver: acp, program: [thing]}}
workstreams:
  A:
    title: Alpha
    lead: ME
    tasks:
      - {id: write, title: Write, brief: Make it small., writes: ["src/**"], until: [A.small]}
      - {id: measure, title: Size, measures: write, command: ["true"], metrics: [{name: pack.share, unit: "%", better: lower}]}
    success_criteria:
      - {id: small, title: Packed share of the text, metric: pack.share, target: "< 50 %"}
"""  # noqa: E501
LOADED = load_text(PLAN, "plan.yaml")
VERDICT = Verdict("A.small", Outcome.FAIL, Why.MISSED, "no", "%", 72.0, 71.0, 73.0)
PRINTS = dict.fromkeys(LOADED.graph.nodes, "run=0")


def claims(said, *verdicts):
    one = Round(1, 1, False, "no", verdicts, None, Talk("acp", said=said))
    events = (
        e.RunStarted("spoken-1", "spoken", "0" * 64, PLAN, "plan.yaml", {}, {}, ("orchestrate", "run"), PRINTS),
        e.TaskStarted("A.write", 1),
        e.RoundJudged("A.write", 1, one),
    )
    envelopes = [e.Envelope(n, float(n), float(n), 1, each) for n, each in enumerate(events, 1)]
    return build_report(LOADED.plan, LOADED.graph, envelopes).claims


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ("The packed share of the text is 40 % ✅", Agreement.DISAGREES),
        ("pack.share = 72 %", Agreement.AGREES),
        ("It now takes 3 ms.", Agreement.UNMEASURED),
        ("It fell from 220 MB to 180 MB, a 31% saving.", Agreement.INCONSISTENT),
    ],
)
def test_a_figure_in_an_agents_last_words_is_held_against_its_round(said, standing):
    rows = claims(said, VERDICT)
    assert rows[0].standing is standing
    assert rows[0].seq == 3
    assert rows[0].parsed


def test_a_round_that_measured_nothing_leaves_the_figure_unmeasured_under_the_metrics_name():
    [row] = claims("pack.share is 4 %")
    assert (row.standing, row.metric, row.measured) == (Agreement.UNMEASURED, "pack.share", None)


def test_a_metric_whose_name_is_the_end_of_another_name_is_not_the_one_that_was_meant():
    assert claims("old.pack.share is 4 % now")[0].metric == ""
    assert claims("So pack.share is 4 %. Done.")[0].metric == "pack.share"


def test_goals_and_words_without_figures_are_no_claims_of_the_ledger():
    assert claims("All targets exceeded ✅ (target: 5 %)", replace(VERDICT, value=None)) == ()
