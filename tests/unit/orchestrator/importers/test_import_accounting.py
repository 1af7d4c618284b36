"""What an import tells: where each line went, in few notes, and that hostile text takes no longer than its length."""

import json
import time

import pytest

from orchestrator.importers.accounting import MOST, account, is_hardly_a_plan, told
from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.demands import read_demands
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.durations import find_duration
from orchestrator.importers.jsontext import read_json
from orchestrator.importers.plantext import plan_yaml
from orchestrator.importers.taskmaster import read_taskmaster
from orchestrator.importers.write import plan_document, write_plan
from orchestrator.plan.load import parse_plan
from orchestrator.plan.needs import resolve_needs
from orchestrator.plan.problem import PlanError
from orchestrator.plan.source import read_source

PLAN = """\
# P
Words that explain.

## Phase 1: One
- [x] Draw it
- [ ] Build it
  - of oak
  - of pine

## Risks
- It rains
- It snows
- It hails
"""


def test_every_line_with_text_is_in_the_plan_in_a_note_or_prose():
    draft = read_breakdown(PLAN, "p.md")
    plan_document(draft)
    assert (
        account(draft, PLAN)
        == "11 lines with text: 5 in the plan, 5 in notes, 1 prose; 1 group, 2 tasks (1 done), 0 criteria"
    )
    left = {note.line for note in draft.notes if note.concern is Concern.LEFT_OUT}
    assert left == {7, 8, 11, 12, 13}


def test_many_notes_are_told_in_few_with_all_their_lines():
    lines = [f"- point {number} of no figure" for number in range(500)]
    draft = read_breakdown(
        "\n".join(["# P", "## Phase 1: One", "- [ ] Do it", "### Acceptance criteria", *lines, "## Risks", *lines]),
        "p.md",
    )
    notes = told(draft.notes)
    assert len(notes) <= MOST
    assert {line for note in draft.notes for line in note.lines} == {line for note in notes for line in note.lines}


def test_a_document_that_is_mostly_about_other_things_is_told_to_be_hardly_a_plan():
    text = "# Brief\n" + "".join(
        f"## Part {word}\nWords about it.\n\n1. Think\n2. Talk\n\n"
        for word in ("lorem", "ipsum", "dolor", "sit", "amet")
    )
    text += "## Milestone 1: Installer\n- Works\n"
    assert is_hardly_a_plan(read_breakdown(text, "b.md"), text)
    assert not is_hardly_a_plan(read_breakdown(PLAN, "p.md"), PLAN)


def test_done_work_stays_in_the_plan_and_nothing_runs_for_it():
    draft = read_breakdown(PLAN, "p.md")
    plan = parse_plan(write_plan(draft), "imported")
    done, left = plan.workstreams["Phase1"].tasks
    assert (done.title, done.command) == ("Draw it", ("true",))
    assert left.run is not None
    assert [note.text for note in draft.notes if note.concern is Concern.DONE] == [
        "Draw it: done already, so nothing runs for it"
    ]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("not more than 0.1 %", ["<= 0.1 %"]),
        ("at most 1,5 s", ["<= 1.5 s"]),
        ("availability of 99,9 %", [">= 99.9 %"]),
        ("error rate below 1e-3 %", ["< 0.001 %"]),
        ("0 failures", ["== 0 failures"]),
        ("No file > 400 lines", ["<= 400 lines"]),
        ("error budget 0.1%", ["<= 0.1 %"]),
        ("from 800 to 200 ms", ["<= 200 ms"]),
        ("coverage from 60% to 80%", [">= 80 %"]),
        ("at most 3", ["<= 3 counts"]),
        ("no fewer than 5 tests", [">= 5 tests"]),
        ("1000+ users", [">= 1000 users"]),
        ("within 5 minutes", ["<= 5 min"]),
        ("must not drop below 80 %", [">= 80 %"]),
        ("never exceeds 64 MiB", ["<= 64 MiB"]),
        ("supports up to 1,000 users", [">= 1000 users"]),
        ("between 10 and 20 ms", [">= 10 ms", "<= 20 ms"]),
        ("p95 < 200 ms with 1000 users", ["< 200 ms"]),
        ("With 1000 users, p95 stays under 300 ms", ["< 300 ms"]),
        ("200 ms or less", ["<= 200 ms"]),
        ("h\u00f6chstens 5 Fehler", ["<= 5 errors"]),
        ("moins de 3 s", ["< 3 s"]),
        ("at least 0 %", []),
        ("up to 100% of users", []),
        ("up to 30% faster", []),
        ("less than 1,23,4 ms", []),
        ("ISO 27001 audit passed", []),
        ("no more than 1 in 1000 requests fails", []),
    ],
)
def test_a_figure_is_read_whole_and_its_direction_from_the_words_beside_it(text, targets):
    assert [demand.target for demand in read_demands(text).read] == targets


