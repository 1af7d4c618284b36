"""Schedules made from lists: valid whatever the list, never longer when justified, and lists stay in order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.graph.project import Project
from orchestrator.graph.search import Found, crossed, drawn, generate, justified, mutated, search, tails


@st.composite
def projects(draw: st.DrawFn) -> Project:
    count = draw(st.integers(1, 12))
    lengths = tuple(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)))
    pairs = [(one, other) for other in range(count) for one in range(other)]
    edges = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    full = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)))
    demands = tuple(
        tuple((counter, amount) for counter, most in enumerate(full) if (amount := draw(st.integers(0, most))))
        for _ in range(count)
    )
    before = tuple(tuple(one for one, other in sorted(edges) if other == task) for task in range(count))
    after = tuple(tuple(other for one, other in sorted(edges) if one == task) for task in range(count))
    return Project(tuple(f"t{task}" for task in range(count)), 1.0, lengths, before, after, demands, full)


def assert_valid(project: Project, starts) -> None:
    lengths = project.lengths
    for task, needs in enumerate(project.before):
        assert all(starts[need] + lengths[need] <= starts[task] for need in needs)
    for moment in set(starts):
        held = [0] * len(project.full)
        for task, start in enumerate(starts):
            if start <= moment < start + lengths[task]:
                for counter, amount in project.demands[task]:
                    held[counter] += amount
        assert all(used <= full for used, full in zip(held, project.full, strict=True))


def in_order(project: Project, order) -> bool:
    place = {task: nth for nth, task in enumerate(order)}
    return sorted(order) == list(range(len(project.names))) and all(
        place[need] < place[task] for task, needs in enumerate(project.before) for need in needs
    )


@given(projects(), st.integers())
def test_any_list_in_order_gives_a_valid_schedule_that_justifying_keeps_valid_and_no_longer(project, seed):
    chance = random.Random(seed)
    order = drawn(project, tails(project), chance)
    assert in_order(project, order)
    starts = generate(project, order)
    assert_valid(project, starts)
    found = justified(project, project.backwards(), starts)
    assert_valid(project, found.starts)
    assert found.makespan <= project.makespan(starts)


@given(projects(), st.integers())
def test_crossed_and_mutated_lists_stay_in_order(project, seed):
    chance = random.Random(seed)
    mother, father = (drawn(project, tails(project), chance) for _ in range(2))
    assert in_order(project, mutated(project, crossed(mother, father, chance), chance))


@given(projects(), st.integers(0, 60))
def test_a_search_offers_only_shorter_and_valid_schedules(project, rounds):
    first = generate(project, range(len(project.names)))
    best, left = [Found(project.makespan(first), tuple(first))], [rounds]

    def enough() -> bool:
        left[0] -= 1
        return left[0] < 0

    search(project, best[0], random.Random(1), enough, best.append)
    assert [each.makespan for each in best] == sorted({each.makespan for each in best}, reverse=True)
    for each in best:
        assert_valid(project, each.starts)
