"""Work breakdowns in Markdown as plans: what is understood, and what is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.demands import find_demands
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.durations import find_duration
from orchestrator.importers.write import write_plan
from orchestrator.plan.load import parse_plan
from orchestrator.plan.model import Plan
from orchestrator.plan.needs import resolve_needs


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
        ("Same compression ratio", ["<= 1 %"]),
        ("Constant memory usage", ["== 0 MiB/GiB"]),
        ("Scales linearly", [">= 0.98 1"]),
        ("Memory freed promptly", ["<= 10 %"]),
        ("Easy to use", []),
        ("Works with Python 3 files", []),
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


JOINED = """\
# P
## Workstream A: Pools
- one
## Workstream B: Streams
- two
## Dependencies
```
WORKSTREAM A   WORKSTREAM B
      INTEGRATION
```
- {rule}
## Integration Points
1. {first}
2. Merge streams
## Next Steps
1. Integration begins when first workstream completes
"""


def test_a_stage_that_may_begin_early_begins_with_the_workstream_that_its_first_point_names() -> None:
    plan, draft = imported(JOINED.format(rule="Integration happens after all complete", first="Merge pools"))
    stage = plan.stages["INTEGRATION"]
    assert [task.needs for task in stage.tasks] == [("A",), (stage.tasks[0].id, "B")]
    assert stage.needs == ()
    assert any("each of its points waits" in text for _, text in told(draft, Concern.CONTRADICTION))


def test_points_may_be_called_as_a_group_or_another_task_is() -> None:
    text = JOINED.format(rule="Integration happens after all complete", first="Merge pools")
    plan, _ = imported(text.replace("2. Merge streams", "2. Integration\n3. one\n4. Merge streams"))
    tasks = plan.stages["INTEGRATION"].tasks
    assert [task.needs for task in tasks] == [("A",), (tasks[0].id,), (tasks[1].id,), (tasks[2].id, "B")]


@pytest.mark.parametrize(
    ("rule", "first"), [("Integration happens after all complete", "Merge everything"), ("In parallel", "Merge pools")]
)
def test_a_stage_that_cannot_begin_early_or_need_not_waits_for_all(rule: str, first: str) -> None:
    plan, _ = imported(JOINED.format(rule=rule, first=first))
    stage = plan.stages["INTEGRATION"]
    assert (stage.needs, [task.needs for task in stage.tasks]) == (("A", "B"), [None, None])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("December 13, 2025", "2025-12-13"),
        ("13 Dec 2025", "2025-12-13"),
        ("2025-12-13", "2025-12-13"),
        ("12/11/2025", "12/11/2025"),
        ("Smarch 13, 2025", "Smarch 13, 2025"),
    ],
)
def test_a_date_with_the_month_as_a_word_is_spelled_as_a_plan_has_it(said: str, meant: str) -> None:
    plan, _ = imported(f"# P\n**Date:** {said}\n\n## Workstream A: One\n- do it\n")
    assert plan.date == meant


def test_several_fields_may_stand_on_one_line() -> None:
    head = "**Date:** 3 March 2026 | **Duration Estimate:** 3 hours  **Status:** ON"
    plan, draft = imported(f"# P\n{head}\n\n## Workstream A: One\n- do it\n")
    assert (plan.date, plan.estimate) == ("2026-03-03", 10800)
    assert (2, "status: ON (a plan has no place for it)") in told(draft, Concern.NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("@APEX (Engineering, Data & More), @ECLIPSE", ["APEX", "ECLIPSE"]),
        ("Ada Lovelace, Bob and Eve", ["Ada-Lovelace", "Bob", "Eve"]),
        ("@ada and @bob", ["ada", "bob"]),
        ("Andy", ["Andy"]),
        ("José Pérez", ["Jose-Perez"]),
        (f"Anna{'-anna' * 20}", [f"Anna{'-anna' * 12}"]),
    ],
)
def test_people_are_named_with_a_sign_or_between_commas(said: str, names: list[str]) -> None:
    plan, _ = imported(f"# P\n## Workstream A: One\n**Lead:** @X\n**Supporting:** {said}\n\n- do it\n")
    assert list(plan.workstreams["A"].supporting) == names


def test_a_task_may_say_by_its_title_what_it_depends_on() -> None:
    lines = [
        "- [ ] Write copy (3d) @eve",
        "- [ ] Review it (1d) @dana depends on Write copy",
        "- [ ] Ship depends on luck",
    ]
    plan, draft = imported("\n".join(["# P", "## Work", *lines, ""]))
    (group,) = plan.workstreams.values()
    assert [(task.title, task.needs) for task in group.tasks] == [
        ("Write copy", None),
        ("Review it", ("write-copy",)),
        ("Ship", ()),
    ]
    assert group.tasks[1].estimate == 28800
    assert (5, "depends on 'luck', which nothing here is called") in told(draft, Concern.NOT_UNDERSTOOD)


def test_what_is_said_twice_and_not_alike_is_a_contradiction() -> None:
    text = (
        "# P\n## Workstream A: One\n**Lead:** @X (Painting)\n\n- do it\n## Workstream B: Two\n**Lead:** @X "
        "(Singing)\n\n- more\n"
    )
    _, draft = imported(text)
    assert told(draft, Concern.CONTRADICTION) == [(7, "X is 'Singing' here, and 'Painting' before; the first counts")]


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
WORK_HEADINGS = {"## Workstream A: One", "### Phase 2"}


@given(st.lists(PIECES, max_size=12))
def test_whatever_the_order_of_its_parts_the_outcome_is_a_valid_plan_or_has_no_work(pieces: list[str]) -> None:
    draft = read_breakdown("\n".join(pieces), "doc.md")
    if draft.groups:
        plan = parse_plan(write_plan(draft), "imported")
        assert plan.groups.keys() == draft.groups.keys()
        assert all(group.tasks for group in plan.groups.values())
    else:
        assert WORK_HEADINGS.isdisjoint(pieces)


@pytest.mark.parametrize(
    ("heading", "title", "hours"),
    [
        ("Phase 1: Foundation (2 weeks)", "Foundation", 80),
        ("Phase 1 - Build [1.5 weeks]", "Build", 60),
        ("Phase 1: Launch — 5 days", "Launch", 40),
        ("Phase 1: Setup (Week 1)", "Setup (Week 1)", None),
        ("Phase 1: Setup (Weeks 1-3)", "Setup (Weeks 1-3)", None),
        ("Phase 1: Survive 30 days", "Survive 30 days", None),
    ],
)
def test_a_duration_behind_a_groups_title_is_its_estimate(heading: str, title: str, hours: float | None) -> None:
    plan, draft = imported(f"# P\n\n## {heading}\n\n- Write the parser\n")
    (group,) = plan.workstreams.values()
    assert (group.title, group.estimate) == (title, None if hours is None else hours * 3600)
    assert not told(draft, Concern.NOT_UNDERSTOOD)


@pytest.mark.parametrize("tail", ["(lead: @SCRIBE)", "[Lead Agent: @SCRIBE]", "(Owner: @SCRIBE)"])
def test_a_lead_that_a_heading_names_in_brackets_is_the_groups_and_no_part_of_its_title(tail):
    text = "# Plan\n\n**Lead:** @VELOCITY\n\n## Workstream A: Cache\n\n- [ ] Profile it\n\n"
    plan, _ = imported(f"{text}## Workstream B: Docs {tail}\n\n- [ ] Write the guide\n")
    assert [(group.title, group.lead) for group in plan.groups.values()] == [("Cache", "VELOCITY"), ("Docs", "SCRIBE")]


def test_other_brackets_of_a_heading_stay_in_its_title():
    plan, _ = imported("# Plan\n\n**Lead:** @V\n\n## Workstream B: Docs (note: short)\n\n- [ ] Write the guide\n")
    assert [group.title for group in plan.groups.values()] == ["Docs (note: short)"]


RESTARTED = """\
# Tenants

