"""Work breakdowns in Markdown as plans: what is understood, and what is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.quantities import find_demands, find_duration
from orchestrator.importers.write import write_plan
from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Plan

PLANS = Path(__file__).parents[4] / "plans"


def imported(text: str) -> tuple[Plan, Draft]:
    draft = read_breakdown(text, "doc.md")
    return parse_plan(write_plan(draft), "imported"), draft


def told(draft: Draft, concern: Concern) -> list[tuple[int, str]]:
    return [(note.line, note.text) for note in draft.notes if note.concern is concern]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Peak memory reduced by 25%", [">= 25 %"]),
        ("Allocation overhead < 5%", ["< 5 %"]),
        ("Zero memory leaks", ["== 0 leaks"]),
        ("Process 1GB+ files in <2GB peak memory", [">= 1 GB", "< 2 GB"]),
        ("Peak memory < 500MB for 100MB input", ["< 500 MB"]),
        ("Improve compression by 10-15% on average", [">= 10 %"]),
        ("< 1ms overhead for detection", ["< 1 ms"]),
        ("Latency at most 200 ms", ["<= 200 ms"]),
        ("No regressions", ["== 0 regressions"]),
        ("Throughput ≥ 1,000 MB/s", [">= 1000 MB/s"]),
        ("All tests passing 100%", ["== 100 %"]),
        ("Same compression ratio", []),
        ("Works with Python 3 files", [">= 3 files"]),
        ("Supports Phase 2", []),
    ],
)
def test_figures_are_read_as_people_write_them(text: str, targets: list[str]) -> None:
    assert [demand.target for demand in find_demands(text)] == targets


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60 minutes", 3600), ("2h", 7200), ("1h30m", 5400), ("15-20 min", 900), ("2 days", 57600), ("5 points", None)],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float | None) -> None:
    found = find_duration(text)
    assert (found[0] if found else None) == seconds


def test_a_reading_that_is_not_plain_is_told() -> None:
    assert find_demands("Improve by 10-15%")[0].aloud
    assert find_duration("2 days") == (57600, "a day is read as 8 hours of work, a week as 5 days")


@pytest.fixture(scope="module")
def founding() -> tuple[Plan, Draft, Plan]:
    source = PLANS / "phase4a3.md"
    plan, draft = imported(source.read_text(encoding="utf-8"))
    kept = parse_plan((PLANS / "phase4a3.yaml").read_text(encoding="utf-8"), "phase4a3.yaml")
    return plan, draft, kept


def test_the_founding_document_yields_the_founding_plan_but_for_its_runners(founding) -> None:
    plan, _, kept = founding
    assert (plan.id, plan.title, plan.estimate) == (kept.id, kept.title, kept.estimate)
    assert plan.workstreams.keys() == kept.workstreams.keys()
    for name, group in plan.workstreams.items():
        other = kept.workstreams[name]
        assert (group.title, group.lead, group.supporting, group.estimate) == (
            other.title,
            other.lead,
            other.supporting,
            other.estimate,
        )
        shorter = [task.title.replace(" (memory_profiler)", "") for task in group.tasks]
        assert shorter == [task.title for task in other.tasks]
        assert {one.title for one in group.deliverables} <= {one.title for one in other.deliverables}
        targets = {str(one.target) for one in other.success_criteria}
        refined = {
            one.title.partition(":")[0] for one in other.success_criteria
        }  # "Zero memory leaks: no lease outstanding"
        assert all(str(one.target) in targets or one.title in refined for one in group.success_criteria)
    assert plan.agents.keys() == kept.agents.keys() | {"SOMEBODY"}
    assert [(one.metric, one.target) for one in plan.success_metrics] == [
        (one.metric, one.target) for one in kept.success_metrics
    ]
    assert [(one.at, one.event) for one in plan.timeline] == [(one.at, one.event) for one in kept.timeline]
    assert plan.progress_reports == kept.progress_reports
    assert plan.next_steps == kept.next_steps


def test_the_founding_document_yields_the_founding_stages(founding) -> None:
    plan, _, kept = founding
    assert [(name, one.title, one.estimate) for name, one in plan.stages.items()] == [
        (name, one.title, one.estimate) for name, one in kept.stages.items()
    ]
    assert (plan.stages["INTEGRATION"].lead, plan.stages["VALIDATION"].lead) == ("APEX", "ECLIPSE")
    points = [task.title for task in plan.stages["INTEGRATION"].tasks]
    assert points == [task.title for task in kept.stages["INTEGRATION"].tasks][:4]
    assert plan.stages["VALIDATION"].needs == ("INTEGRATION",)


def test_the_founding_document_contradicts_itself_in_three_places(founding) -> None:
    _, draft, _ = founding
    assert [line for line, _ in told(draft, Concern.CONTRADICTION)] == [12, 233, 224]


def test_every_criterion_without_a_figure_is_listed_and_none_is_dropped(founding) -> None:
    plan, draft, _ = founding
    listed = {text.partition(":")[0] for _, text in told(draft, Concern.NOT_UNDERSTOOD)}
    assert {"Constant memory usage (streaming)", "Same compression ratio", "Linear scaling with file size"} <= listed
    told_of = {one.title for group in plan.groups.values() for one in group.success_criteria} | listed
    text = (PLANS / "phase4a3.md").read_text(encoding="utf-8")
    promised = [line.removeprefix("- ✅ ") for line in text.splitlines() if line.startswith("- ✅ ")]
    assert len(promised) == 13
    assert set(promised) <= told_of


PHASES = """\
# Shop

