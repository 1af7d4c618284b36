from pathlib import Path

import pytest

from orchestrator.graph.load import load_plan
from orchestrator.plan import cache as cache_module
from orchestrator.plan.cache import LEAST, MOST, PlanCache
from orchestrator.plan.problem import PlanError

PLAN = """\
schema: 1
id: p
title: P
agents: {ONE: {specialty: x}}
workstreams:
  A:
    title: A
    lead: ONE
    tasks:
""" + "".join(f"      - {{id: t{index}, title: t, command: [x], env: {{N: '{index}'}}}}\n" for index in range(1500))


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(PLAN)
    return path


def kept(tmp_path):
    return list((tmp_path / "plans").glob("*.json"))


def test_a_large_plan_is_read_once_and_the_same_afterwards(tmp_path, plan, monkeypatch):
    cache = PlanCache(tmp_path / "plans")
    first = load_plan(plan, cache=cache)
    assert len(kept(tmp_path)) == 1
    monkeypatch.setattr("orchestrator.plan.quick.read_source", lambda *_: pytest.fail("read as YAML again"))
    again = load_plan(plan, cache=cache)
    assert (again.plan, again.graph.needs, again.digest) == (first.plan, first.graph.needs, first.digest)


def test_a_damaged_or_foreign_reading_is_not_used(tmp_path, plan):
    cache = PlanCache(tmp_path / "plans")
    load_plan(plan, cache=cache)
    path = kept(tmp_path)[0]
    path.write_text(path.read_text().replace("t77", "t78", 1))
    assert cache.told(PLAN) is None
    path.write_bytes(b"\xff")
    assert cache.told(PLAN) is None


def test_another_reader_does_not_find_what_this_one_kept(tmp_path, plan, monkeypatch):
    cache = PlanCache(tmp_path / "plans")
    load_plan(plan, cache=cache)
    monkeypatch.setattr(cache_module, "_reader", lambda: b"another source")
    assert cache.told(PLAN) is None


def test_neither_a_small_plan_nor_one_with_a_problem_is_kept(tmp_path, plan):
    cache = PlanCache(tmp_path / "plans")
    small = PLAN[: PLAN.index("t9")].rpartition("\n")[0]
    assert len(small) < LEAST
    plan.write_text(small)
    load_plan(plan, cache=cache)
    plan.write_text(PLAN + "nothing: 1\n")
    with pytest.raises(PlanError, match="unknown key"):
        load_plan(plan, cache=cache)
    assert not kept(tmp_path)


def test_a_problem_of_a_plan_that_is_known_is_told_at_its_place(tmp_path, plan):
    cache = PlanCache(tmp_path / "plans")
    load_plan(plan, cache=cache)
    with pytest.raises(PlanError) as raised:
        load_plan(plan, {"no": "1"}, {}, cache)
    assert (raised.value.problems[0].line, raised.value.problems[0].column) == (1, 1)


def test_only_the_latest_readings_are_kept(tmp_path):
    cache = PlanCache(tmp_path / "plans")
    for number in range(MOST + 3):
        cache.keep(f"{PLAN}# {number}", {"n": number})
    assert len(kept(tmp_path)) == MOST
    assert cache.told(f"{PLAN}# {MOST + 2}") == f'{{"n":{MOST + 2}}}'


def test_a_folder_that_cannot_be_written_does_not_stop_the_plan(plan):
    assert load_plan(plan, cache=PlanCache(Path("/proc/none"))).plan.id == "p"
