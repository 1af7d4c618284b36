import os
import stat
import subprocess

import pytest

from orchestrator.agents.git import GitError, move_branch, store
from orchestrator.agents.trees import remove, safe
from orchestrator.agents.workspace import check_out, close_workspace, locked_worktrees, put_away
from orchestrator.executors.agentwork import Checkout


def test_a_hand_in_is_one_commit_on_the_base_with_what_lies_in_the_folder(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    (turn.workspace / "src/pack.py").write_text("packed\n")
    (turn.workspace / "src/new.sh").write_text("#!/bin/sh\n")
    (turn.workspace / "src/new.sh").chmod(0o755)
    (turn.workspace / "src/link").symlink_to("pack.py")
    found = repo.take(turn, workspace)
    close_workspace(workspace, keep=False)
    assert (found.refused, found.hand_in.files) == ("", ("src/link", "src/new.sh", "src/pack.py"))
    assert repo.shown(found.hand_in.commit, "src/pack.py") == "packed"
    assert repo.git("rev-parse", f"{found.hand_in.commit}^") == found.hand_in.base == repo.git("rev-parse", "main")
    modes = dict(
        reversed(line.split(" ", 1))
        for line in repo.git("ls-tree", "-r", "--format=%(objectmode) %(path)", found.hand_in.commit).splitlines()
    )
    assert (modes["src/new.sh"], modes["src/link"], modes["src/pack.py"]) == ("100755", "120000", "100644")
    assert (repo.worktrees(), turn.workspace.exists()) == ([], False)
    assert repo.git("rev-parse", turn.branch) == found.hand_in.commit


def test_names_with_a_line_break_or_without_utf8_are_handed_in_byte_for_byte(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    names = [b"with\nbreak", b"\xff\xfe", b'"quoted"', b" space ", b"-dash", "größe".encode()]
    for name in names:
        (turn.workspace / "src" / os.fsdecode(name)).write_bytes(b"content of " + name)
    found = repo.take(turn, workspace)
    assert sorted(found.hand_in.files) == sorted(f"src/{os.fsdecode(name)}" for name in names)
    checkout = Checkout(repo.folder, found.hand_in.commit, found.hand_in.base, (), repo.state / "out")
    check_out(checkout)
    assert all((checkout.folder / "src" / os.fsdecode(name)).read_bytes() == b"content of " + name for name in names)


def test_nothing_of_the_repository_runs_and_attributes_change_no_byte(repo):
    mark = repo.folder.parent / "ran"
    repo.commit({".gitattributes": "* text=auto eol=crlf filter=evil ident\n", "src/id.py": "$Id$\n"})
    bare = repo.folder.parent / "bare.git"  # of a checkout, `git status` would ask its owner's filters
    repo.git("clone", "-q", "--bare", ".", str(bare))
    repo.folder = bare
    repo.git("config", "filter.evil.clean", f"touch {mark}; cat")
    repo.git("config", "filter.evil.smudge", f"touch {mark}; cat")
    repo.git("config", "core.fsmonitor", f"touch {mark}; false")
    repo.git("config", "core.hooksPath", str(repo.folder / "hooks"))
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        place = repo.folder / "hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\ntouch {mark}\n")
        place.chmod(0o755)
    mark.unlink(missing_ok=True)
    turn = repo.turn()
    workspace = repo.open(turn)
    assert (turn.workspace / "src/id.py").read_bytes() == b"$Id$\n"
    (turn.workspace / "src/pack.py").write_bytes(b"a\r\nb\n")
    found = repo.take(turn, workspace)
    close_workspace(workspace, keep=False)
    check_out(Checkout(repo.folder, found.hand_in.commit, found.hand_in.base, (), repo.state / "out"))
    assert (repo.state / "out/src/pack.py").read_bytes() == b"a\r\nb\n"
    assert not mark.exists()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("bench/measure.py", "what is pinned: bench/measure.py"),
        ("README.md", "outside its `writes`: README.md"),
        ("conftest.py", "outside its `writes`"),
    ],
)
def test_a_hand_in_that_goes_too_far_is_refused_and_named_and_the_rest_is_kept(repo, path, why):
    turn = repo.turn()
    workspace = repo.open(turn)
    (turn.workspace / path).write_text("mine\n")
    (turn.workspace / "src/pack.py").write_text("packed\n")
    found = repo.take(turn, workspace)
    assert why in found.refused
    assert found.hand_in.files == ("src/pack.py",)
    assert repo.shown(f"{turn.branch}-refused", path) == "mine"


