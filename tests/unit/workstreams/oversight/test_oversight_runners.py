import json

from orchestrator.evidence.measurement import Measurement, Samples, Usage
from orchestrator.runner import TaskInput
from workstreams.oversight import RUNNERS
from workstreams.oversight.architecture import Import, imports_in, violations
from workstreams.oversight.recommendations import rank, thin_evidence

LEVELS = [
    {"tree": "text", "level": 3, "size": 100, "time_share": 0.5},
    {"tree": "text", "level": 9, "size": 90, "time_share": 1.5},
]


def run(context, name, inputs=None):
    given = context(f"O.{name}", {}, inputs)
    next(it for it in RUNNERS if it.name == f"oversight.{name}").run(given)
    return given


def test_imports_inside_functions_count_too():
    found = list(imports_in("encoder.x", "def f():\n    import orchestrator.plan\nfrom . import y\n"))

    assert found == [Import("encoder.x", 2, "orchestrator.plan")]


def test_the_encoder_must_not_know_the_orchestrator_and_runners_may_know_both():
    bad, fine = Import("encoder.x", 2, "orchestrator.plan"), Import("workstreams.y", 1, "orchestrator.runner")

    assert violations([bad, fine]) == [bad]


def test_the_packages_keep_the_contract_and_the_interface(context):
    given = run(context, "architecture")

    assert given.of("oversight.contract_violations")["values"] == [0]
    assert given.of("oversight.interface_problems")["values"] == [0]


def test_recommendations_are_ranked_by_what_there_is_to_gain_and_name_their_file():
    conflict = {"path": "pool.capacity", "kept": 8, "kept_from": "A", "refused": 4, "refused_from": "D"}
    found = rank({"levels.json": LEVELS, "conflicts.json": [conflict, {**conflict, "path": "workers"}]})

    assert [it.basis for it in found] == ["conflicts.json", "conflicts.json", "levels.json"]
    assert [it.weight for it in found] == sorted((it.weight for it in found), reverse=True)


def test_without_evidence_there_is_nothing_to_recommend(context):
    assert run(context, "recommendations").of("oversight.recommendations")["values"] == [0]


def test_a_metric_of_two_values_is_thin_and_a_counted_one_is_not():
    thin = Measurement("a.time", "s", Samples((1.0, 2.0)), "by hand")
    counted = Measurement("a.leaks", "leaks", Samples((0.0,)), "by hand", cases=40)

    assert thin_evidence([thin, counted]) == ["a.time"]


def test_usages_are_put_together_by_workstream_with_a_chart(context, tmp_path):
    series = tmp_path / "series.csv"
    series.write_text("seconds,rss_bytes,cpu_seconds,processes\n0.1,1048576,0.1,1\n0.2,3145728,0.2,2\n")
    broken = tmp_path / "broken.csv"
    broken.write_text("seconds,rss_bytes\nno,number\n")
    usage = Usage(2.0, 1.0, 3 << 20, 2)
    above = {
        "A.x": TaskInput("A.x", "A", "", "", {}, (), usage, series),
        "B.y": TaskInput("B.y", "B", "", "", {}, (), usage, broken),
        "B.z": TaskInput("B.z", "B", "", "", {}, (), None, None),
    }
    given = run(context, "observation", above)

    assert given.of("oversight.observed_tasks") == {"values": [2], "cases": 3}
    assert given.of("oversight.tree_peak")["values"] == [3, 3]
    assert given.artifacts["observation.svg"].read_text().startswith("<svg")


def test_the_final_report_has_a_section_per_report_and_every_artifact(context, tmp_path):
    (tmp_path / "regressions.md").write_text("# Merged profile\n\ntext\n")
    (tmp_path / "x.json").write_text(json.dumps([]))
    made = {name: tmp_path / name for name in ("regressions.md", "x.json")}
    given = run(context, "final_report", {"V.r": TaskInput("V.r", "V", "", "", made, (), None, None)})

    text = given.artifacts["final-report.md"].read_text()
    assert "## Merged profile" in text
    assert "| V.r | x.json | 2 |" in text
    assert "Not produced in this run: success-metrics.md" in text