@pytest.mark.parametrize("text", ["at least 0 %", "less than 1,23,4 ms", "no more than 1 in 1000 requests fails"])
def test_a_figure_that_becomes_no_target_is_told_with_its_reason(text):
    assert read_demands(text).refused


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("1h 30m", 1.5),
        ("(1,5h)", 1.5),
        ("40% (1,280 hours)", 1280),
        ("0 days", 0),
        ("3 person-days", 24),
        ("2d-3d", 16),
        ("1,23,4 h", None),
        ("M", None),
        ("½ day", 4),
        ("1½ days", 12),
        ("2 ¼ h", 2.25),
    ],
)
def test_a_duration_is_read_whole_or_not_at_all(text, hours):
    found = find_duration(text)
    assert (found[0] / 3600 if found else None) == hours


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("(2 working days)", 16),
        ("(1e1 min)", 1 / 6),
        ("(ca. 90 Min.)", 1.5),
        ("(½ day)", 4),
        ("(1 h, 30 min)", 1.5),
        ("(two hours)", 2),
        ("[approx. 2-3 days]", 16),
        ("(half a day)", 4),
        ("(5 s)", None),
        ("(3 min read of the whole book)", None),
        ("(phase 2)", None),
    ],
)
def test_an_estimate_in_brackets_is_read_however_it_is_spelled_and_other_words_stay_in_the_title(said, hours):
    draft = read_breakdown(f"# Plan\n\n## Phase 1: Build\n\n- Draw it {said}\n- Do it\n", "p.md")
    (group,) = parse_plan(write_plan(draft), "imported").workstreams.values()
    assert group.tasks[0].estimate == (None if hours is None else pytest.approx(hours * 3600))
    assert group.tasks[0].title == ("Draw it" if hours is not None else f"Draw it {said}")


@pytest.mark.parametrize("said", ["(1:30 h)", "(see 2 days)"])
def test_brackets_that_speak_of_time_and_are_no_duration_are_told(said):
    draft = read_breakdown(f"# Plan\n\n## Phase 1: Build\n\n- Draw it {said}\n- Do it\n", "p.md")
    assert [note.text for note in draft.notes if "no duration" in note.text] == [
        f"estimate {said[1:-1]!r}: no duration"
    ]


def test_rows_of_a_project_table_keep_their_predecessors_and_tell_the_lag():
    table = (
        "| ID | Task Name | Duration | Predecessors | Resource Names |\n|---|---|---|---|---|\n| 1 | Book | 1 week | "
        "| Ada |\n| 2 | Print | 3 days | 1 | Bob |\n| 3 | Open | 0 days | 1,2FS+1d | Ada |\n"
    )
    draft = read_breakdown(f"# Fair\n\n{table}", "p.md")
    plan = parse_plan(write_plan(draft), "imported")
    (group,) = plan.workstreams.values()
    assert [(task.needs, task.estimate) for task in group.tasks] == [((), 144000), (("t1",), 86400), (("t1", "t2"), 0)]
    assert set(plan.agents) == {"Ada", "Bob"}
    assert any("a lag of +1d" in note.text for note in draft.notes)


def test_neighbours_marked_p_run_side_by_side():
    text = "# T\n## Phase 1: S\n- [ ] T001 a\n- [ ] T002 [P] b\n- [ ] T003 [P] [US1] c\n- [ ] T004 d\n"
    plan = parse_plan(write_plan(read_breakdown(text.replace(" [US1]", ""), "t.md")), "imported")
    assert resolve_needs(plan) == {
        "Phase1.T001": (),
        "Phase1.T002": ("Phase1.T001",),
        "Phase1.T003": ("Phase1.T001",),
        "Phase1.T004": ("Phase1.T002", "Phase1.T003"),
    }


