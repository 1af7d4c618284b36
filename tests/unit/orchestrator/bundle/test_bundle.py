"""A bundle is checked without anything else, and no bit of it changes unnoticed."""

import contextlib
import hashlib
import json
import random
import subprocess
import tarfile
from dataclasses import replace

import pytest

from orchestrator.bundle.archive import BundleError
from orchestrator.bundle.check import check_bundle
from orchestrator.bundle.lines import Text, events_text, held, read_events
from orchestrator.bundle.write import export
from orchestrator.graph.load import load_text
from orchestrator.report.verify import Standing

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 and later


def wrong(path):
    return {one.subject: one for one in check_bundle(path, {}).findings if one.standing is not Standing.MATCHES}


def rewritten(bundle, target, **changes):
    """The same archive, in which files are replaced, or (None) left out."""
    from orchestrator.bundle.archive import chunks

    with tarfile.open(bundle) as tar:
        files = {info.name: tar.extractfile(info).read() for info in tar.getmembers()}
    files |= {name.replace("__", "/"): content for name, content in changes.items()}
    target.write_bytes(b"".join(piece for _, piece in chunks({n: c for n, c in files.items() if c is not None})))
    return target


def test_an_untouched_bundle_stands_and_has_the_exit_code_of_its_run(bundle):
    checked = check_bundle(bundle, {})
    assert checked.stands
    assert (checked.run, checked.exit_code) == ("demo-1", 3)
    assert {one.subject for one in checked.findings} >= {
        "A.fast", "A.other", "A.time/1/figures.txt", "events.jsonl", "plan.yaml", "report.md", "SHA256SUMS", "archive",
        "evidence/A.time.json", "statements/A.fast.intoto.json",
    }  # fmt: skip


def test_the_same_run_gives_the_same_bytes(events, folder, bundle, tmp_path):
    again = export(events, folder, tmp_path / "again.tar", "1.2.3")
    assert again.path.read_bytes() == bundle.read_bytes()
    assert again.sha256 == hashlib.sha256(bundle.read_bytes()).hexdigest()


def test_one_flipped_bit_anywhere_is_found_and_what_it_is_in_is_named(bundle, tmp_path):
    whole, damaged = bundle.read_bytes(), tmp_path / "damaged.tar"
    with tarfile.open(bundle) as tar:
        spans = [(info.offset, info.offset_data + info.size, info.name) for info in tar.getmembers()]
    generator = random.Random(7)
    for _ in range(250):
        at, bit = generator.randrange(len(whole)), generator.randrange(8)
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        try:
            told = "\n".join(f"{one.subject} {one.detail}" for one in wrong(damaged).values())
        except BundleError as error:
            told = str(error)
        assert told, f"bit {bit} of byte {at}"
        inside = next((name for start, end, name in spans if start <= at < end), None)
        if inside is not None and at >= next(start for start, _, name in spans if name == inside) + 100:
            assert inside.removeprefix("artifacts/") in told, f"bit {bit} of byte {at}"


@pytest.mark.parametrize("number", range(1, 8))
def test_a_changed_event_is_named_by_its_number(bundle, tmp_path, events, number):
    lines = b"".join(events_text("demo-1", events)).splitlines(keepends=True)
    line = lines[number - 1]
    lines[number - 1] = line[:60] + bytes([line[60] ^ 1]) + line[61:]
    found = wrong(rewritten(bundle, tmp_path / "changed.tar", **{"events.jsonl": b"".join(lines)}))
    assert list(found) == [f"events.jsonl, event {number}"]


@pytest.mark.parametrize("number", [1, 3, 7])
def test_an_event_that_was_left_out_is_named_unless_it_was_the_last(bundle, tmp_path, events, number):
    lines = b"".join(events_text("demo-1", events)).splitlines(keepends=True)
    del lines[number - 1]
    found = wrong(rewritten(bundle, tmp_path / "less.tar", **{"events.jsonl": b"".join(lines)}))
    assert (f"events.jsonl, event {number}" in found) == (number < 7)
    assert found  # without its last event, the run is another one, and its report too


def test_a_changed_artifact_makes_what_rests_on_it_stale(bundle, tmp_path):
    found = wrong(rewritten(bundle, tmp_path / "stale.tar", **{"artifacts/A.time/1/figures.txt": b"2.0\n"}))
    assert found["A.fast"].standing is Standing.STALE
    assert found["A.time/1/figures.txt"].standing is Standing.STALE


def test_a_missing_and_a_strange_file_are_named(bundle, tmp_path):
    changes = {"report.md": None, "artifacts/A.time/1/figures.txt": None, "extra.txt": b"?"}
    found = wrong(rewritten(bundle, tmp_path / "other.tar", **changes))
    assert found["report.md"].standing is Standing.MISSING
    assert found["A.time/1/figures.txt"].standing is Standing.MISSING
    assert "extra.txt" in found


def test_a_report_that_says_something_else_is_named(bundle, tmp_path):
    assert list(wrong(rewritten(bundle, tmp_path / "r.tar", **{"report.md": b"all is well\n"}))) == ["report.md"]


