"""Whose runs are meant where nobody says."""

import pytest

from orchestrator.cli.home import found_state, project_above
from orchestrator.cli.options import STATE


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a journal, and a folder in it."""
    monkeypatch.delenv("ORCHESTRATE_ATTEMPT", raising=False)
    (tmp_path / ".orchestrate").mkdir()
    (tmp_path / ".orchestrate/journal.sqlite").touch()
    (tmp_path / "below/deep").mkdir(parents=True)
    return tmp_path


def test_a_folder_belongs_to_the_project_above_it(project):
    assert project_above(project / "below/deep") == project


@pytest.mark.parametrize("repository", ["below", "below/deep"])
def test_a_repository_does_not_belong_to_a_project_outside_of_it(project, repository):
    (project / repository / ".git").mkdir()
    assert project_above(project / "below/deep") is None


def test_a_repository_with_a_journal_of_its_own_is_a_project(project):
    (project / ".git").mkdir()
    assert project_above(project / "below/deep") == project


def test_a_current_folder_that_is_gone_is_left_to_who_opens_the_state_folder(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert found_state(STATE) == STATE
