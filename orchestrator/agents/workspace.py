"""Workspaces: a git worktree on a branch of its own for each attempt, and the hand-in that is taken from it.

The agent may do in it what it likes. The hand-in is what lies in the folder when its turn is over and all its processes
have ended. We read it byte for byte, compare it with `writes` and `pinned`, and commit it ourselves.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from orchestrator.agents.git import (
    GitError,
    Tree,
    attempted,
    commit_id,
    commit_tree,
    git,
    require_repository,
    tree_of,
    write_tree,
)
from orchestrator.agents.patterns import matches
from orchestrator.agents.trees import LINK, SUBMODULE, changes, remove, taken, write_out
from orchestrator.executors.agentwork import Checkout, Turn
from orchestrator.state.rounds import HandIn, Talk

LITTER: Final = (
    "**/__pycache__/**", "**/*.pyc", "**/.pytest_cache/**", "**/.mypy_cache/**", "**/.ruff_cache/**",
    "**/.hypothesis/**",
)  # fmt: skip
"""What tools leave behind them, and no hand-in needs: it is left out where the base does not have it."""
REFUSED: Final = "refused"
CUT_SHORT: Final = "cut-short"
GONE: Final = ".gone"
NAMED: Final = 10
"""How many paths a message lists."""

_ONE_AT_A_TIME: Final = Lock()
"""git's worktrees of one repository are listed in files that two of its processes must not write at once."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A worktree that is ready. base: the commit that it starts at; before: the tree that was written into it."""

    folder: Path
    repo: Path
    base: str
    base_tree: Tree
    before: Tree
    branch: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a workspace. hand_in: what was committed; refused: why it does not count, "" where it does.

    whole: whether a commit has all that lay in it, so that its folder can go.
    """

    hand_in: HandIn | None
    refused: str
    whole: bool = True


def open_workspace(turn: Turn, note: Callable[[str], None]) -> Workspace:
    """Make the worktree for a turn: from the base or, in later rounds, from what was handed in before. Raises GitError,
    OSError.

    Where the base has moved since, the hand-in before is merged with it; conflicts stand in the files, marked as git
    marks them.
    """
    require_repository(turn.repo)
    base = commit_id(turn.repo, turn.base)
    _warn_of_dirt(turn, note)
    base_tree = tree_of(turn.repo, base)
    start = base_tree if turn.onto is None else tree_of(turn.repo, _continued(turn.repo, base, turn.onto, note))
    _note_kinds(base_tree, turn.repo, base, note)
    _clear_away(turn, note)
    remove(turn.workspace)
    turn.workspace.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _ONE_AT_A_TIME:
        git(turn.repo, "worktree", "prune")
        git(turn.repo, "worktree", "add", "--no-checkout", "--lock", "-B", turn.branch, str(turn.workspace), base)
    write_out(turn.repo, start, turn.workspace)
    git(turn.workspace, "read-tree", base)
    return Workspace(turn.workspace, turn.repo, base, base_tree, start, turn.branch)


def _continued(repo: Path, base: str, onto: HandIn, note: Callable[[str], None]) -> str:
    """The tree to go on from."""
    if onto.base == base:
        return onto.commit
    merged = attempted(repo, "merge-tree", "--write-tree", "--allow-unrelated-histories", base, onto.commit)
    if merged.returncode not in {0, 1}:
        raise GitError(f"git merge-tree in {repo}: {merged.stderr.decode('utf-8', 'replace').strip()[:300]}")
    if merged.returncode:
        note("the base has moved, and it clashes with the hand-in before: the conflicts are marked in the files")
    return merged.stdout.split(b"\n", 1)[0].decode()


def _warn_of_dirt(turn: Turn, note: Callable[[str], None]) -> None:
    """Say what of the repository the workspace does not have."""
    if git(turn.repo, "rev-parse", "--is-bare-repository").strip() == b"true":
        return
    dirty = attempted(turn.repo, "status", "--porcelain", "--untracked-files=no")
    if dirty.returncode == 0 and dirty.stdout.strip():
        note(f"{turn.repo} has changes that are not committed; the workspace starts without them")


def _note_kinds(tree: Tree, repo: Path, base: str, note: Callable[[str], None]) -> None:
    """Say what is in the workspace in another form than in a usual checkout."""
    if any(entry.mode == SUBMODULE for entry in tree.values()):
        note("submodules are empty folders in the workspace; their content is not the agent's to change")
    if ".gitattributes" in tree and b"filter=lfs" in git(repo, "cat-file", "blob", f"{base}:.gitattributes"):
        note("files of Git LFS are pointers in the workspace")


def take_hand_in(turn: Turn, workspace: Workspace, talk: Talk) -> Taken:
    """Commit what lies in the workspace, if the task allows it. Nothing of the agent may run any more. Raises
    GitError, OSError.
    """
    after = taken(workspace.repo, workspace.folder, _left_out(workspace))
    files = changes(workspace.base_tree, after)
    if not files:
        return Taken(None, "nothing was handed in: no file differs from the base")
    refused = _refused(turn, workspace, after, files)
    if refused:
        _set_aside(workspace, after, REFUSED)
    kept = _within(workspace.base_tree, after, turn) if refused else after
    if refused and not changes(workspace.base_tree, kept):
        return Taken(None, refused)
    hand_in = _committed(turn, workspace, kept, talk)
    if not refused and turn.onto is not None and kept == workspace.before:
        refused = "nothing was changed since the round before"
    return Taken(hand_in, refused)


def _committed(turn: Turn, workspace: Workspace, tree: Tree, talk: Talk) -> HandIn:
    repo = workspace.repo
    tree = tree | {path: entry for path, entry in workspace.base_tree.items() if entry.mode == SUBMODULE}
    scratch = workspace.folder.with_name(f"{workspace.folder.name}.index")
    commit = commit_tree(repo, write_tree(repo, tree, scratch), [workspace.base], f"{turn.agent}: {turn.branch}\n")
    git(repo, "update-ref", f"refs/heads/{workspace.branch}", commit)
    return HandIn(os.fspath(repo), workspace.branch, workspace.base, commit, changes(workspace.base_tree, tree), talk)


def _left_out(workspace: Workspace) -> frozenset[str]:
    """Untracked files that the repository ignores, and what tools leave behind."""
    home = require_repository(workspace.repo)
    asked = ("--others", "--ignored", "--exclude-per-directory=.gitignore")
    ignored = set(_others(workspace, home, *asked))
    litter = {path for path in _others(workspace, home, "--others") if matches(path, LITTER)}
    return frozenset((ignored | litter) - workspace.base_tree.keys())


def _others(workspace: Workspace, home: Path, *asked: str) -> Iterator[str]:
    """Untracked files, by an empty index and the repository's own folder `home`: what the agent made of `.git` is
    not asked.
    """
    env = {
        "GIT_DIR": os.fspath(home),
        "GIT_WORK_TREE": os.fspath(workspace.folder),
        "GIT_INDEX_FILE": os.fspath(workspace.folder.with_name(f"{workspace.folder.name}.none")),
    }
    listed = git(workspace.folder, "-c", "core.bare=false", "ls-files", "-z", *asked, env=env)
    return map(os.fsdecode, filter(None, listed.split(b"\0")))


def _refused(turn: Turn, workspace: Workspace, after: Tree, files: tuple[str, ...]) -> str:
    """Why the hand-in does not count, "" where it does."""
    pinned = [path for path in files if matches(path, turn.pinned)]
    if pinned:
        return f"it changes what is pinned: {_listed(pinned)}"
    outside = [path for path in files if not matches(path, turn.writes)]
    if outside:
        return f"it changes files outside its `writes`: {_listed(outside)}"
    links = [path for path in files if path in after and after[path].mode == LINK and _leads_out(workspace, path)]
    if links:
        return f"it has links that lead out of the workspace: {_listed(links)}"
    return ""


def _leads_out(workspace: Workspace, path: str) -> bool:
    target = os.readlink(workspace.folder / path)  # noqa: PTH115 - Path.readlink would make a Path of what may be no path
    inside = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118, PTH120 - by text, following nothing
    return os.path.isabs(target) or inside == ".." or inside.startswith("../") or "/.git" in f"/{inside}"  # noqa: PTH117


def _within(before: Tree, after: Tree, turn: Turn) -> Tree:
    """The tree with every change that is not allowed taken back, so that the next round starts from the rest."""
    kept = dict(before)
    for path in changes(before, after):
        if matches(path, turn.writes) and not matches(path, turn.pinned):
            if path not in after:
                kept.pop(path)
            elif after[path].mode != LINK:
                kept[path] = after[path]
    return kept


def _set_aside(workspace: Workspace, tree: Tree, why: str) -> str:
    """Commit what is not part of the hand-in on a branch beside it, so that removing the folder loses nothing. Returns
    the branch's name.
    """
    repo, branch = workspace.repo, f"{workspace.branch}-{why}"
    tree = tree | {path: entry for path, entry in workspace.base_tree.items() if entry.mode == SUBMODULE}
    scratch = workspace.folder.with_name(f"{workspace.folder.name}.index")
    commit = commit_tree(repo, write_tree(repo, tree, scratch), [workspace.base], f"{why}: {workspace.branch}\n")
    git(repo, "update-ref", f"refs/heads/{branch}", commit)
    return branch


def put_away(workspace: Workspace, note: Callable[[str], None]) -> None:
    """Close the workspace of a turn that was cut short; what had been done in it is kept on a branch of its own.

    Where that cannot be committed, the folder stays. Raises GitError, OSError.
    """
    try:
        left = taken(workspace.repo, workspace.folder, _left_out(workspace))
        if changes(workspace.before, left):
            note(f"what the turn that was cut short left is on the branch {_set_aside(workspace, left, CUT_SHORT)}")
    except (GitError, OSError) as error:
        note(f"{workspace.folder} is kept, since no commit can hold it: {str(error).splitlines()[0]}")
        close_workspace(workspace, keep=True)
    else:
        close_workspace(workspace, keep=False)


def _clear_away(turn: Turn, note: Callable[[str], None]) -> None:
    """Put away the workspaces of the task's attempts before, whose orchestrator died: they are locked until nothing
    is left of them.
    """
    mine = turn.workspace.parent.parent.resolve()
    for gone in mine.glob(f"*/*{GONE}"):
        remove(gone)
    for place, branch in locked_worktrees(turn.repo):
        if mine not in place.parents or place == turn.workspace.resolve():
            continue
        if not place.is_dir():
            attempted(turn.repo, "worktree", "unlock", str(place))  # it died in between: see close_workspace
        else:
            at = commit_id(turn.repo, branch)
            tree = tree_of(turn.repo, at)
            put_away(Workspace(place, turn.repo, at, tree, tree, branch.removeprefix("refs/heads/")), note)


def locked_worktrees(repo: Path) -> Iterator[tuple[Path, str]]:
    """The worktrees of a repository that are locked, as ours are while a turn is under way, each with its branch's
    full name.
    """
    for block in git(repo, "worktree", "list", "--porcelain", "-z").decode("utf-8", "surrogateescape").split("\0\0"):
        said = dict(line.partition(" ")[::2] for line in block.strip("\0").split("\0"))
        if "locked" in said and "branch" in said:
            yield Path(said["worktree"]), said["branch"]


def close_workspace(workspace: Workspace, *, keep: bool) -> None:
    """Let go of the worktree; `keep` leaves the folder, since it holds what no commit has. Raises GitError, OSError."""
    with _ONE_AT_A_TIME:
        if not keep:
            _remove_at_once(workspace.folder)
        attempted(workspace.repo, "worktree", "unlock", str(workspace.folder))
        if not keep:
            git(workspace.repo, "worktree", "prune")


def _remove_at_once(folder: Path) -> None:
    """If the process dies in between, all of it or nothing has the final name. It is locked until then: the next
    attempt finds it.
    """
    gone = folder.with_name(f"{folder.name}{GONE}")
    remove(gone)
    if folder.is_dir() and not folder.is_symlink():
        folder.rename(gone)
    remove(folder)
    remove(gone)


def check_out(checkout: Checkout) -> None:
    """Write a clean checkout of a hand-in, with what is pinned as the base has it. Raises GitError, OSError."""
    tree = tree_of(checkout.repo, checkout.commit)
    base = tree_of(checkout.repo, checkout.base)
    ours = {path: entry for path, entry in tree.items() if not matches(path, checkout.pinned)}
    ours |= {path: entry for path, entry in base.items() if matches(path, checkout.pinned)}
    remove(checkout.folder)
    write_out(checkout.repo, ours, checkout.folder)


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(ascii(path)[1:-1] for path in paths[:NAMED]) + more
