import os

import pytest

from orchestrator.engine.named_files import NamedFiles


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "data" / "sub").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("1")
    (folder / "data" / "sub" / "b.csv").write_text("2")
    (folder / "state").mkdir()
    return folder


def look(project, params, writes=()):
    return NamedFiles(project, project / "state", writes).digests(params)


def test_a_text_anywhere_in_the_parameters_may_name_a_file_or_folder(project):
    params = {"n": 3, "in": "data/a.csv", "more": [{"from": "data"}, "no such file", "", "${project}/data/sub/b.csv"]}
    assert list(look(project, params)) == ["data/a.csv", "data", "${project}/data/sub/b.csv"]


@pytest.mark.parametrize("change", [
    lambda data: (data / "sub" / "b.csv").write_text("3"),
    lambda data: (data / "sub" / "b.csv").unlink(),
    lambda data: (data / "sub" / "c.csv").touch(),
    lambda data: (data / "a.csv").rename(data / "z.csv"),
])  # fmt: skip
def test_a_folder_is_known_by_the_names_and_contents_below_it(project, change):
    before = look(project, {"in": "data"})
    assert look(project, {"in": "data"}) == before
    change(project / "data")
    assert look(project, {"in": "data"}) != before


def test_the_same_content_at_another_time_is_the_same(project):
    before = look(project, {"in": "data"})
    os.utime(project / "data" / "a.csv", (1, 1))
    (project / "data" / ".hidden").touch()
    (project / "data" / "__pycache__").mkdir()
    (project / "data" / "__pycache__" / "a.pyc").touch()
    assert look(project, {"in": "data"}) == before


def test_what_changes_because_the_plan_runs_is_not_looked_at(project):
    before = look(project, {"in": "data"}, ["data/sub"])
    (project / "data" / "sub" / "b.csv").write_text("3")
    assert look(project, {"in": "data"}, ["data/sub"]) == before
    for left_out in ("state", "state/x", ".", "..", "/", str(project)):
        assert look(project, {"in": left_out}) == {}


def test_what_is_no_file_or_too_much_is_neither_waited_for_nor_read(project, monkeypatch):
    os.mkfifo(project / "data" / "pipe")
    (project / "data" / "zero").symlink_to("/dev/zero")
    monkeypatch.setattr("orchestrator.engine.named_files.MOST_BYTES", 1)
    before = look(project, {"in": "data"})
    (project / "data" / "sub" / "b.csv").write_text("33")
    assert look(project, {"in": "data"}) != before
    monkeypatch.setattr("orchestrator.engine.named_files.MOST_FILES", 2)
    many = look(project, {"in": "data"})
    (project / "data" / "sub" / "b.csv").write_text("444")
    assert look(project, {"in": "data"}) == many