TAGS = {
    "main": {
        "tasks": [
            {"id": 1, "title": "A", "status": "done"},
            {"id": 2, "title": "B", "dependencies": [1], "estimatedHours": 4},
        ]
    },
    "side": {"tasks": [{"id": 1, "title": "C"}, {"id": 2, "title": "D", "dependencies": [1]}]},
}


def tagged(tag: str | None = None) -> Draft:
    return read_taskmaster(json.dumps(TAGS), "tasks.json", tag)


def test_tasks_of_two_tags_with_the_same_ids_are_all_there_and_depend_within_their_tag():
    plan = parse_plan(write_plan(tagged()), "imported")
    needs = resolve_needs(plan)
    assert [task.title for group in plan.groups.values() for task in group.tasks] == ["A", "B", "C", "D"]
    assert (needs["main-TASKS.t2"], needs["side-TASKS.t2"]) == (("main-TASKS.t1",), ("side-TASKS.t1",))
    assert plan.workstreams["main-TASKS"].tasks[1].estimate == 14400


def test_one_tag_can_be_named_and_an_unknown_one_is_refused():
    plan = parse_plan(write_plan(tagged("side")), "imported")
    assert [task.title for group in plan.groups.values() for task in group.tasks] == ["C", "D"]
    with pytest.raises(PlanError, match="side"):
        tagged("sid")


def test_a_key_that_stands_twice_is_refused_with_its_line():
    with pytest.raises(PlanError, match="'tasks' twice") as error:
        read_json('{"a": 1,\n "b": {"tasks": [1],\n "tasks": []}}', "t.json")
    assert error.value.problems[0].line == 2


def test_objects_know_their_lines():
    data = read_json('{\n"a": {"b": "} {"},\n"c": [{},\n{}]}', "t.json")
    assert (data.line, data["a"].line, data["c"][0].line, data["c"][1].line) == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "title",
    [
        "a: b",
        "no",
        "- x",
        "3.10",
        "a #b",
        'say "x"',
        "it's",
        "a\u2028b",
        "1e5",
        " x",
        "x ",
        "",
        "null",
        "\ud800",
        "\x85",
        "[a]",
        "a, b",
        "d\u00e9j\u00e0 vu",
    ],
)
def test_a_text_is_written_so_that_a_plan_reads_it_back(title):
    read = read_source(plan_yaml({"a": [{"b": title}]}), "t")
    assert read.problems == []
    assert read.data == {"a": [{"b": title.replace("\ud800", "\ufffd")}]}


HEADS = ("- ", "1. ", "Duration: ", "Success criteria:\n- ", "- [ ] ", "## ", "**", "| Task | Est |\n|---|---|\n| a | ")
UNITS = (
    "[",
    "(",
    "1",
    "1 ",
    "< 1 ",
    "@a ",
    "**a",
    "<!--",
    "](",
    "1-",
    "1,1",
    "no ",
    "[P] ",
    " ",
    "depends on ",
    "- a\n",
    "# a\n",
    "T1, ",
)


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_takes_no_longer_than_its_length(unit):
    def spent(size: int) -> float:
        begin = time.process_time()
        for head in HEADS:
            draft = read_breakdown(f"# P\n## Phase 1: X\n{head}{unit * (size // len(unit))}\n", "p.md")
            write_plan(draft)
        return time.process_time() - begin

    spent(500)
    short = min(spent(2_000) for _ in range(3))
    assert min(spent(16_000) for _ in range(2)) < 30 * short  # quadratic would be 64


CHANGES = """\
# Changelog

## [1.4.0] - 2026-03-01

### Added

- Export of readings

### Changed

- The start page loads 30% faster
- Update the icons
"""
ABOUT_A_LIBRARY = """\
# quickgrid

## Features

- \u2705 Sorts a million rows
- \u2705 No dependencies

## Installation

1. Install the package
2. Import the style sheet

## Contributing

- Fork the repository
- Open a pull request
"""


VERSIONS = "# Version history\n\n## v2.6\n\n* Add a switch\n* Fix the shim\n\n## v2.5\n\n* Update the help\n"


