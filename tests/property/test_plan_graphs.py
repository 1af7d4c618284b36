import string
from itertools import pairwise

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.graph.build import build_graph, ordered_tasks, to_network
from orchestrator.graph.mermaid import escape
from orchestrator.graph.schedule import claim, critical_path, forecast
from orchestrator.plan.load import PlanError, parse_plan
from orchestrator.plan.model import Plan
from orchestrator.plan.needs import find_cycle, resolve_needs
from orchestrator.plan.values import parse_duration, spell_duration


@st.composite
def plans(draw):
    """Plans whose tasks need only earlier ones, in two groups, with random capacities and demands."""
    count = draw(st.integers(1, 14))
    groups = {"A": [], "B": []}
    written = []
    for index in range(count):
        group = draw(st.sampled_from("AB"))
        needs = draw(st.lists(st.sampled_from(written), max_size=3, unique=True)) if written else []
        task = {"id": f"t{index}", "title": "t", "command": ["x"], "needs": needs}
        task["agent"] = draw(st.sampled_from(["ONE", "TWO"]))
        task["estimate"] = f"{draw(st.integers(0, 20))}s"
        task["resources"] = {"cpu": draw(st.integers(0, 3))}
        groups[group].append(task)
        written.append(f"{group}.t{index}")
    return {
        "schema": 1,
        "id": "p",
        "title": "p",
        "resources": {"cpu": 3},
        "agents": {"ONE": {"specialty": "x", "capacity": draw(st.integers(1, 3))}, "TWO": {"specialty": "y"}},
        "workstreams": {name: {"title": "g", "lead": "ONE", "tasks": tasks} for name, tasks in groups.items() if tasks},
    }


@settings(max_examples=60, deadline=None)
@given(plans())
def test_the_order_of_a_graph_respects_every_need_of_the_plan(data):
    plan = Plan.model_validate(data)
    graph = build_graph(plan)
    rank = {task: index for index, task in enumerate(graph.nodes)}
    for task, needs in resolve_needs(plan).items():
        assert all(rank[need] < rank[task] for need in needs)
        assert set(needs) <= graph.ancestors[task]


@settings(max_examples=100, deadline=None)
@given(plans(), st.lists(st.integers(0, 13), min_size=2, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_needs_that_tasks_have_alike_do_not_change_their_order(data, last, chance):
    needs = resolve_needs(Plan.model_validate(data))
    alike = tuple(task for place, task in enumerate(needs) if place in last)
    needs |= {f"C.{index}": alike for index in range(3)} | {"C.after": ("C.1", "C.0"), "C.also": ("C.1", "C.0")}
    shuffled = {task: needs[task] for task in chance.sample(list(needs), len(needs))}
    for each in (needs, shuffled):
        rank = {task: place for place, task in enumerate(each)}
        plain = nx.DiGraph([(need, task) for task, above in each.items() for need in above])
        plain.add_nodes_from(each)
        expected = [*nx.lexicographical_topological_sort(plain, key=rank.__getitem__)]
        assert ordered_tasks(each, rank) == expected


def test_layers_all_to_all_have_as_many_edges_as_tasks():
    layers = [[f"A.{layer}-{place}" for place in range(20)] for layer in range(3)]
    needs = dict.fromkeys(layers[0], ())
    needs |= {task: tuple(above) for above, below in pairwise(layers) for task in below}
    assert len(to_network(needs).edges) == 80


@settings(max_examples=60, deadline=None)
@given(plans())
def test_a_schedule_respects_needs_and_never_exceeds_a_capacity(data):
    plan = Plan.model_validate(data)
    graph = build_graph(plan)
    times = forecast(plan, graph)
    assert set(times.tasks) == set(graph.nodes)
    for task, needs in graph.needs.items():
        assert all(times.tasks[need].finish <= times.tasks[task].start for need in needs)
    most = {"resource cpu": 3, "agent ONE": plan.agents["ONE"].capacity, "agent TWO": 1}
    for moment in {one.start for one in times.tasks.values()}:
        held = dict.fromkeys(most, 0)
        for task, node in graph.nodes.items():
            if times.tasks[task].start <= moment < times.tasks[task].finish:
                for name, amount in claim(node):
                    held[name] += amount
        assert all(held[name] <= most[name] for name in most)
    assert times.makespan >= times.length
    assert times == forecast(plan, graph)
    assert critical_path(graph) == times.critical_path


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4), max_size=12))
def test_a_cycle_is_named_as_one_that_exists(edges):
    needs = {str(task): tuple(str(need) for need in above) for task, above in edges.items()}
    cycle = find_cycle(needs)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(after in needs[before] for before, after in pairwise(cycle))
    else:
        done = set()
        while ready := [
            task for task, above in needs.items() if task not in done and not (set(above) & set(needs)) - done
        ]:
            done.update(ready)
        assert done == set(needs)


@given(st.integers(0, 10**9))
def test_a_duration_that_is_spelt_is_read_back(milliseconds):
    assert round(parse_duration(spell_duration(milliseconds / 1000)) * 1000) == milliseconds


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_a_label(text):
    assert not set(escape(text)) & set('"`<>\\\n\r')


FRAGMENTS = st.sampled_from(
    """\
schema: 1|id: x|title: no|agents:|  A: {specialty: x}|workstreams:|  W:|    lead: A|    tasks:|    title: t
      - {id: a, title: t, run: r}|      - &a {id: [], needs: [W, *a]}|      - *a|params: {a: 1}|    needs: [W]
stages: {W: null}|timeline: [{at: 1:30}]|${a}|    matrix: {x: [1]}|? [a]|\t|id: ${a}""".replace("\n", "|").split("|")
)


def problems_of(text):
    """The plan's problems; none where it is a plan."""
    try:
        parse_plan(text, "p.yaml", {"a": "2"}, {})
    except PlanError as error:
        return error.problems
    return ()


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=14).map("\n".join) | st.text(string.printable, max_size=80))
def test_whatever_the_text_every_problem_of_it_has_a_mend(text):
    problems = problems_of(text)
    assert problems  # none of the fragments makes a whole plan: `r` is no registered runner
    assert all(one.what and one.mend for one in problems)


@settings(max_examples=100, deadline=None)
@given(plans())
def test_the_needs_of_a_graph_are_those_that_no_other_need_implies(data):
    plan = Plan.model_validate(data)
    graph = build_graph(plan)
    for task, needs in resolve_needs(plan).items():
        implied = {above for need in needs for above in graph.ancestors[need]}
        assert set(graph.needs[task]) == set(needs) - implied
        assert all(task in graph.dependents[need] for need in graph.needs[task])


@settings(max_examples=100, deadline=None)
@given(plans())
def test_the_order_of_a_graph_takes_the_earliest_task_of_the_plan_that_is_ready(data):
    plan = Plan.model_validate(data)
    needs = resolve_needs(plan)
    done = []
    while len(done) < len(needs):
        done.append(next(task for task in needs if task not in done and set(needs[task]) <= set(done)))
    assert list(build_graph(plan).nodes) == done
