import subprocess

from orchestrator.environment import capture


def test_the_environment_is_text_and_names_machine_and_python(tmp_path):
    facts = capture(tmp_path)
    assert {"cpu", "cores", "memory", "kernel", "python", "load"} <= set(facts)
    assert all(isinstance(value, str) and value for value in facts.values())
    assert "git" not in facts


def test_a_repositorys_commit_is_named_and_whether_it_was_changed(tmp_path):
    def git(*arguments):
        done = subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    git("init", "-q")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-q", "-m", "One")
    commit = git("rev-parse", "HEAD")
    assert capture(tmp_path)["git"] == commit
    (tmp_path / "file").write_text("two")
    assert capture(tmp_path)["git"] == f"{commit} (dirty)"