def test_a_pinned_file_that_was_removed_or_made_a_program_is_a_change(repo):
    for number, change in enumerate((lambda place: place.unlink(), lambda place: place.chmod(0o755)), 1):
        turn = repo.turn(number)
        workspace = repo.open(turn)
        change(turn.workspace / "bench/measure.py")
        assert "what is pinned: bench/measure.py" in repo.take(turn, workspace).refused


@pytest.mark.parametrize("target", ["/etc/passwd", "../../x", "../.git/config", "../src/../../x"])
def test_a_link_that_leads_out_is_refused(repo, target):
    turn = repo.turn()
    workspace = repo.open(turn)
    (turn.workspace / "src/pack.py").unlink()
    (turn.workspace / "src/pack.py").symlink_to(target)
    found = repo.take(turn, workspace)
    assert ("links that lead out" in found.refused, found.hand_in) == (True, None)


def test_a_folder_made_a_link_writes_nothing_outside(repo):
    outside = repo.folder.parent / "outside"
    outside.mkdir()
    turn = repo.turn()
    workspace = repo.open(turn)
    remove(turn.workspace / "src")
    (turn.workspace / "src").symlink_to(outside)
    (turn.workspace / "src/pack.py").write_text("x")
    assert "src" in repo.take(turn, workspace).refused
    close_workspace(workspace, keep=False)
    assert (outside / "pack.py").exists()


