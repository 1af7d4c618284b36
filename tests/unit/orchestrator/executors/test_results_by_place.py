import json
from pathlib import Path

import pytest

from orchestrator.evidence.measurement import Measurement, Samples, Usage
from orchestrator.executors.order import LateInputs, WorkOrder
from orchestrator.executors.orderfile import order_from_json, order_to_json
from orchestrator.executors.results import ResultsError, ResultsFile, read_results
from orchestrator.runner import TaskInput


def left(task, values=(1.0,)):
    return TaskInput(
        task=task, group="A", title=task, agent="ME", artifacts={"f": Path("/r") / task},
        measurements=(Measurement("m", "ms", Samples(values), "timed"),), usage=Usage(1.0, 0.5, 7, 2), series=None,
    )  # fmt: skip


def diamond(path):
    """one → two and three → four, where three left nothing that counts."""
    file = ResultsFile(path)
    one = file.put("one", 0, [], left("one"))
    two = file.put("two", 1, [one], left("two"))
    three = file.put("three", 2, [one], None)
    return [two, three]


def test_everything_above_is_found_once_and_in_the_graphs_order(tmp_path):
    found = read_results(tmp_path / "r.jsonl", diamond(tmp_path / "r.jsonl"))
    assert found == (left("one"), left("two"))


def test_nothing_above_needs_no_file(tmp_path):
    assert read_results(tmp_path / "none", []) == ()


def test_a_line_that_somebody_changed_is_refused(tmp_path):
    path = tmp_path / "r.jsonl"
    lines = diamond(path)
    path.write_bytes(path.read_bytes().replace(b"1.0", b"9.0", 1))
    with pytest.raises(ResultsError, match="what one left is not what it was"):
        read_results(path, lines)
    path.unlink()
    with pytest.raises(ResultsError, match="cannot be read"):
        read_results(path, lines)


def test_a_torn_line_of_a_killed_owner_is_in_nobodys_way(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"task": "to')
    assert read_results(path, diamond(path)) == (left("one"), left("two"))


def test_an_order_names_what_is_directly_above_and_reads_back_as_the_whole(tmp_path):
    path = tmp_path / "r.jsonl"
    lines = diamond(path)
    inputs = LateInputs(lambda: pytest.fail("nobody asked for them"), lambda: (str(path), lines))
    text = order_to_json(WorkOrder("r", "A.four", 1, tmp_path, tmp_path, tmp_path, command=("true",), inputs=inputs))
    assert [line["task"] for line in json.loads(text)["inputs"]["lines"]] == ["two", "three"]
    assert order_from_json(text).inputs == (left("one"), left("two"))


def test_an_order_without_a_file_of_results_holds_them_itself(tmp_path):
    order = WorkOrder("r", "A.four", 1, tmp_path, tmp_path, tmp_path, command=("true",), inputs=(left("one"),))
    assert order_from_json(order_to_json(order)) == order
