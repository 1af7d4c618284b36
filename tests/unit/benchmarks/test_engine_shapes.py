import pytest

from benchmarks.engine.peers import PEERS
from benchmarks.engine.plans import as_json, as_yaml, wide_plan
from benchmarks.engine.shapes import SHAPES, Shape, chain, diamonds, grid, layers, phase
from orchestrator.graph.load import load_text

SMALL = {
    "chain": chain(5), "layers": layers(3, 4), "grid": grid(3, 4), "diamonds": diamonds(2, 3), "phase": phase("sleep",
    0.5),
    "programs": phase("program", 0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_a_shape_is_the_same_graph_as_json_and_as_yaml(name):
    shape = Shape(name, SMALL[name])
    one, other = load_text(as_json(shape), "p.json"), load_text(as_yaml(shape), "p.yaml")
    assert one.plan == other.plan
    assert {task: set(needs) for task, needs in one.graph.declared.items()} == {
        f"W.{job.name}": {f"W.{need}" for need in job.needs} for job in shape.jobs
    }


def test_the_dense_shape_has_the_needs_that_its_bar_speaks_of():
    assert SHAPES["layers-10x100"]().edges == 90_000


def test_no_schedule_beats_the_ideal():
    assert Shape("x", phase("sleep", 0.5), slots=4).ideal == 14 * 0.5
    assert Shape("x", SMALL["chain"]).ideal == 0.0


def test_a_hundred_thousand_tasks_are_a_hundred_matrices():
    assert len(load_text(str(wide_plan(2)).replace("'", '"'), "p.json").graph.nodes) == 2_000


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_is_told_every_job(name, tmp_path):
    shape = Shape("chain", SMALL["chain"])
    PEERS[name].prepare(shape, tmp_path)
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert all(job.name in written for job in shape.jobs)
    assert PEERS[name].command(shape, tmp_path)
