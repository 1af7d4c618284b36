"""What agents' runs left in real repositories, and that only what is merged or empty is ever removed."""

import subprocess
from pathlib import Path

import pytest

from orchestrator.agents.workspaces import Holds, workspaces
from orchestrator.evidence.measurement import Usage
from orchestrator.journal.memory import MemoryJournal
from orchestrator.state import events as e
from orchestrator.state.rounds import HandIn, Round, Talk

PLAN = """\
schema: 1
id: demo
title: Demo
agents: {ME: {specialty: Trying, driver: command, program: [thing]}}
workstreams:
  A: {title: Alpha, lead: ME, tasks: [{id: write, title: Write, brief: Write., writes: ["**"], workspace: {base: main}, rounds: 9}]}
stages:
  S: {title: Join, lead: ME, tasks: [{id: merge, title: Join, merge: [A.write], into: joined}]}
"""  # noqa: E501
RUN = "demo-1"
TALK, USED = Talk("command"), Usage(1.0, 0.0, 0, 0)


class Ground:
    """A repository, a state folder and a journal; each attempt is a branch in them."""

    def __init__(self, folder: Path) -> None:
        self.state, self.repo = folder / "state", folder / "repo"
        self.repo.mkdir()
        self.git("init", "-q", "-b", "main", ".")
        (self.repo / "a.txt").write_text("one\n")
        self.base = self.commit("first")
        self.journal = MemoryJournal()
        self.fence = self.journal.acquire(RUN)
        self.events = [
            e.RunStarted(RUN, "demo", "0" * 64, PLAN, "plan.yaml", {}, {}, (), {"A.write": "1", "S.merge": "1"})
        ]
        self.number = 0

    def git(self, *words, cwd=None):
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@x", *words], cwd=cwd or self.repo, capture_output=True,
            text=True, check=True
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, message, cwd=None):
        self.git("add", "-A", cwd=cwd)
        self.git("commit", "-q", "--allow-empty", "-m", message, cwd=cwd)
        return self.git("rev-parse", "HEAD", cwd=cwd)

    def attempt(self, content=None, *, hands_in=True, keep=False):
        """One more attempt; its branch's name. content: of a file that it commits. keep: the worktree stays."""
        self.number += 1
        branch = f"orchestrate/{RUN}/A.write/{self.number}"
        folder = self.state / "work" / RUN / "A.write" / str(self.number) / "workspace"
        folder.parent.mkdir(parents=True)
        self.git("worktree", "add", "-q", "-b", branch, str(folder), "main")
        self.events += [e.TaskStarted("A.write", self.number)]
        hand_in = None
        if content is not None:
            (folder / "b.txt").write_text(content)
            commit = self.commit("handed in", folder)
            hand_in = HandIn(str(self.repo), branch, self.base, commit, ("b.txt",), TALK) if hands_in else None
        lost = Round(self.number, self.number, passed=False, why="no", hand_in=hand_in)
        if hand_in:
            self.events += [e.HandedIn("A.write", self.number, hand_in, USED)]
        self.events += [e.RoundJudged("A.write", self.number, lost), e.RoundReturned("A.write", self.number, "no")]
        if not keep:
            self.git("worktree", "remove", "--force", str(folder))
        return branch, folder

    def left(self, *, prune=False):
        if self.events:
            sealed = [e.Envelope(n, float(n), float(n), self.fence, each) for n, each in enumerate(self.events, 1)]
            self.journal.append(RUN, sealed)
            self.journal.release(RUN, self.fence)
            self.events = []
        return {one.branch: one for one in workspaces(self.journal, self.state, [RUN], prune=prune)}

    def branches(self):
        return set(self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/orchestrate").split())


@pytest.fixture
def ground(tmp_path):
    return Ground(tmp_path)


def test_what_is_merged_or_empty_goes_and_what_is_dirty_or_unmerged_stays(ground):
    unmerged, _ = ground.attempt("two\n")
    merged, _ = ground.attempt("three\n")
    ground.git("merge", "-q", "--no-ff", "--no-edit", merged)
    empty, empty_folder = ground.attempt(keep=True)
    dirty, dirty_folder = ground.attempt(keep=True)
    (dirty_folder / "left.txt").write_text("not committed")
    found = ground.left()
    assert {name: one.holds for name, one in found.items()} == {
        unmerged: Holds.UNMERGED, merged: Holds.MERGED, empty: Holds.EMPTY, dirty: Holds.DIRTY
    }  # fmt: skip
    assert "left.txt" in found[dirty].why
    assert ground.branches() == {unmerged, merged, empty, dirty}
    pruned = ground.left(prune=True)
    assert {name for name, one in pruned.items() if one.removed} == {merged, empty}
    assert ground.branches() == {unmerged, dirty}
    assert not empty_folder.exists()
    assert (dirty_folder / "left.txt").read_text() == "not committed"


def test_a_branch_that_a_merge_target_has_is_merged_wherever_the_base_is(ground):
    branch, _ = ground.attempt("two\n")
    ground.git("branch", "joined", branch)
    assert ground.left()[branch].holds is Holds.MERGED


def test_a_commit_that_nobody_recorded_is_not_lost(ground):
    branch, _ = ground.attempt("two\n", hands_in=False, keep=True)
    assert ground.left(prune=True)[branch].holds is Holds.UNMERGED
    assert branch in ground.branches()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "a.txt").write_text("two\n"),
        lambda folder: (folder / "a.txt").unlink(),
        lambda folder: (folder / "a.txt").chmod(0o755),
        lambda folder: (folder / "link").symlink_to("a.txt"),
        lambda folder: [(folder / ".gitignore").write_text("*\n"), (folder / "kept.bin").write_bytes(b"\0")],
    ],
    ids=["changed", "removed", "mode", "link", "ignored"],
)
def test_whatever_no_commit_has_is_dirty(ground, spoil):
    branch, folder = ground.attempt(keep=True)
    spoil(folder)
    assert ground.left(prune=True)[branch].holds is Holds.DIRTY
    assert folder.is_dir()


