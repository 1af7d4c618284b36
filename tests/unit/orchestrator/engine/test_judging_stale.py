"""What a figure was computed from is part of it: a file that changes takes the proof with it."""

import hashlib
import os
from threading import Thread

import pytest

from orchestrator.engine.judging import candidates, file_digest, stale
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement, Samples
from orchestrator.graph.load import load_text
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

PLAN = """
schema: 1
id: p
title: P
agents: {X: {specialty: S}}
workstreams:
  A:
    title: A
    lead: X
    tasks:
      - {id: w, command: [w], title: w}
      - {id: x, command: [x], title: x, metrics: [{name: m, unit: ms, better: lower}]}
    success_criteria:
      - {id: c, title: c, metric: m, target: "<= 1 ms"}
"""
OWN, ABOVE = b"figures", b"pool"


def artifact(name, path, content):
    return Artifact(name, path, hashlib.sha256(content).hexdigest(), len(content))


@pytest.fixture
def folder(tmp_path):
    for path, content in (("A.x/1/figures.json", OWN), ("A.w/1/pool.json", ABOVE)):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


@pytest.fixture
def evidence():
    measured = Measurement("m", "ms", Samples((1.0,)), "", artifacts=("figures.json",))
    return Evidence(
        (measured,), (artifact("figures.json", "A.x/1/figures.json", OWN),), (artifact("A.w/pool.json",
        "A.w/1/pool.json", ABOVE),)
    )  # fmt: skip


def is_stale(evidence, folder):
    return stale(evidence, evidence.measurements[0], file_digest(folder))


def test_untouched_files_leave_the_figure_standing(evidence, folder):
    assert not is_stale(evidence, folder)


@pytest.mark.parametrize("path", ["A.x/1/figures.json", "A.w/1/pool.json"])
def test_a_changed_file_makes_it_stale_whether_its_own_or_one_that_it_read(evidence, folder, path):
    (folder / path).write_bytes(b"later")
    assert is_stale(evidence, folder)


@pytest.mark.parametrize("path", ["A.x/1/figures.json", "A.w/1/pool.json"])
def test_a_file_that_is_gone_makes_it_stale(evidence, folder, path):
    (folder / path).unlink()
    assert is_stale(evidence, folder)


def test_a_pipe_in_the_place_of_a_file_makes_it_stale_and_is_not_waited_for(evidence, folder):
    (folder / "A.w/1/pool.json").unlink()
    os.mkfifo(folder / "A.w/1/pool.json")
    found = []
    looking = Thread(target=lambda: found.append(is_stale(evidence, folder)), daemon=True)
    looking.start()
    looking.join(120)
    assert found == [True]


def test_a_file_that_no_attempt_left_makes_it_stale(evidence, folder):
    measured = Measurement("m", "ms", Samples((1.0,)), "", artifacts=("never.json",))
    assert stale(evidence, measured, file_digest(folder))


@pytest.mark.parametrize(("left", "expected"), [(ABOVE, False), (b"before it was exchanged", True)])
def test_a_file_that_was_exchanged_before_it_was_read_makes_it_stale(evidence, folder, left, expected):
    above = Evidence((), (artifact("pool.json", "A.w/1/pool.json", left),))
    state = RunState(tasks={
        "A.w": TaskRecord("A.w", Status.SUCCEEDED, 1, evidence=above),
        "A.x": TaskRecord("A.x", Status.SUCCEEDED, 1, evidence=evidence),
    })  # fmt: skip
    loaded = load_text(PLAN, "plan.yaml")
    criterion = loaded.plan.groups["A"].success_criteria[0]
    (found,) = candidates(loaded.graph, state, "A", criterion, file_digest(folder))
    assert found.stale is expected
