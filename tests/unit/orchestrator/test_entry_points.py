import tomllib
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

from orchestrator.entry_points import names, points

ROOT = Path(__file__).parents[3]


def test_the_entry_points_are_those_that_the_standard_library_finds():
    groups = {point.group for package in metadata.distributions() for point in package.entry_points}
    ours = {(group, point.name, point.value) for group in groups for point in points(group)}
    known = (point for group in groups for point in metadata.entry_points(group=group))
    theirs = {(point.group, point.name, point.value.partition("[")[0].strip()) for point in known}
    assert ours == theirs


def test_those_of_a_zip_archive_on_the_path_count_too(tmp_path, monkeypatch):
    with ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("zipped-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 1\n")
        archive.writestr("zipped-1.dist-info/entry_points.txt", "[zipped.group]\none = a:B\n")
    monkeypatch.syspath_prepend(tmp_path / "all.zip")
    assert names("zipped.group") == ("one",)


def test_both_distributions_offer_the_same_of_ours_and_all_of_it_can_be_had():
    whole, lean = (
        tomllib.loads((ROOT / part / "pyproject.toml").read_text())["project"]["entry-points"]
        for part in ("", "orchestrator")
    )
    assert {group: offered for group, offered in whole.items() if group != "orchestrator.runners"} == lean
    for group, offered in lean.items():
        assert {
            point.name: point.value for point in points(group) if point.value.startswith("orchestrator.")
        } == offered
        for point in points(group):
            point.load()