def test_nothing_changed_is_nothing_handed_in(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    found = repo.take(turn, workspace)
    assert (found.hand_in, found.refused, found.whole) == (
        None,
        "nothing was handed in: no file differs from the base",
        True,
    )


def test_what_tools_leave_behind_and_what_is_ignored_is_no_part_of_it(repo):
    repo.commit({".gitignore": "*.log\nbuild/\n", "src/kept.log": "tracked"}, "ignore")
    repo.git("add", "-f", "src/kept.log")
    repo.git("commit", "-qm", "a tracked one")
    turn = repo.turn()
    workspace = repo.open(turn)
    for path in ("a.log", "build/x", "src/__pycache__/a.pyc", ".pytest_cache/v"):
        (turn.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (turn.workspace / path).write_text("x")
    (turn.workspace / "src/kept.log").write_text("changed")
    found = repo.take(turn, workspace)
    assert (found.refused, found.hand_in.files) == ("", ("src/kept.log",))


def test_what_the_agent_makes_of_its_git_folder_is_not_asked(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    (turn.workspace / ".git").unlink()
    subprocess.run(["git", "init", "-q", "."], cwd=turn.workspace, check=True)
    (turn.workspace / ".git/info/exclude").write_text("*\n")
    (turn.workspace / "src/pack.py").write_text("packed\n")
    (turn.workspace / "evil.py").write_text("x\n")
    assert "evil.py" in repo.take(turn, workspace).refused


def test_a_nested_repository_or_a_pipe_is_refused_with_its_name(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    subprocess.run(["git", "init", "-q", "src/sub"], cwd=turn.workspace, check=True)
    with pytest.raises(GitError, match=r"src/sub/\.git"):
        repo.take(turn, workspace)
    remove(turn.workspace / "src/sub")
    os.mkfifo(turn.workspace / "src/pipe")
    with pytest.raises(GitError, match="neither a file nor a link"):
        repo.take(turn, workspace)


def test_the_next_round_goes_on_from_the_hand_in_before_and_must_change_it(repo):
    first = repo.turn(1)
    workspace = repo.open(first)
    (first.workspace / "src/pack.py").write_text("half\n")
    given = repo.take(first, workspace).hand_in
    second = repo.turn(2, onto=given)
    workspace = repo.open(second)
    assert (second.workspace / "src/pack.py").read_text() == "half\n"
    assert repo.take(second, workspace).refused == "nothing was changed since the round before"
    (second.workspace / "src/pack.py").write_text("whole\n")
    found = repo.take(second, workspace)
    assert (found.refused, repo.git("rev-parse", f"{found.hand_in.commit}^")) == ("", given.base)


def test_a_base_that_moved_is_merged_in_and_a_clash_stands_in_the_files(repo):
    first = repo.turn(1)
    workspace = repo.open(first)
    (first.workspace / "src/pack.py").write_text("mine\n")
    given = repo.take(first, workspace).hand_in
    repo.commit({"src/pack.py": "theirs\n", "src/other.py": "new\n"})
    second = repo.turn(2, onto=given)
    workspace = repo.open(second)
    text = (second.workspace / "src/pack.py").read_text()
    assert all(each in text for each in ("<<<<<<<", "mine", "theirs"))
    assert (second.workspace / "src/other.py").read_text() == "new\n"
    assert any("clashes" in note for note in repo.notes)
    (second.workspace / "src/pack.py").write_text("both\n")
    found = repo.take(second, workspace)
    assert (found.refused, found.hand_in.base, found.hand_in.files) == (
        "",
        repo.git("rev-parse", "main"),
        ("src/pack.py",),
    )


def test_a_dirty_base_is_told_and_not_taken_over(repo):
    (repo.folder / "src/pack.py").write_text("not committed\n")
    turn = repo.turn()
    repo.open(turn)
    assert (turn.workspace / "src/pack.py").read_text() == "plain\n"
    assert any("not committed" in note for note in repo.notes)
    assert (repo.folder / "src/pack.py").read_text() == "not committed\n"


def test_a_bare_repository_and_a_detached_head_will_do(repo):
    bare = repo.folder.parent / "bare.git"
    repo.git("clone", "-q", "--bare", ".", str(bare))
    turn = repo.turn(repo=bare, base="HEAD")
    workspace = repo.open(turn)
    (turn.workspace / "src/pack.py").write_text("packed\n")
    assert repo.take(turn, workspace).hand_in.files == ("src/pack.py",)
    repo.git("checkout", "-q", "--detach")
    turn = repo.turn(2, base="HEAD")
    workspace = repo.open(turn)
    assert workspace.base == repo.git("rev-parse", "main")


@pytest.mark.parametrize("base", ["nowhere", "--all", "-x", ""])
def test_a_base_that_is_none_is_told_with_the_mend(repo, base):
    with pytest.raises(GitError, match=r"mend: name a branch or commit"):
        repo.open(repo.turn(base=base))


def test_no_git_at_all_and_no_folder_are_told_with_the_mend(repo, tmp_path):
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match="mend: run `git init`"):
        repo.open(repo.turn(repo=tmp_path / "plain"))
    with pytest.raises(GitError, match="mend: name an existing folder"):
        repo.open(repo.turn(repo=tmp_path / "missing"))
    subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=tmp_path / "plain", check=True)
    with pytest.raises(GitError, match="has no commit 'main'"):
        repo.open(repo.turn(repo=tmp_path / "plain"))


def test_submodules_and_large_files_are_told_and_stay_as_they_are(repo):
    commit = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},src/sub")
    repo.git("commit", "-qm", "a submodule")
    (repo.folder / "src/sub").mkdir()
    repo.commit({".gitattributes": "*.bin filter=lfs\n", "src/x.bin": "version https://git-lfs.github.com/spec/v1\n"})
    turn = repo.turn()
    workspace = repo.open(turn)
    assert (turn.workspace / "src/sub").is_dir()
    assert ["submodules" in " ".join(repo.notes), "pointers" in " ".join(repo.notes)] == [True, True]
    (turn.workspace / "src/pack.py").write_text("packed\n")
    found = repo.take(turn, workspace)
    assert (found.refused, found.hand_in.files) == ("", ("src/pack.py",))
    assert repo.git("rev-parse", f"{found.hand_in.commit}:src/sub") == commit


def test_a_turn_that_was_cut_short_loses_nothing_and_leaves_no_worktree(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    (turn.workspace / "README.md").write_text("half done\n")
    put_away(workspace, repo.notes.append)
    assert (repo.worktrees(), repo.shown(f"{turn.branch}-cut-short", "README.md")) == ([], "half done")


def test_what_no_commit_can_hold_is_not_deleted(repo):
    turn = repo.turn()
    workspace = repo.open(turn)
    os.mkfifo(turn.workspace / "pipe")
    put_away(workspace, repo.notes.append)
    assert stat.S_ISFIFO((turn.workspace / "pipe").stat().st_mode)
    assert not list(locked_worktrees(repo.folder))


def test_the_workspace_of_a_dead_orchestrator_is_put_away_by_the_next_attempt(repo):
    dead = repo.turn(1)
    repo.open(dead)
    (dead.workspace / "src/pack.py").write_text("half done\n")
    other = repo.turn(1, workspace=repo.state / "work/r/B.it/1/workspace", branch="orchestrate/r/B.it/1")
    repo.open(other)
    turn = repo.turn(2)
    repo.open(turn)
    assert sorted(repo.worktrees()) == [turn.workspace, other.workspace]
    assert repo.shown(f"{dead.branch}-cut-short", "src/pack.py") == "half done"


class DiedError(Exception):
    """The orchestrator is gone: nothing after this happened."""


@pytest.mark.parametrize("after", ["nothing", "renamed", "removed", "unlocked"])
def test_who_dies_while_a_workspace_is_closed_leaves_none_behind(repo, monkeypatch, after):
    dead = repo.turn(1)
    workspace = repo.open(dead)
    (dead.workspace / "src/pack.py").write_text("whole\n")
    assert repo.take(dead, workspace).whole

    def die(*_):
        raise DiedError

    alive = iter([remove] if after == "renamed" else [])

    def dying(*given):
        return next(alive, die)(*given)

    name = {"removed": "attempted", "unlocked": "git"}.get(after, "remove")
    with monkeypatch.context() as patch:
        patch.setattr(f"orchestrator.agents.workspace.{name}", dying)
        with pytest.raises(DiedError):
            close_workspace(workspace, keep=False)
    turn = repo.turn(2)
    repo.open(turn)
    assert repo.worktrees() == [turn.workspace]
    assert not list(dead.workspace.parent.glob("workspace*/**/*"))
    assert repo.shown(dead.branch, "src/pack.py") == "whole"


def test_a_checkout_has_what_is_pinned_from_the_base(repo):
    commit = repo.commit({"src/pack.py": "packed\n", "bench/measure.py": "cheat\n", "bench/new.py": "cheat\n"})
    folder = repo.state / "out"
    check_out(Checkout(repo.folder, commit, f"{commit}^", ("bench/**",), folder))
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "README.md",
        "bench/measure.py",
        "src/pack.py",
    ]
    assert (folder / "bench/measure.py").read_text() == "measure\n"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "a//b", ".git/config", "a/.GIT/x", "."])
def test_a_path_of_a_hostile_tree_is_refused(path):
    with pytest.raises(GitError):
        safe(path)


def test_a_branch_moves_only_from_where_it_was_thought_to_be(repo):
    first, second = repo.git("rev-parse", "main"), repo.commit({"a": "b"})
    assert not move_branch(repo.folder, "main", first, first)
    assert move_branch(repo.folder, "main", first, second)
    assert not move_branch(repo.folder, "main", second, "")


def test_storing_nothing_asks_nothing(repo):
    assert store(repo.folder, []) == []
