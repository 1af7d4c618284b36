import hashlib

import pytest
import yaml

from orchestrator.bundle.write import export
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import demand_of
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement, Origin, Samples, Usage
from orchestrator.evidence.metric import Better, Metric
from orchestrator.graph.load import load_text
from orchestrator.state import events as e

TIME = Metric("m.time", "ms", Better.LOWER)
FIGURES = b"1.0\n1.1\n0.9\n"
PLAN = {
    "schema": 1, "id": "demo", "title": "Demo", "agents": {"X": {"specialty": "tests"}},
    "workstreams": {
        "A": {
            "title": "One", "lead": "X",
            "tasks": [{"id": "time", "title": "Time it", "run": "m.time"}],
            "success_criteria": [
                {"id": "fast", "title": "Fast", "metric": "m.time", "target": "< 2 ms", "samples": 3},
                {"id": "other", "title": "Nobody measures it", "metric": "m.other", "target": "< 2 ms"},
            ],
        },
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """The run's folder, with the one artifact in it."""
    place = tmp_path / "runs" / "demo-1" / "A.time" / "1"
    place.mkdir(parents=True)
    (place / "figures.txt").write_bytes(FIGURES)
    return tmp_path / "runs" / "demo-1"


@pytest.fixture
def events():
    loaded = load_text(yaml.safe_dump(PLAN, sort_keys=False), "demo.yaml")
    artifact = Artifact("figures.txt", "A.time/1/figures.txt", hashlib.sha256(FIGURES).hexdigest(), len(FIGURES))
    measured = Measurement("m.time", "ms", Samples((1.0, 1.1, 0.9)), "by hand", artifacts=("figures.txt",))
    evidence = Evidence((measured,), (artifact,), (), (Origin(1, ("python", "-m", "x"), 0.5, 0.75, 1.5),))
    criteria = loaded.plan.criteria
    fast = judge(demand_of("A.fast", criteria["A.fast"], TIME), [Candidate("A.time", 1, measured)])
    other = judge(demand_of("A.other", criteria["A.other"], Metric("m.other", "ms", Better.NEITHER)), [])
    said = [
        e.RunStarted(
            "demo-1", "demo", loaded.digest, loaded.text, "demo.yaml", {}, {"cpu": "ü"}, ("go",), {"A.time": "f"}
        ),
        e.TaskStarted("A.time", 1),
        e.TaskNoted("A.time", 1, "at work"),
        e.TaskSucceeded("A.time", 1, evidence, Usage(1.5, 1.0, 1 << 20, 4)),
        e.CriterionJudged(fast, TIME),
        e.CriterionJudged(other),
        e.RunFinished(3),
    ]
    return tuple(e.Envelope(n, 1e9 + n / 3, n / 7, 1, event) for n, event in enumerate(said, 1))


@pytest.fixture
def bundle(events, folder, tmp_path):
    return export(events, folder, tmp_path / "demo.tar", "1.2.3").path
