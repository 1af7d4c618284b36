import json

import pytest

from encoder import TreeType, load_profile
from encoder.detect.tree import parse_tree
from workstreams import corpus
from workstreams.adaptive import RUNNERS
from workstreams.adaptive.kinds import LABELS, collect
from workstreams.adaptive.tree import examples, train
from workstreams.adaptive.trial import regret, try_trees

pytestmark = pytest.mark.usefixtures("few_files")
SMALL = {"size": "64KiB", "repeats": 1}


@pytest.fixture
def few_files(monkeypatch, tmp_path):
    """Real data from a folder of the test's own instead of all that is installed here."""
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / "notes.txt").write_text("It is a truth that one file is enough here. " * 3000)
    given = lambda _size, _folder=None: {"Python sources": b"def f(x):\n    return x + 1\n" * 4000}  # noqa: E731
    monkeypatch.setattr(corpus, "real", given)
    return folder


def run(context, name, inputs=None):
    runner = next(it for it in RUNNERS if it.name == name)
    given = context(f"D.{name.split('.')[1]}", SMALL, inputs)
    runner.run(given)
    return given


def test_the_workstream_has_its_six_tasks():
    assert len({runner.name for runner in RUNNERS}) == 6


def test_every_labelled_kind_names_a_tree_type():
    assert set(LABELS.values()) <= set(TreeType)


def test_a_folder_that_is_not_there_is_named(context):
    with pytest.raises(FileNotFoundError, match="not a folder"):
        collect(context("D.analyze", {"size": "64KiB", "corpus": "nowhere"}))


def test_every_strategy_is_tried_on_every_kind(context):
    given = run(context, "adaptive.analyze")

    sizes = json.loads(given.artifacts["ratios.json"].read_text())["bytes_out"]
    assert len(sizes) == len(corpus.GENERATED) + 1
    assert all(set(row) == {tree.value for tree in TreeType} for row in sizes.values())
    gain = given.of("adaptive.best_tree_gain")
    assert all(best >= log for best, log in zip(gain["treatment"], gain["baseline"], strict=True))


def test_detection_is_timed_block_by_block_and_held_against_the_labels(context):
    given = run(context, "adaptive.detection")

    assert given.of("adaptive.detection_accuracy")["values"][0] > 80
    times = given.of("adaptive.detection_time")["values"]
    assert len(times) == len(corpus.GENERATED) + 1
    assert min(times) > 0


def test_the_selector_is_held_against_the_best_choice_known_afterwards(context):
    given = run(context, "adaptive.selector")

    assert min(given.of("adaptive.selector_regret")["values"]) == 0
    assert given.of("adaptive.switches")["values"][0] >= 1


def test_a_trained_tree_is_data_that_the_encoder_reads(context):
    given = run(context, "adaptive.tree")

    tree = parse_tree(given.artifacts["tree.json"].read_text(), "tree.json")
    assert len(tree.nodes) >= 1
    assert len(given.of("adaptive.trained_tree_regret")["values"]) == len(corpus.GENERATED) + 1


def test_without_scikit_learn_the_shipped_tree_is_exported_and_the_note_says_so(context, monkeypatch):
    monkeypatch.setattr("workstreams.adaptive.tree.find_spec", lambda _name: None)
    given = run(context, "adaptive.tree")

    assert any("not installed" in note for note in given.notes)
    assert parse_tree(given.artifacts["tree.json"].read_text(), "tree.json").provenance


def test_training_separates_what_the_detector_tells_apart(context):
    nodes = train(examples(context("D.tree", {"size": "256KiB"})) * 2)

    assert {node["choice"] for node in nodes if "choice" in node} > {"log"}


def test_the_derived_profile_round_trips_and_the_scenarios_are_measured_with_it(context):
    made = run(context, "adaptive.integrate")
    assert made.of("adaptive.roundtrip_mismatches")["values"] == [0]
    assert load_profile(made.artifacts["adaptive-profile.json"]).adaptive

    given = run(context, "adaptive.benchmark", {"D.integrate": made.as_input()})
    gain = given.of("adaptive.compression_gain")
    assert len(gain["treatment"]) == len(corpus.GENERATED) + 1
    assert len(given.of("adaptive.real_gain")["treatment"]) == 1
    assert "gain at the same level" in given.artifacts["adaptive-report.md"].read_text()


def test_regret_is_zero_for_the_smallest_and_positive_for_others():
    sizes = try_trees(corpus.json_lines(1 << 16, 1), 3, ord(","))
    best = min(sizes, key=lambda tree: sizes[tree].size)

    assert regret(sizes, best) == 0
    assert regret(sizes, TreeType.OPAQUE) > 5
