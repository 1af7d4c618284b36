import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from orchestrator import environment
from orchestrator.environment import capture


def test_the_environment_is_text_and_names_machine_and_python(tmp_path):
    facts = capture(tmp_path)
    assert {"cpu", "cores", "memory", "kernel", "python", "load"} <= set(facts)
    assert all(isinstance(value, str) and value for value in facts.values())
    assert "git" not in facts


def repository(folder):
    """Make one with a file in it; its commit."""

    def git(*arguments):
        done = subprocess.run(
            ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    folder.mkdir(exist_ok=True)
    git("init", "-q")
    (folder / "file").write_text("one")
    git("add", "file")
    git("commit", "-q", "-m", "One")
    return git("rev-parse", "HEAD")


def test_a_repositorys_commit_is_named_and_whether_it_was_changed(tmp_path):
    commit = repository(tmp_path)
    assert capture(tmp_path)["git"] == commit
    (tmp_path / "file").write_text("two")
    assert capture(tmp_path)["git"] == f"{commit} (dirty)"


def test_a_plan_that_the_commit_does_not_hold_is_told(tmp_path):
    commit = repository(tmp_path)
    assert capture(tmp_path, Path("file"))["git"] == commit
    (tmp_path / "plan.yaml").write_text("x")
    assert capture(tmp_path, Path("plan.yaml"))["git"] == f"{commit}, plan.yaml is untracked"
    assert capture(tmp_path, tmp_path / "plan.yaml")["git"] == f"{commit}, plan.yaml is untracked"
    assert capture(tmp_path, Path("plan of no file"))["git"] == commit


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE"])
def test_variables_of_git_do_not_make_it_another_repositorys_commit(tmp_path, monkeypatch, variable):
    repository(tmp_path / "other")
    (tmp_path / "here").mkdir()
    monkeypatch.setenv(variable, str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert "git" not in capture(tmp_path / "here")


def test_a_repository_of_another_owner_is_told(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    git = tmp_path / "git"
    git.write_text(
        "#!/bin/sh\necho 'fatal: detected dubious ownership; git config --global --add safe.directory X' >&2; exit "
        "128\n"
    )
    git.chmod(0o755)
    monkeypatch.setattr(environment.shutil, "which", lambda _name: str(git))
    assert "git refuses a repository of another owner" in capture(tmp_path)["git"]


def test_it_says_where_the_prices_of_models_are_from_or_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: {"genai-prices": "0.2.3"}.get(name, "1"))
    assert capture(tmp_path)["prices"] == "genai-prices 0.2.3"

    def without(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", without)
    assert "prices" not in capture(tmp_path)


def test_git_is_not_asked_where_nothing_around_is_a_repository(tmp_path, monkeypatch):
    git = tmp_path / "git"
    git.write_text(f"#!/bin/sh\n: > {tmp_path}/asked\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git" not in capture(tmp_path)
    assert not (tmp_path / "asked").exists()
    (tmp_path / ".git").touch()  # as a worktree has it
    (tmp_path / "within").mkdir()
    capture(tmp_path / "within")
    assert (tmp_path / "asked").exists()