def test_a_wrong_sum_of_right_files_is_the_sums_own_fault(bundle, tmp_path):
    with tarfile.open(bundle) as tar:
        sums = tar.extractfile("SHA256SUMS").read()
    found = wrong(rewritten(bundle, tmp_path / "sums.tar", SHA256SUMS=sums.replace(b"a", b"b", 1)))
    assert list(found) == ["SHA256SUMS"]
    assert "the files themselves match" in found["SHA256SUMS"].detail


def test_an_artifact_that_is_gone_is_told_at_the_export(events, folder, tmp_path):
    (folder / "A.time" / "1" / "figures.txt").write_bytes(b"later")
    assert export(events, folder, tmp_path / "a.tar", "1").changed == ("A.time/1/figures.txt",)
    (folder / "A.time" / "1" / "figures.txt").unlink()
    done = export(events, folder, tmp_path / "b.tar", "1")
    assert done.missing == ("A.time/1/figures.txt",)
    assert wrong(done.path)["A.fast"].standing is Standing.STALE


def test_standard_tools_can_check_the_files_too(bundle, tmp_path):
    with tarfile.open(bundle) as tar:
        tar.extractall(tmp_path / "out", **SAFELY)
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=False)
    assert done.returncode == 0


def test_each_criterion_has_a_statement_on_the_files_that_it_rests_on(bundle):
    with tarfile.open(bundle) as tar:
        fast = json.load(tar.extractfile("statements/A.fast.intoto.json"))
    assert fast["_type"] == "https://in-toto.io/Statement/v1"
    assert fast["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert fast["predicate"]["result"] == "PASSED"
    assert fast["predicate"]["passedTests"] == ["A.fast"]
    assert [one["name"] for one in fast["subject"]] == ["artifacts/A.time/1/figures.txt", "evidence/A.time.json"]
    assert fast["predicate"]["configuration"][0]["name"] == "plan.yaml"


def test_what_is_unproven_is_failed_to_those_who_know_only_passed_and_failed(bundle):
    with tarfile.open(bundle) as tar:
        other = json.load(tar.extractfile("statements/A.other.intoto.json"))
    assert other["predicate"]["result"] == "FAILED"
    assert other["predicate"]["failedTests"] == ["A.other"]
    assert other["predicate"]["configuration"][0]["annotations"]["verdict"]["outcome"] == "UNPROVEN"
    assert [one["name"] for one in other["subject"]] == ["events.jsonl"]


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\0" * 10240, b"PK\x03\x04" + b"\1" * 600])
def test_what_is_no_bundle_is_an_error_with_a_mend(tmp_path, content):
    path = tmp_path / "no.tar"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="mend: "):
        check_bundle(path, {})


def test_a_truncated_bundle_is_refused_or_found_wrong(bundle, tmp_path):
    whole, cut = bundle.read_bytes(), tmp_path / "cut.tar"
    for end in range(0, len(whole), 1999):
        cut.write_bytes(whole[:end])
        with contextlib.suppress(BundleError):
            assert wrong(cut), end


def test_lines_are_read_back_as_they_were_written(events):
    text = held(b"".join(events_text("demo-1", events)))
    assert read_events("demo-1", text) == (events, ())
    assert read_events("another", text)[0] == ()


@pytest.mark.parametrize("size", [7, 4096])
def test_lines_that_are_read_in_pieces_are_told_apart_as_others_are(events, monkeypatch, size):
    monkeypatch.setattr("orchestrator.bundle.lines.LONG", 100)
    content = b"".join(events_text("demo-1", events))

    def between(whole):
        return lambda start, end: (whole[at : min(at + size, end)] for at in range(start, min(end, len(whole)), size))

    assert read_events("demo-1", Text(len(content), between(content))) == (events, ())
    at = content.index(b'"fence":', content.index(b"\n")) + len(b'"fence":')
    harmed = content[:at] + b"7" + content[at + 1 :]
    found, damaged = read_events("demo-1", Text(len(harmed), between(harmed)))
    assert len(found) == len(events) - 1
    assert len(damaged) == 1
    assert read_events("demo-1", Text(len(content) - 1, between(content[:-1])))[1] == (len(events),)


def test_a_run_that_did_not_finish_does_not_stand_even_without_criteria(events, folder, tmp_path):
    text = events[0].event.plan_text
    bare = text[: text.index("    success_criteria:")]
    started = replace(events[0].event, plan_text=bare, plan_digest=load_text(bare, "demo.yaml").digest)
    cut_off = (replace(events[0], event=started), *events[1:4])
    checked = check_bundle(export(cut_off, folder, tmp_path / "cut.tar", "1.2.3").path, {})
    assert (checked.stands, checked.exit_code) == (False, 3)
    assert any("did not finish" in one.detail for one in checked.findings)


def test_nothing_is_written_through_a_link_in_the_place_of_the_part_file(events, folder, tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".b.tar.part").symlink_to(tmp_path / "precious")
    export(events, folder, tmp_path / "b.tar", "1")
    assert (tmp_path / "precious").read_text() == "precious"
