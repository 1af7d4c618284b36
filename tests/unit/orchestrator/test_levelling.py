"""Levelled schedules: valid, never longer than the list schedule, and never below their bound."""

from importlib import import_module

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator import levelling as module
from orchestrator.graph.load import LoadedPlan, load_text
from orchestrator.graph.schedule import Schedule, capacities, claim, forecast
from orchestrator.importers.psplib import read_psplib
from orchestrator.levelling import GENETIC, LIST, SOLVER, level
from orchestrator.plan.problem import PlanError

PSPLIB = """\
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     4       2    0
  3      1     3       2    1
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
************************************************************************
"""


def plan_of(lengths: list[int], amounts: list[int], edges: set[tuple[int, int]], capacity: int) -> LoadedPlan:
    tasks = [
        {
            "id": f"t{index}",
            "title": f"Task {index}",
            "command": ["true"],
            "estimate": f"{length}s",
            "needs": [f"t{one}" for one, other in sorted(edges) if other == index],
            "resources": {"r": min(amounts[index], capacity)},
        }
        for index, length in enumerate(lengths)
    ]
    group = {"title": "P", "lead": "ALL", "tasks": tasks}
    agents = {"ALL": {"specialty": "All", "driver": "command", "capacity": 3}}
    plan = {"schema": 1, "id": "p", "title": "P", "resources": {"r": capacity}, "agents": agents}
    return load_text(yaml.safe_dump(plan | {"workstreams": {"P": group}}), "p.yaml")


def assert_valid(loaded: LoadedPlan, schedule: Schedule) -> None:
    for task, needs in loaded.graph.needs.items():
        assert all(schedule.tasks[need].finish <= schedule.tasks[task].start + 1e-6 for need in needs)
    for moment in {one.start for one in schedule.tasks.values()}:
        held: dict[str, int] = {}
        for name, one in schedule.tasks.items():
            if one.start <= moment < one.finish - 1e-6:
                for counter, amount in claim(loaded.graph.nodes[name]):
                    held[counter] = held.get(counter, 0) + amount
        assert all(amount <= capacities(loaded.plan)[counter] for counter, amount in held.items())


sizes = st.integers(min_value=1, max_value=6)


@st.composite
def problems(draw: st.DrawFn) -> LoadedPlan:
    count = draw(sizes)
    numbers = st.lists(sizes, min_size=count, max_size=count)
    pairs = [(one, other) for other in range(count) for one in range(other)]
    edges = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return plan_of(draw(numbers), draw(numbers), edges, draw(sizes))


@settings(max_examples=8, deadline=None)
@given(problems())
def test_a_levelled_schedule_is_valid_and_lies_between_its_bound_and_the_list_schedule(loaded: LoadedPlan) -> None:
    found = level(loaded.plan, loaded.graph, 3.0)
    assert_valid(loaded, found.schedule)
    assert found.bound - 1e-6 <= found.schedule.makespan <= forecast(loaded.plan, loaded.graph).makespan + 1e-6
    assert found.gap >= 0


def test_without_the_solver_the_genetic_search_works_alone_and_keeps_its_time(monkeypatch) -> None:
    monkeypatch.setattr(module, "solver_installed", lambda: False)
    loaded = plan_of([2, 2, 3], [2, 2, 2], set(), 3)
    moments = iter(range(1000))
    found = level(loaded.plan, loaded.graph, 20.0, clock=lambda: float(next(moments)))
    assert (found.method, found.schedule.makespan, found.bound, round(found.gap, 9)) == (LIST, 7.0, 5.0, 0.4)
    assert next(moments) < 30


def test_the_genetic_search_finds_what_list_scheduling_misses(monkeypatch) -> None:
    monkeypatch.setattr(module, "solver_installed", lambda: False)
    told: list[float] = []
    loaded = plan_of([3, 3, 2, 2, 2], [1, 1, 1, 1, 1], {(2, 3), (3, 4)}, 2)
    worse = plan_of([1, 4, 4, 3, 2, 3, 4], [3, 2, 1, 3, 2, 2, 1], {(0, 3), (1, 4), (2, 6)}, 4)
    for each in (loaded, worse):
        found = level(each.plan, each.graph, 2.0, told.append)
        assert_valid(each, found.schedule)
        assert found.method in {LIST, GENETIC}
        assert told[-1] == found.schedule.makespan <= forecast(each.plan, each.graph).makespan


def test_the_solver_finds_what_list_scheduling_misses() -> None:
    # the long task first, by its rank, starves the chain; a schedule of 6 exists
    loaded = plan_of([3, 3, 2, 2, 2], [1, 1, 1, 1, 1], set(), 2)
    found = level(loaded.plan, loaded.graph, 120.0)
    assert found.schedule.makespan == 6.0
    assert found.method in {LIST, GENETIC, SOLVER}


def test_a_psplib_problem_is_read_as_a_plan() -> None:
    loaded = load_text(read_psplib(PSPLIB, "tiny"), "tiny")
    found = level(loaded.plan, loaded.graph, 120.0)
    assert loaded.plan.resources == {"r1": 3, "r2": 1}
    assert (found.schedule.makespan, found.bound) == (7.0, 7.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PRECEDENCE RELATIONS:\n",
        PSPLIB.replace("  3    1\n", ""),
        PSPLIB.replace("2      1     4", "2      2     4"),
    ],
)
def test_what_is_no_psplib_problem_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(PlanError, match="mend"):
        read_psplib(text, "tiny")


def test_a_solver_that_takes_the_whole_time_to_be_imported_solves_nothing(monkeypatch):
    def late(name):
        now[0] += 60.0
        return import_module(name)

    now = [0.0]
    loaded = load_text(read_psplib(PSPLIB, "p.sm"), "p")
    asked = []
    pytest.importorskip("ortools")
    solver = import_module("ortools.sat.python.cp_model").CpSolver
    monkeypatch.setattr(solver, "solve", lambda *_: asked.append(now[0]))
    monkeypatch.setattr(module, "import_module", late)
    monkeypatch.setattr(module, "LARGEST", 0)
    found = level(loaded.plan, loaded.graph, 5.0, clock=lambda: now[0])
    assert (found.method, asked) == (LIST, [])