RELEASES = "1.0.0 / 2024-08-31\n===\n\n  * Drop old engines\n\n0.6.3 / 2022-01-22\n===\n\n  * Revert it\n"
SETTINGS = "# ci\n\n### strict\n\n* Default: false\n* Type: Boolean\n\n### omit\n\n* Default: none\n* Type: String\n"


@pytest.mark.parametrize("text", [CHANGES, ABOUT_A_LIBRARY, VERSIONS, RELEASES, SETTINGS])
def test_what_was_done_and_how_something_is_used_are_no_plan(text):
    assert read_breakdown(text, "doc.md").groups == {}


def test_a_task_that_is_given_up_is_left_out_and_told():
    draft = read_breakdown("# Plan\n\n## Tasks\n\n- [ ] Dig\n- [-] Hire a digger\n", "doc.md")
    assert [task.title for group in draft.groups.values() for task in group.tasks] == ["Dig"]
    assert ["given up" in note.text for note in draft.notes if note.line == 6] == [True]


def test_a_chart_is_read_only_where_nothing_else_is_a_task():
    chart = "```mermaid\ngantt\n  section Work\n  Dig :a, 2026-01-01, 2d\n```\n"
    both = read_breakdown(f"# Plan\n\n## Tasks\n\n- [ ] Dig\n\n{chart}", "doc.md")
    assert [task.title for group in both.groups.values() for task in group.tasks] == ["Dig"]
    alone = read_breakdown(f"# Plan\n\n{chart}", "doc.md")
    assert [(group.title, [task.title for task in group.tasks]) for group in alone.groups.values()] == [
        ("Work", ["Dig"])
    ]


def test_a_row_or_a_task_of_the_status_cancelled_is_left_out_and_told():
    text = """\
# Plan

| ID | Title | Status | Depends on |
|---|---|---|---|
| T1 | Dig | open | |
| T2 | Hire a digger | Cancelled | T1 |

## Phase 1: Walls

### Task 1: Cut the posts

**Status:** Won't do

### Task 2: Raise the frame
"""
    draft = read_breakdown(text, "doc.md")
    assert [task.title for group in draft.groups.values() for task in group.tasks] == ["Dig", "Raise the frame"]
    assert [note.line for note in draft.notes if "given up" in note.text] == [6, 10]


def test_signs_of_priority_and_days_are_no_part_of_a_title():
    draft = read_breakdown("# Plan\n\n## Tasks\n\n- [ ] Pour concrete \u23eb \U0001f4c5 2026-02-25\n", "doc.md")
    assert [task.title for group in draft.groups.values() for task in group.tasks] == ["Pour concrete"]


def test_a_bold_row_over_others_is_their_group_and_a_sum_is_no_task():
    text = """\
# Schedule

| # | Task | Owner | Days |
|---|------|-------|------|
| **Phase 1: Prepare** | | | |
| 1 | Collect texts | Eva | 3 |
| **Phase 2: Build** | | | |
| 2 | Fill pages | Eva | 4 |
| | **Total** | | **7** |
"""
    draft = read_breakdown(text, "doc.md")
    found = [(group.title, [task.title for task in group.tasks]) for group in draft.groups.values()]
    assert found == [("Prepare", ["Collect texts"]), ("Build", ["Fill pages"])]
    assert [note.line for note in draft.notes if note.concern is Concern.LEFT_OUT] == [9]


def test_what_is_folded_away_is_read_under_its_summary():
    first = "<details>\n<summary>Before</summary>\n\n- [ ] Back up\n\n</details>\n"
    text = f"# List\n\n{first}\n<details><summary><b>After</b></summary>\n\n- [ ] Look\n\n</details>\n"
    draft = read_breakdown(text, "doc.md")
    assert [(one.title, [task.title for task in one.tasks]) for one in draft.groups.values()] == [
        ("Before", ["Back up"]),
        ("After", ["Look"]),
    ]


def test_a_lead_in_the_brackets_of_a_heading_leads_also_what_no_word_calls_a_group():
    draft = read_breakdown("# Plan\n\n## Team Alpha (lead: @nina)\n\n- [ ] Rotate keys @omar\n", "doc.md")
    assert [(one.title, one.lead) for one in draft.groups.values()] == [("Team Alpha", "nina")]
