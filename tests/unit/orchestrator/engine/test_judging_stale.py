"""What a figure was computed from is part of it: a file that changes takes the proof with it."""

import hashlib

import pytest

from orchestrator.engine.judging import file_digest, stale
from orchestrator.evidence.measurement import Artifact, Evidence, Measurement, Samples

OWN, ABOVE = b"figures", b"pool"


def artifact(name, path, content):
    return Artifact(name, path, hashlib.sha256(content).hexdigest(), len(content))


@pytest.fixture
def folder(tmp_path):
    for path, content in (("A.x/1/figures.json", OWN), ("A.w/1/pool.json", ABOVE)):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


@pytest.fixture
def evidence():
    measured = Measurement("m", "ms", Samples((1.0,)), "", artifacts=("figures.json",))
    return Evidence(
        (measured,), (artifact("figures.json", "A.x/1/figures.json", OWN),), (artifact("A.w/pool.json", "A.w/1/pool.json", ABOVE),)
    )  # fmt: skip


def is_stale(evidence, folder):
    return stale(evidence, evidence.measurements[0], file_digest(folder))


def test_untouched_files_leave_the_figure_standing(evidence, folder):
    assert not is_stale(evidence, folder)


@pytest.mark.parametrize("path", ["A.x/1/figures.json", "A.w/1/pool.json"])
def test_a_changed_file_makes_it_stale_whether_its_own_or_one_that_it_read(evidence, folder, path):
    (folder / path).write_bytes(b"later")
    assert is_stale(evidence, folder)


@pytest.mark.parametrize("path", ["A.x/1/figures.json", "A.w/1/pool.json"])
def test_a_file_that_is_gone_makes_it_stale(evidence, folder, path):
    (folder / path).unlink()
    assert is_stale(evidence, folder)


def test_a_file_that_no_attempt_left_makes_it_stale(evidence, folder):
    measured = Measurement("m", "ms", Samples((1.0,)), "", artifacts=("never.json",))
    assert stale(evidence, measured, file_digest(folder))
