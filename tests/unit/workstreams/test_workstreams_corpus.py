import csv
import io
import json

import pytest

from workstreams import corpus


@pytest.mark.parametrize("name", corpus.GENERATED)
def test_a_family_is_seeded_and_as_large_as_asked(name):
    make = corpus.GENERATED[name]
    data = make(20_000, 1)
    assert 20_000 <= len(data) < 22_000
    assert data == make(20_000, 1)
    assert data != make(20_000, 2)


def test_generated_json_and_csv_are_what_they_say():
    assert len(json.loads(corpus.json_document(5_000))["items"]) > 5
    assert all(json.loads(line) for line in corpus.json_lines(5_000).splitlines())
    rows = list(csv.reader(io.StringIO(corpus.csv_table(5_000).decode())))
    assert {len(row) for row in rows} == {6}


def test_a_large_file_has_exactly_the_size_and_goes_on_from_day_to_day(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "TILE", 10_000)
    path = tmp_path / "large.log"
    assert corpus.write_large(path, 25_001) == path.stat().st_size == 25_001
    lines = path.read_bytes().splitlines()
    assert any(line.startswith(b"2025-12-13") for line in lines)
    assert any(line.startswith(b"2025-12-15") for line in lines)


def test_real_data_is_found_wherever_python_is():
    found = corpus.real(50_000)
    assert len(found["Python sources"]) >= 50_000
    assert b"def " in found["Python sources"]


def test_each_file_type_of_a_given_folder_is_a_kind_of_its_own(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.log").write_bytes(b"one\n")
    (folder / "b.log").write_bytes(b"two\n")
    (folder / "c.csv").write_bytes(b"1,2\n")
    (folder / "empty.txt").write_bytes(b"")
    found = corpus.real(1000, folder)
    assert found["mine/*.log"] == b"one\ntwo\n"
    assert found["mine/*.csv"] == b"1,2\n"
    assert "mine/*.txt" not in found
