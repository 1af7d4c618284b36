import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.agents.workspace import open_workspace, take_hand_in
from orchestrator.executors.agentwork import Turn
from orchestrator.state.rounds import Talk

TALK = Talk("acp", stop="end_turn")


class Repo:
    """A small repository, and turns of an agent in it."""

    def __init__(self, folder):
        self.folder = folder / "repo"
        self.state = folder / "state"
        self.notes = []
        self.folder.mkdir()
        self.git("init", "-q", "-b", "main", ".")
        self.commit({"src/pack.py": "plain\n", "bench/measure.py": "measure\n", "README.md": "read me\n"})

    def git(self, *words, given=None, check=True):
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
        }  # fmt: skip
        done = subprocess.run(["git", *words], cwd=self.folder, input=given, capture_output=True, check=check, env=env)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, files, message="more"):
        for path, content in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def turn(self, attempt=1, **more):
        said = {
            "agent": "X", "driver": "acp", "program": ("true",), "env": (), "mode": None, "brief": "do it",
            "session": "",
            "repo": self.folder, "base": "main", "onto": None,
            "workspace": self.state / f"work/r/A.it/{attempt}/workspace",
            "home": self.state / "work/r/A.it/0/home", "branch": f"orchestrate/r/A.it/{attempt}", "writes": ("src/**",),
            "pinned": ("bench/**",), "run": (), "network": False, "sandbox": "none", "silent": 900.0, "number": attempt,
        }  # fmt: skip
        return Turn(**{**said, **more})

    def open(self, turn):
        return open_workspace(turn, self.notes.append)

    def take(self, turn, workspace):
        return take_hand_in(turn, workspace, TALK)

    def shown(self, commit, path):
        return self.git("show", f"{commit}:{path}", check=False)

    def worktrees(self):
        listed = self.git("worktree", "list", "--porcelain").splitlines()
        return [Path(line.split(" ", 1)[1]) for line in listed if line.startswith("worktree ")][1:]

    def branches(self):
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/orchestrate").splitlines()


@pytest.fixture
def repo(tmp_path):
    return Repo(tmp_path)