### Phase 1: Foundations
- [x] Draw the schema (2h) @ada
- [ ] Write the tables, est: 3h @bob
### Phase 2: Shop window
- [ ] List the goods (1d)
  - [ ] with pictures
Some words that explain.
"""


def test_phases_follow_each_other_and_checkboxes_are_tasks() -> None:
    plan, draft = imported(PHASES)
    first, second = plan.workstreams.values()
    assert [(task.title, task.estimate, task.agent) for task in first.tasks] == [
        ("Draw the schema", 7200, None),
        ("Write the tables", 10800, "bob"),
    ]
    assert second.needs == ("Phase1",)
    assert [task.title for task in second.tasks] == ["List the goods", "with pictures"]
    assert any("8 hours" in text for _, text in told(draft, Concern.READ_AS))


TABLE = """\
# Launch

## Work

| ID | Task | Depends on | Est | Owner | Risk |
|----|------|-----------|-----|-------|------|
| T1 | Design | - | 2h | Ada | low |
| T2 | Build | T1 | 3d | Bob | |
| T3 | Ship | T1, T2 | 5 SP | Ada | |
| T4 | Sing | T9 | 1h | Ada | |
"""


def test_a_table_gives_ids_needs_estimates_and_owners() -> None:
    plan, draft = imported(TABLE)
    (group,) = plan.workstreams.values()
    assert [(task.id, task.needs, task.estimate) for task in group.tasks] == [
        ("T1", (), 7200),
        ("T2", ("T1",), 86400),
        ("T3", ("T1", "T2"), None),
        ("T4", (), 3600),
    ]
    told_of = [text for _, text in told(draft, Concern.NOT_UNDERSTOOD)]
    assert told_of == [
        "risk: low (of task 'Design')",
        "estimate '5 SP': no duration",
        "depends on 'T9', which nothing here is called",
    ]


def test_a_workstream_that_says_what_it_depends_on_needs_it() -> None:
    text = "# P\n## Workstream A: One\n- do it\n## Workstream B: Two\n**Depends on:** A\n\n- do more\n"
    plan, _ = imported(text)
    assert plan.workstreams["B"].needs == ("A",)


@given(st.text(max_size=400))
def test_whatever_the_document_every_line_is_in_the_plan_or_told(text: str) -> None:
    draft = read_breakdown(text, "doc.md")
    assert isinstance(write_plan(draft), str)


PIECES = st.sampled_from(
    [
        "# Title",
        "## Workstream A: One",
        "### Phase 2",
        "**Lead Agent:** @X (Y)",
        "**Tasks:**",
        "1. Do the thing (2h)",
        "- [ ] Check depends on T1",
        "**Success Criteria:**",
        "- latency < 5 ms",
        "## Success Metrics Summary",
        "| Metric | Target |\n|---|---|\n| Latency | 0 |",
        "## Timeline",
        "```\nT+5min - Done\n```",
        "",
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_whatever_the_order_of_its_parts_the_outcome_is_a_valid_plan_or_has_no_work(pieces: list[str]) -> None:
    draft = read_breakdown("\n".join(pieces), "doc.md")
    if draft.groups:
        parse_plan(write_plan(draft), "imported")