def test_what_python_leaves_behind_is_not_dirt(ground):
    branch, folder = ground.attempt(keep=True)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert ground.left(prune=True)[branch].removed


def test_a_locked_worktree_that_is_empty_goes(ground):
    branch, folder = ground.attempt(keep=True)
    ground.git("worktree", "lock", str(folder))
    assert ground.left(prune=True)[branch].removed
    assert str(folder) not in ground.git("worktree", "list")


def test_a_run_that_is_under_way_keeps_all(ground):
    branch, _ = ground.attempt(keep=True)
    ground.left()
    ground.journal.acquire(RUN)
    assert ground.left(prune=True)[branch].holds is Holds.IN_USE
    assert branch in ground.branches()


def test_a_branch_that_somebody_checked_out_elsewhere_stays(ground):
    branch, _ = ground.attempt("two\n")
    ground.git("merge", "-q", "--no-edit", branch)
    ground.git("checkout", "-q", branch)
    assert ground.left(prune=True)[branch].holds is Holds.IN_USE
    assert branch in ground.branches()


def test_branches_of_other_runs_are_not_ours(ground):
    branch, _ = ground.attempt("two\n")
    ground.git("branch", "orchestrate/other-1/A.write/1", "main")
    assert set(ground.left(prune=True)) == {branch}
    assert "orchestrate/other-1/A.write/1" in ground.branches()


def test_a_workspace_whose_repository_is_gone_is_told_and_stays(ground):
    branch, folder = ground.attempt(keep=True)
    ground.repo.rename(ground.repo.with_name("moved"))
    found = ground.left(prune=True)
    assert found[branch].holds is Holds.UNKNOWN
    assert folder.is_dir()


def test_a_git_file_that_an_agent_pointed_into_its_own_folder_is_not_followed(ground):
    branch, folder = ground.attempt(keep=True)
    (folder / "own" / "worktrees" / "x").mkdir(parents=True)
    (folder / ".git").write_text(f"gitdir: {folder}/own/worktrees/x\n")
    assert ground.left(prune=True)[branch].holds is Holds.UNKNOWN
