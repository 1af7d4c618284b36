import tempfile
from pathlib import Path

import pytest

from orchestrator.executors import temporary
from orchestrator.executors.temporary import ADDED, LONGEST_ADDRESS, fits, make_tmp, remove_tmp, tidy, tmp_of

SHORT = Path("/s/r/A.t/1")


@pytest.fixture
def deep(tmp_path):
    folder = tmp_path / ("d" * LONGEST_ADDRESS) / "run" / "A.task" / "1"
    folder.mkdir(parents=True)
    with tidy(folder.parents[1]):
        yield folder


def test_a_short_path_keeps_its_temporary_files():
    assert tmp_of(SHORT) == "/s/r/A.t/1/tmp"


def test_a_deep_path_gets_a_folder_that_leaves_room_for_a_socket(deep):
    make_tmp(deep)
    found = Path(tmp_of(deep))
    assert len(str(found)) + ADDED <= LONGEST_ADDRESS
    assert [each.stat().st_mode & 0o777 for each in (found, found.parent)] == [0o700, 0o700]
    remove_tmp(deep)
    assert not found.exists()


def test_attempts_do_not_share_a_folder(deep):
    assert len({tmp_of(deep), tmp_of(deep.with_name("2")), tmp_of(deep.parents[1] / "A.other" / "1")}) == 3


def test_another_orchestrators_guard_names_no_folder_of_ours(deep, monkeypatch):
    before = tmp_of(deep)
    monkeypatch.setattr(temporary, "owner", lambda: "the-one-that-resumes")
    assert tmp_of(deep) != before


def test_a_guard_that_removes_the_runs_empty_folder_meanwhile_does_not_fail_an_attempt(deep, monkeypatch):
    removed = []

    def removing(path):
        if len(removed) < 3:
            Path(path).rmdir()
            removed.append(path)

    monkeypatch.setattr(temporary, "_check", removing)
    make_tmp(deep)
    assert len(removed) == 3
    assert list(Path(tmp_of(deep)).iterdir()) == []


def test_what_lies_there_already_is_not_handed_on(deep):
    make_tmp(deep)
    Path(tmp_of(deep), "old").touch()
    make_tmp(deep)
    assert list(Path(tmp_of(deep)).iterdir()) == []


def test_a_folder_of_somebody_else_is_not_used(deep):
    parent = Path(tmp_of(deep)).parent
    parent.mkdir(mode=0o700)
    parent.chmod(0o755)
    with pytest.raises(PermissionError, match="not ours alone"):
        make_tmp(deep)
    parent.rmdir()
    parent.symlink_to(deep)
    try:
        with pytest.raises(PermissionError):
            make_tmp(deep)
    finally:
        parent.unlink()


def test_the_next_owner_of_a_run_removes_what_a_killed_one_left_and_follows_no_link(tmp_path, deep):
    kept = tmp_path / "kept"
    kept.touch()
    make_tmp(deep)
    closed = Path(tmp_of(deep), "closed")
    closed.mkdir()
    (closed / "link").symlink_to(kept)
    closed.chmod(0)
    with tidy(deep.parents[1]):
        assert not Path(tmp_of(deep)).parent.exists()
    assert kept.exists()


def test_a_system_folder_that_is_too_deep_itself_is_passed_over(deep, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", f"/tmp/{'x' * LONGEST_ADDRESS}")
    assert fits(tmp_of(deep))