## Phase 1: Schema

### Task 1: Write the migration (2 days, @kim)

### Task 2: Change the models

**Depends on:** Task 1

## Phase 2: Enforcement

### Task 1: Filter in the repository

### Task 2: Test it

**Depends on:** Task 1
"""


def test_numbers_that_begin_again_in_each_phase_name_other_tasks() -> None:
    plan, draft = imported(RESTARTED)
    titles = [[task.title for task in group.tasks] for group in plan.groups.values()]
    assert titles == [["Write the migration", "Change the models"], ["Filter in the repository", "Test it"]]
    needs = resolve_needs(plan)
    assert [found for name, found in needs.items() if name.startswith("Phase2")][1] == ("Phase2.t1",)
    assert plan.groups["Phase1"].tasks[0].estimate == 57600
    assert not any("no duration" in text for _, text in told(draft, Concern.NOT_UNDERSTOOD))
    assert not any("nothing here is called" in note.text for note in draft.notes)


def test_what_looks_like_a_parameter_stays_as_it_stands() -> None:
    plan, _ = imported("# Plan\n\n## Tasks\n\n- [ ] Put ${HOME}/bin on ${PATH}\n- [x] Write $${twice}\n")
    titles = [task.title for group in plan.groups.values() for task in group.tasks]
    assert titles == ["Put ${HOME}/bin on ${PATH}", "Write $${twice}"]


def test_a_row_of_the_summary_is_about_no_criterion_of_the_other_direction() -> None:
    text = "# Plan\n\n## Tasks\n\n- [ ] Dig\n\n## Success criteria\n\n- Memory peak at most 25 %\n\n"
    table = "## Success metrics\n\n| Metric | Target |\n|---|---|\n| Memory reduction | >= 25 % |\n"
    plan, _ = imported(text + table)
    assert sorted(one.target.operator.value for one in plan.criteria.values()) == ["<=", ">="]


def test_tasks_that_wait_for_each_other_are_a_contradiction_and_the_need_of_what_stands_below_is_left_out() -> None:
    rows = "| A1 | Dig | A3 |\n| A2 | Pour | A1 |\n| A3 | Build | A2 |\n"
    plan, draft = imported(f"# Plan\n\n| ID | Task | Depends on |\n|---|---|---|\n{rows}")
    assert [needs for _, needs in sorted(resolve_needs(plan).items())] == [(), ("plan.A1",), ("plan.A2",)]
    assert told(draft, Concern.CONTRADICTION) == [(5, "plan.A1 waits for plan.A3, which waits for it: left out")]


def test_phases_that_wait_for_each_other_are_a_contradiction() -> None:
    first = "## Phase 1: Dig\n\n**Depends on:** Phase 2\n\n- [ ] Dig\n\n"
    plan, draft = imported(f"# Plan\n\n{first}## Phase 2: Pour\n\n- [ ] Pour\n")
    assert resolve_needs(plan) == {"Phase1.dig": (), "Phase2.pour": ("Phase1.dig",)}
    assert len(told(draft, Concern.CONTRADICTION)) == 1


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("KPI | Baseline | Target | Unit", "Latency | 400 | 200 | ms"),
        ("KPI | Today (ms) | Target (ms)", "Latency | 400 | 200"),
    ],
)
def test_a_unit_may_have_a_column_of_its_own_or_stand_in_a_columns_name(head: str, row: str) -> None:
    rule = " | ".join("---" for _ in head.split("|"))
    plan, _ = imported(f"# Plan\n\n## Tasks\n\n- [ ] Dig\n\n## KPIs\n\n| {head} |\n| {rule} |\n| {row} |\n")
    assert [str(one.target) for one in plan.criteria.values()] == ["<= 200 ms"]
