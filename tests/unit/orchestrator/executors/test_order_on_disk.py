from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend, Usage
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.executors.order import WorkOrder
from orchestrator.executors.orderfile import order_from_json, order_to_json, write_order
from orchestrator.runner import TaskInput
from orchestrator.wire import measurement_from_json, measurement_to_json

finite = st.floats(allow_nan=False)
DATA = st.one_of(
    st.builds(Samples, st.lists(finite).map(tuple)),
    st.lists(st.tuples(finite, finite, st.text(max_size=9))).map(
        lambda rows: Comparison(*(tuple(row[i] for row in rows) for i in (0, 1)), "s", labels=tuple(r[2] for r in rows))
    ),
    st.lists(st.tuples(finite, finite)).map(lambda r: Trend(tuple(x for x, _ in r), tuple(y for _, y in r), "s", "B")),
)


def order(folder):
    measurement = Measurement("a.b", "%", Samples((1.0,)), "counted", 3, ("x", "y"), ("a.csv",))
    above = TaskInput("A.up", "A", "Up", "APEX", {"a.csv": Path("/a.csv")}, (measurement,), Usage(1.0, 0.5, 9, 2), None)
    metric = Metric("a.b", "%", Better.HIGHER, Form.REDUCTION, "why")
    return WorkOrder(
        "r", "A.t", 2, folder, folder, folder, command=("a", "ü"), params={"n": [1, "x"]}, env={"E": "1"}, timeout=1.5,
        metrics=(metric,), artifacts=("a",), inputs=(above,),
    )  # fmt: skip


def test_an_order_round_trips_through_its_file(tmp_path):
    write_order(order(tmp_path))
    assert order_from_json((tmp_path / "order.json").read_text()) == order(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["order.json"]


def test_an_order_for_a_runner_round_trips(tmp_path):
    wanted = WorkOrder("r", "A.t", 1, tmp_path, tmp_path, tmp_path, runner="x.y", offer="x:RUNNERS")
    assert order_from_json(order_to_json(wanted)) == wanted


@given(DATA, st.none() | st.integers(0, 10**9))
def test_every_measurement_round_trips_through_json(data, cases):
    measurement = Measurement("a.b", "%", data, "counted", cases, ("argv",), ("a.csv",))
    assert measurement_from_json(measurement_to_json(measurement)) == measurement
