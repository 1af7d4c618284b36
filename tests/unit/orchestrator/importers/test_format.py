import pytest

from orchestrator.importers import format as formats
from orchestrator.importers.format import Importer, ImporterError, Likeness, Source, find_importer
from orchestrator.importers.making import make_plan

INSTANCE = '{"name": "w", "schemaVersion": "1.5", "workflow": {}}'


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("work.md", "# Work", "Markdown"),
        ("WORK.TXT", "# Work", "Markdown"),
        ("tasks.json", '{"tasks": []}', "TaskMaster"),
        ("tasks.json", "no JSON", "TaskMaster"),
        ("instance.json", INSTANCE, "WfCommons"),
        ("j30.sm", "", "Psplib"),
    ],
)
def test_a_file_is_read_by_the_importer_whose_format_it_looks_like_most(name, text, kind):
    assert type(find_importer(Source(name, text))).__name__ == kind


def test_a_named_importer_reads_whatever_the_file_looks_like():
    assert type(find_importer(Source("work.rst", ""), "markdown")).__name__ == "Markdown"


def test_a_file_of_no_format_is_told_with_the_endings_that_there_are():
    with pytest.raises(ImporterError, match=r"(?s)no format goes by \.rst.*\.md.*\.json.*--from"):
        find_importer(Source("work.rst", ""))


def test_a_file_of_two_formats_is_refused_until_one_is_named(monkeypatch):
    class Eager(Importer):
        def detect(self, _source):
            return Likeness.SURE

    class Two:
        def names(self):
            return ("one", "two")

        def find(self, _name):
            return Eager()

    monkeypatch.setattr(formats, "IMPORTERS", Two())
    with pytest.raises(ImporterError, match="it looks like one and two"):
        find_importer(Source("a.txt", ""))
    assert isinstance(find_importer(Source("a.txt", ""), "two"), Eager)


def test_a_setting_that_the_importer_does_not_take_is_refused():
    assert find_importer(Source("tasks.json", "{}", {"tag": "main"}))
    with pytest.raises(ImporterError, match="takes no setting 'tag'"):
        find_importer(Source("work.md", "", {"tag": "main"}))


def test_an_importer_may_give_a_whole_plan_as_data():
    class Whole(Importer):
        def read(self, source):
            return {"schema": 1, "id": "w", "title": source.name}

    made = make_plan(Whole(), Source("w.x", ""))
    assert made.text == "schema: 1\nid: w\ntitle: w.x\n"
    assert made.notes == []
