"""Agents that may do more ask less of a plan: each such change is a loosening."""

import pytest

from orchestrator.graph.load import load_text
from orchestrator.review.compare import review_plans
from orchestrator.review.freedoms import within

PLAN = """\
schema: 1
id: agents
title: Agents
budget: {cost: 20 USD, turns: 40}
agents:
  ME:
    specialty: Trying
    driver: acp
    program: [thing]
    env: [LANG]
    budget: {tokens: 2M, time: 45m}
    may: {run: ["pytest*"], network: false}
    sandbox: bubblewrap
    home: {.x: quiet}
workstreams:
  A:
    title: Alpha
    lead: ME
    tasks:
      - id: write
        title: Write
        brief: Make it small.
        writes: ["src/**"]
        pinned: ["tests/**", "bench/**"]
        until: [A.small, A.fast]
        rounds: 2
        budget: {turns: 4}
      - {id: measure, title: Size, measures: write, command: ["true"], metrics: [{name: m.n, unit: B, better: lower}, {name: m.t, unit: s, better: lower}]}
    success_criteria:
      - {id: small, title: Small, metric: m.n, target: "< 10 B"}
      - {id: fast, title: Fast, metric: m.t, target: "< 10 s"}
stages:
  S:
    title: Join
    lead: ME
    tasks:
      - {id: merge, title: Join, merge: [A.write]}
      - {id: look, title: Look, approve: {ask: "Good?", of: merge, within: 2d}}
"""  # noqa: E501


def changes(old, new):
    assert old in PLAN
    return review_plans(load_text(PLAN, "plan.yaml"), load_text(PLAN.replace(old, new), "plan.yaml")).changes


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("env: [LANG]", "env: [LANG, TOKEN]", "more of our environment"),
        ("network: false", "network: true", "reach other hosts"),
        ('run: ["pytest*"]', 'run: ["*"]', "run more programs"),
        ("sandbox: bubblewrap", "sandbox: none", "keeps less in"),
        ("sandbox: bubblewrap", "sandbox: auto", "keeps less in"),
        ("tokens: 2M", "tokens: 3M", "more tokens"),
        ("tokens: 2M, time: 45m", "tokens: 2M", "more time"),
        ("cost: 20 USD", "cost: 21 USD", "more cost"),
        ("turns: 40", "turns: 41", "more turns"),
        ("budget: {turns: 4}", "budget: {turns: 5}", "more turns"),
        ('writes: ["src/**"]', 'writes: ["src/**", "Makefile"]', "change more files"),
        ('writes: ["src/**"]', 'writes: ["**"]', "change more files"),
        ('pinned: ["tests/**", "bench/**"]', 'pinned: ["tests/**"]', "may now be changed"),
        ('pinned: ["tests/**", "bench/**"]', 'pinned: ["tests/**", "bench/one.py"]', "may now be changed"),
        ("until: [A.small, A.fast]", "until: [A.small]", "need not PASS"),
        ("rounds: 2", "rounds: 3", "another chance"),
        ("    home: {.x: quiet}\n", "    home: {.x: loud}\n", "other settings in its home: .x"),
        ("    home: {.x: quiet}\n", "    home: {.x: quiet, .y: more}\n", "other settings in its home: .y"),
        ("    home: {.x: quiet}\n", "", "other settings in its home: .x"),
        ("within: 2d", "within: 3d", "may take longer"),
        ("of: merge, within: 2d", "of: merge", "may take longer"),
        (", of: merge", ", of: A.write", "yes to something else"),
        ('approve: {ask: "Good?", of: merge, within: 2d}', 'command: ["true"]', "no person has to say yes"),
    ],
)
def test_a_wider_freedom_loosens_the_contract(old, new, why):
    [change] = [each for each in changes(old, new) if each.loosens]
    assert why in change.loosens


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("env: [LANG]", "env: []"),
        ('run: ["pytest*"]', 'run: ["pytest -q*"]'),
        ("tokens: 2M", "tokens: 1M"),
        ("turns: 40", "turns: 40, tokens: 1M"),
        ('writes: ["src/**"]', 'writes: ["src/one/**", "src/two.py"]'),
        ('pinned: ["tests/**", "bench/**"]', 'pinned: ["**"]'),
        ("rounds: 2", "rounds: 1"),
        ("within: 2d", "within: 1d"),
        ("program: [thing]", "program: [other]"),
        ("brief: Make it small.", "brief: Make it tiny."),
    ],
)
def test_less_freedom_or_other_words_are_told_and_loosen_nothing(old, new):
    [change] = changes(old, new)
    assert not change.loosens


def test_a_pattern_in_doubt_is_taken_for_a_wider_one():
    assert within("src/a/*.py", ["src/**"])
    assert not within("src/a.py", ["src/*.py"])
    assert within("./src/a/", ["src/"])
    assert not within("srcs/a.py", ["src/**"])
